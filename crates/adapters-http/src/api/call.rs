//! The way of every call of a program: let it in, run its use case, answer.

use std::{future::Future, sync::Arc};

use actix_web::{
    HttpRequest, HttpResponse,
    http::{
        StatusCode,
        header::{AUTHORIZATION, CACHE_CONTROL, HeaderValue},
    },
};
use application::{
    audit::Audit,
    ports::{Clock, Storage},
};
use domain::{
    agent::{Agent, Role},
    audit::{Author, Via},
};
use serde::Serialize;

use super::error::ApiError;
use crate::{
    messages::Messages,
    sign_in,
    state::{HttpState, Shared, request_id, shared},
};

/// A call that was let in.
pub(super) struct Call<'a> {
    pub(super) request: &'a HttpRequest,
    shared: &'a Shared,
    agent: Agent,
}

/// Answers a call: `run` is its use case, for an agent who may do what `needed` may. There is no way to a use case but
/// through here.
pub(super) async fn answer<R>(request: &HttpRequest, needed: Role, run: R) -> HttpResponse
where
    R: AsyncFnOnce(&Call<'_>) -> Result<HttpResponse, ApiError>,
{
    let answered = match let_in(request, needed).await {
        Ok(call) => {
            tracing::debug!(agent = %call.agent().id(), "a program calls");
            run(&call).await
        }
        Err(error) => Err(error),
    };
    let mut response = answered.unwrap_or_else(|error| error.response(request_id(request)));
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

async fn let_in(request: &HttpRequest, needed: Role) -> Result<Call<'_>, ApiError> {
    let shared = shared(request);
    let agent = authenticate(request, shared).await?;
    if agent.may(needed) { Ok(Call { request, shared, agent }) } else { Err(ApiError::Forbidden(needed)) }
}

/// Whose token came with a request.
pub(super) async fn authenticate(request: &HttpRequest, shared: &Shared) -> Result<Agent, ApiError> {
    let token = bearer_token(request).ok_or(ApiError::Unauthorized)?;
    sign_in::admit(request)?;
    let authenticate = shared.state.authenticate_agent.clone();
    let agent = shared.on_runtime(async move { authenticate.execute(&token).await }).await??;
    if agent.is_none() {
        sign_in::failed(request);
    }
    agent.ok_or(ApiError::Unauthorized)
}

impl Call<'_> {
    /// Who calls.
    pub(super) const fn agent(&self) -> &Agent {
        &self.agent
    }

    pub(super) fn state(&self) -> &HttpState {
        &self.shared.state
    }

    /// Writes down what is changed.
    pub(super) fn audit(&self) -> Audit {
        self.state().audit(Author { agent: Some(self.agent.id()), via: Via::Api })
    }

    pub(super) fn messages(&self) -> &Messages {
        &self.shared.messages
    }

    pub(super) fn storage(&self) -> Arc<dyn Storage> {
        Arc::clone(&self.state().storage)
    }

    pub(super) fn clock(&self) -> Arc<dyn Clock> {
        Arc::clone(&self.state().clock)
    }

    /// Runs a use case where storage may be waited for.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        use_case: impl Future<Output = T> + Send + 'static,
    ) -> Result<T, ApiError> {
        Ok(self.shared.on_runtime(use_case).await?)
    }
}

/// `Authorization: Bearer <token>` (RFC 6750, section 2.1).
fn bearer_token(request: &HttpRequest) -> Option<String> {
    let (scheme, token) = request.headers().get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim().to_owned())
}

/// Answers with JSON.
pub(super) fn json(status: StatusCode, body: &impl Serialize) -> HttpResponse {
    let json = serde_json::to_vec(body).expect("what is answered is JSON");
    HttpResponse::build(status).content_type("application/json").body(json)
}

/// Says that it was done, and nothing else.
pub(super) fn done() -> HttpResponse {
    HttpResponse::NoContent().finish()
}
