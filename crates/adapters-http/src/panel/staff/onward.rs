//! Where somebody goes on who signed in: to the page that was asked for, or with the form that was interrupted.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode};
use askama::Template;
use domain::bot::Secret;

use crate::panel::{
    act::TOKEN,
    fields::Fields,
    frame::Frame,
    session::{begun, form_token},
    visit::{go, html},
    words::Words,
};

/// The field that says where to go on.
pub(super) const TO: &str = "to";

/// What stands before the names of the fields of a form that was interrupted.
const KEPT: &str = "kept.";

/// Fields that are not kept: what is secret, and files.
const NOT_KEPT: &[&str] = &[TOKEN, "password", "present", "new", "file"];

/// A form that was sent when nobody was signed in any more: what was typed into it is not lost.
pub(in crate::panel) struct Interrupted {
    path: String,
    fields: Fields,
}

impl Interrupted {
    /// The form that was sent to the path of a request.
    pub(in crate::panel) fn new(request: &HttpRequest, form: &Fields) -> Self {
        let fields = form.pairs().iter().filter(|(name, _)| !NOT_KEPT.contains(&name.as_str()));
        Self { path: request.path().to_owned(), fields: Fields::of_pairs(fields.cloned()) }
    }

    fn of_form(form: &Fields) -> Option<Self> {
        let path = form.text("kept_path").filter(|path| is_own(path))?.to_owned();
        let kept = form
            .pairs()
            .iter()
            .filter_map(|(name, value)| name.strip_prefix(KEPT).map(|name| (name.to_owned(), value.clone())));
        Some(Self { path, fields: Fields::of_pairs(kept) })
    }
}

/// Where somebody goes on who signed in. The forms for signing in carry it.
pub(super) struct Onward {
    to: String,
    pub(super) interrupted: Option<Interrupted>,
}

#[derive(Template)]
#[template(path = "panel/staff/resume.html")]
struct ResumePage {
    frame: Frame,
    interrupted: Interrupted,
}

impl Onward {
    /// To a page of the panel.
    pub(super) fn to(path: &str) -> Self {
        Self { to: path.to_owned(), interrupted: None }
    }

    /// With a form that was interrupted.
    pub(super) fn with(interrupted: Interrupted) -> Self {
        Self { to: "/admin".to_owned(), interrupted: Some(interrupted) }
    }

    /// What a form for signing in carries.
    pub(super) fn of_form(form: &Fields) -> Self {
        let to = form.text(TO).filter(|path| is_own(path)).unwrap_or("/admin").to_owned();
        Self { to, interrupted: Interrupted::of_form(form) }
    }

    /// The fields that carry it.
    pub(super) fn carried(&self) -> Vec<(String, &str)> {
        let mut fields = vec![(TO.to_owned(), self.to.as_str())];
        if let Some(Interrupted { path, fields: kept }) = &self.interrupted {
            fields.push(("kept_path".to_owned(), path));
            fields.extend(kept.pairs().iter().map(|(name, value)| (format!("{KEPT}{name}"), value.as_str())));
        }
        fields
    }

    /// Goes on with the secret of a session that just began.
    pub(super) fn enter(self, request: &HttpRequest, secret: &Secret) -> HttpResponse {
        let mut response = match self.interrupted {
            Some(interrupted) => resume(request, form_token(secret.reveal()), interrupted),
            None => go(&self.to),
        };
        response.add_cookie(&begun(request, secret)).expect("a secret fits into a cookie");
        response
    }
}

fn resume(request: &HttpRequest, form_token: String, interrupted: Interrupted) -> HttpResponse {
    let t = |english: &'static str| Words::for_reader(request).of(english);
    let mut frame = Frame::signed_out(request, t("Signed in again"));
    frame.form_token = form_token;
    html(StatusCode::OK, &ResumePage { frame, interrupted })
}

/// Whether a path is one of the panel: not one of another site (`//elsewhere`, `/\elsewhere`).
pub(in crate::panel) fn is_own(path: &str) -> bool {
    path == "/admin" || path.strip_prefix("/admin").is_some_and(|rest| rest.starts_with(['/', '?']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signing_in_leads_to_pages_of_the_panel_only() {
        assert!(["/admin", "/admin/tickets?status=open", "/admin?x"].into_iter().all(is_own));
        assert!(
            !["//elsewhere", "/\\elsewhere", "https://elsewhere", "/administrator", ""]
                .into_iter()
                .any(is_own)
        );
    }
}
