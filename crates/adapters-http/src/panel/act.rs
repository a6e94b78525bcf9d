//! The way of every form: find out who sends it and from which page, do it, go on.

use std::time::Duration;

use actix_web::{HttpRequest, HttpResponse, http::header::ORIGIN, web::Payload};
use domain::agent::Role;
use tokio::time::timeout;

use super::{
    error::PanelError,
    fields::Fields,
    staff::{Interrupted, ask},
    visit::{Visit, turned_away},
};
use crate::hosts::asked_host;

/// The field of a form that proves that it comes from a page of its session.
pub(super) const TOKEN: &str = "form_token";

/// A form may be so large: the longest text is 10,000 characters, each at most 12 bytes on its way.
const FORM_MAX_BYTES: usize = 256 * 1024;

/// A form that takes longer to arrive is not waited for.
const FORM_TIMEOUT: Duration = Duration::from_secs(20);

/// Does what a form asks for, for whoever may do what `needed` may.
pub(super) async fn act<R>(request: &HttpRequest, payload: Payload, needed: Role, run: R) -> HttpResponse
where
    R: AsyncFnOnce(&Visit<'_>, Fields) -> Result<HttpResponse, PanelError>,
{
    act_on(request, read(payload).await, needed, run).await
}

/// Does what a form asks for that was read already.
pub(super) async fn act_on<R>(
    request: &HttpRequest,
    form: Result<Fields, PanelError>,
    needed: Role,
    run: R,
) -> HttpResponse
where
    R: AsyncFnOnce(&Visit<'_>, Fields) -> Result<HttpResponse, PanelError>,
{
    let form = match form {
        Ok(form) => form,
        Err(error) => return turned_away(request, &error),
    };
    let visit = match Visit::begin(request, needed).await {
        Ok(visit) => visit,
        Err(PanelError::SignedOut) => return ask(request, Some(Interrupted::new(request, &form))),
        Err(error) => return turned_away(request, &error),
    };
    let is_ours = is_own_origin(request) && form.text(TOKEN) == Some(&visit.session.form_token);
    visit.answer(async |visit| if is_ours { run(visit, form).await } else { Err(PanelError::Forged) }).await
}

/// What a form brings that has no session yet: it comes from a page of ours.
pub(super) async fn read_own(request: &HttpRequest, payload: Payload) -> Result<Fields, PanelError> {
    let form = read(payload).await?;
    if is_own_origin(request) { Ok(form) } else { Err(PanelError::Forged) }
}

/// What a form brings.
async fn read(payload: Payload) -> Result<Fields, PanelError> {
    match timeout(FORM_TIMEOUT, payload.to_bytes_limited(FORM_MAX_BYTES)).await {
        Ok(Ok(Ok(body))) => Ok(Fields::of_form(&body)),
        _ => Err(PanelError::Unread),
    }
}

/// Browsers name the page that a form comes from; what names another host is not ours.
fn is_own_origin(request: &HttpRequest) -> bool {
    let Some(origin) = request.headers().get(ORIGIN) else { return true };
    let origin = origin.to_str().ok().and_then(|origin| origin.split_once("://"));
    origin.is_some_and(|(_, host)| Some(host) == asked_host(request))
}
