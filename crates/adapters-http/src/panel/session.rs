//! Who is signed in.

use actix_web::HttpRequest;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::{agent::Agent, bot::SecretDigest};

use super::error::PanelError;
use crate::{
    staff::presented_token,
    state::{Shared, shared},
};

/// A member of staff who is signed in.
pub(super) struct SignedIn {
    /// What it may do.
    pub(super) agent: Agent,
    /// What its forms have to bring.
    pub(super) form_token: String,
}

/// Who sends a request, if anybody is signed in.
pub(super) async fn signed_in(request: &HttpRequest) -> Result<Option<SignedIn>, PanelError> {
    let Some(secret) = presented_token(request) else { return Ok(None) };
    let form_token = form_token(&secret);
    let shared: &Shared = shared(request);
    let authenticate = shared.state.authenticate_agent.clone();
    let agent = shared.on_runtime(async move { authenticate.execute(&secret).await }).await??;
    Ok(agent.map(|agent| SignedIn { agent, form_token }))
}

/// Known to nobody who does not know the secret, which cannot be found out from it.
fn form_token(secret: &str) -> String {
    URL_SAFE_NO_PAD.encode(SecretDigest::of(&format!("form:{secret}")).as_bytes())
}
