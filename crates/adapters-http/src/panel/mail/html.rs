//! The HTML of a captured mail, for a frame that it cannot leave.

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{CONTENT_SECURITY_POLICY, ContentType, REFERRER_POLICY, X_FRAME_OPTIONS},
};
use domain::agent::Role;

use super::{MailContent, find};
use crate::panel::{error::PanelError, visit::visit};

/// Nothing runs, nothing is loaded, nothing is sent; its own styles and pictures are shown, in pages of ours only.
const POLICY: &str = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; \
                      form-action 'none'; frame-ancestors 'self'";

pub(in crate::panel) async fn html(request: HttpRequest) -> HttpResponse {
    visit(&request, Role::Viewer, async |visit| {
        let mail = MailContent::of(&find(visit).await?);
        Ok(framed(mail.html.ok_or(PanelError::NotFound)?))
    })
    .await
}

/// The HTML of a mail, as a document that can do nothing.
pub(in crate::panel) fn framed(html: String) -> HttpResponse {
    HttpResponse::Ok()
        .content_type(ContentType::html())
        .insert_header((CONTENT_SECURITY_POLICY, POLICY))
        .insert_header((X_FRAME_OPTIONS, "SAMEORIGIN"))
        .insert_header((REFERRER_POLICY, "no-referrer"))
        .body(html)
}
