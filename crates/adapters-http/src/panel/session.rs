//! Who is signed in, by a cookie.

use actix_web::{
    HttpRequest,
    cookie::{Cookie, SameSite, time::Duration},
    http::header::ACCEPT,
};
use application::staff::{AuthenticateSession, SignedIn};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::{
    bot::{Secret, SecretDigest},
    session::SESSION_LIFETIME,
};

use super::error::PanelError;
use crate::{hosts::base_url, state::shared};

/// The cookie with the secret of a session.
const COOKIE: &str = "frontdesk-session";

/// With this header the script of a page asks for the page anew.
const WATCHING: &str = "frontdesk-watching";

/// A session that goes on.
pub(super) struct Session {
    /// Whose it is.
    pub(super) who: SignedIn,
    /// What its forms have to bring.
    pub(super) form_token: String,
}

/// Who sends a request, if anybody is signed in.
pub(super) async fn session(request: &HttpRequest) -> Result<Option<Session>, PanelError> {
    let Some(cookie) = request.cookie(COOKIE) else { return Ok(None) };
    let shared = shared(request);
    let state = &shared.state;
    let authenticate = AuthenticateSession { storage: state.storage.clone(), clock: state.clock.clone() };
    let form_token = form_token(cookie.value());
    let is_used = !only_watches(request);
    let authenticated = async move {
        if is_used {
            authenticate.execute(cookie.value()).await
        } else {
            authenticate.look(cookie.value()).await
        }
    };
    let who = shared.on_runtime(authenticated).await??;
    Ok(who.map(|who| Session { who, form_token }))
}

/// Whether an open page asks by itself, and nobody at it: a session ends over night also in front of an open inbox.
fn only_watches(request: &HttpRequest) -> bool {
    let headers = request.headers();
    headers.contains_key(WATCHING) || headers.get(ACCEPT).is_some_and(|types| types == "text/event-stream")
}

/// What the forms of a session have to bring: known to nobody who does not know its secret, which cannot be found out
/// from it.
pub(super) fn form_token(secret: &str) -> String {
    URL_SAFE_NO_PAD.encode(SecretDigest::of(&format!("form:{secret}")).as_bytes())
}

/// What the browser of somebody keeps who signed in: for no script, no other site and, where there is TLS, for no
/// connection without it.
pub(super) fn begun(request: &HttpRequest, secret: &Secret) -> Cookie<'static> {
    let cookie = Cookie::build(COOKIE, secret.reveal().to_owned())
        .path("/admin")
        .max_age(Duration::seconds(SESSION_LIFETIME.as_secs()))
        .http_only(true)
        .same_site(SameSite::Lax);
    cookie.secure(base_url(request).starts_with("https:")).finish()
}

/// What makes a browser forget it.
pub(super) fn ended() -> Cookie<'static> {
    let mut cookie = Cookie::build(COOKIE, "").path("/admin").finish();
    cookie.make_removal();
    cookie
}
