//! A POST with an `Idempotency-Key` is done once, however often it comes (as the IETF draft
//! draft-ietf-httpapi-idempotency-key-header has it).

use actix_web::{
    Error, HttpRequest, HttpResponse,
    body::{BoxBody, MessageBody},
    dev::{self, ServiceRequest, ServiceResponse},
    http::{
        Method, StatusCode,
        header::{CACHE_CONTROL, HeaderName, HeaderValue},
    },
    middleware::Next,
    rt,
    web::{Bytes, Payload},
};
use application::responses::{Claim, ClaimKey, SettleKey};
use domain::{
    ids::UserId,
    intake::BodyDigest,
    response::{KeptResponse, ResponseSlot, digest_of_call},
    text::IDEMPOTENCY_KEY_MAX,
};
use serde::Deserialize;

use super::{call::authenticate, error::ApiError, reading::bytes};
use crate::state::{Shared, request_id, shared};

/// The header of a call.
pub(crate) const KEY: &str = "Idempotency-Key";

/// The header of a response that is given again.
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// What is kept in the place of a body that shows a secret.
pub(super) struct WithoutSecret(pub(super) Vec<u8>);

/// The user whom a response tells about, if its member `user_id` does not say so.
pub(super) struct About(pub(super) UserId);

/// Nothing was done, so that nothing is kept.
pub(super) struct NotKept;

/// A call that holds a key.
struct Held {
    slot: ResponseSlot,
    body: BodyDigest,
}

/// Lets calls without a key through. One with a key is run if the key is new, and answered as before if not.
pub(super) async fn once(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    if request.method() != Method::POST || !request.headers().contains_key(KEY) {
        return Ok(next.call(request).await?.map_into_boxed_body());
    }
    let payload = request.extract::<Payload>().await?;
    let begun = match bytes(payload).await {
        Ok(body) => begin(request.request(), &body).await.map(|begun| (begun, body)),
        Err(error) => Err(error),
    };
    let id = request_id(request.request());
    match begun {
        Ok((Ok(held), body)) => {
            request.set_payload(dev::Payload::from(body));
            finished(rt::spawn(run(held, request, next)).await)
        }
        Ok((Err(response), _)) => Ok(request.into_response(replay(&response))),
        Err(error) => Ok(request.into_response(error.response(id))),
    }
}

/// Takes the key, or finds the response that it had.
async fn begin(request: &HttpRequest, body: &Bytes) -> Result<Result<Held, KeptResponse>, ApiError> {
    let key = key(request)?;
    let shared = shared(request);
    let agent = authenticate(request, shared).await?;
    let scope = format!("{} {}", request.method(), request.path());
    let held = Held {
        slot: ResponseSlot::new(agent.id(), scope, key),
        body: digest_of_call(request.query_string(), body),
    };
    let claim = ClaimKey { storage: shared.state.storage.clone(), clock: shared.state.clock.clone() };
    let slot = held.slot.clone();
    match shared.on_runtime(async move { claim.execute(&slot, held.body).await }).await?? {
        Claim::Granted => Ok(Ok(held)),
        Claim::Done(response) => Ok(Err(response)),
        Claim::Running => Err(ApiError::Conflict("the call with this key is running still".to_owned())),
        Claim::OtherBody => {
            Err(ApiError::invalid(KEY, "reused", "this key belongs to a call with another body"))
        }
    }
}

fn key(request: &HttpRequest) -> Result<&str, ApiError> {
    let text = request.headers().get(KEY).and_then(|value| value.to_str().ok()).unwrap_or_default().trim();
    if (1..=IDEMPOTENCY_KEY_MAX).contains(&text.len()) {
        Ok(text)
    } else {
        let message = format!("a key has 1 to {IDEMPOTENCY_KEY_MAX} ASCII characters");
        Err(ApiError::invalid(KEY, "invalid", message))
    }
}

/// Runs the call to its end and keeps its response: also when its caller, who may come again, hangs up meanwhile.
async fn run(
    held: Held,
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let shared = shared(request.request()).clone();
    let called = next.call(request).await;
    let Ok(response) = called else {
        settle(&shared, held, None).await;
        return called.map(ServiceResponse::map_into_boxed_body);
    };
    let (request, response) = response.map_into_boxed_body().into_parts();
    let (response, body) = response.into_parts();
    let body = body.try_into_bytes().unwrap_or_default();
    settle(&shared, held, to_keep(&response, &body)).await;
    Ok(ServiceResponse::new(request, response.set_body(BoxBody::new(body))))
}

/// What was done is kept. What was refused changed nothing, and may be tried again with the same key.
fn to_keep(response: &HttpResponse<()>, body: &Bytes) -> Option<KeptResponse> {
    #[derive(Deserialize)]
    struct OfUser {
        user_id: Option<UserId>,
    }
    let extensions = response.extensions();
    let about = extensions.get::<About>().map(|about| about.0);
    let named = || serde_json::from_slice::<OfUser>(body).ok().and_then(|body| body.user_id);
    let kept = extensions.get::<WithoutSecret>().map_or(&**body, |kept| &kept.0);
    let kept = || KeptResponse {
        status: response.status().as_u16(),
        body: String::from_utf8_lossy(kept).into_owned(),
        user_id: about.or_else(named),
    };
    let is_done = response.status().is_success() && extensions.get::<NotKept>().is_none();
    is_done.then(kept)
}

/// A call whose end cannot be written is answered none the less; its key is free again after some minutes.
async fn settle(shared: &Shared, held: Held, response: Option<KeptResponse>) {
    let settle = SettleKey { storage: shared.state.storage.clone(), clock: shared.state.clock.clone() };
    let settled =
        shared.on_runtime(async move { settle.execute(&held.slot, held.body, response).await }).await;
    if let Err(error) = settled.map_err(ApiError::from).and_then(|settled| settled.map_err(ApiError::from)) {
        tracing::warn!(
            error = &error as &dyn std::error::Error,
            "the response to a call with an idempotency key could not be kept"
        );
    }
}

/// A panic goes on as if the call had not had a task of its own.
fn finished(
    ended: Result<Result<ServiceResponse<BoxBody>, Error>, tokio::task::JoinError>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    match ended {
        Ok(answered) => answered,
        Err(error) => std::panic::resume_unwind(error.into_panic()),
    }
}

fn replay(kept: &KeptResponse) -> HttpResponse {
    let status = StatusCode::from_u16(kept.status).unwrap_or(StatusCode::OK);
    let mut response = match &*kept.body {
        "" => HttpResponse::new(status),
        body => HttpResponse::build(status).content_type("application/json").body(body.to_owned()),
    };
    response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
