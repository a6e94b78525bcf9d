//! The panel: pages where people work, made on the server.
//!
//! A page is a handler that [`visit`](visit::visit)s or [`act`](act::act)s for the least role that may, a template in
//! `templates/panel`, and a line in [`routes`]. There is no way to a use case but through these two, and an action has
//! to bring the token of its session. Forms work without a script; `assets/panel.js` adds comfort. What pages say is
//! English in the templates, and every other language is a folder in `words/`; a test finds what is missing there.

#![expect(clippy::unused_self, reason = "templates ask pages and frames for what they show")]

mod act;
mod assets;
mod audit;
mod body;
mod bots;
mod charts;
mod dashboard;
mod error;
mod events;
mod exports;
mod fields;
mod frame;
mod jobs;
mod keys;
mod labels;
mod language;
mod live;
mod mail;
mod notifications;
mod quarantine;
mod routing;
mod search;
mod session;
mod staff;
mod tickets;
mod upload;
mod users;
mod visit;
mod words;

use actix_web::{
    HttpRequest, HttpResponse,
    web::{ServiceConfig, get, post},
};
use domain::agent::Role;

pub use self::live::LIVE_EVERY;
pub(crate) use self::live::OpenPages;
use self::{error::PanelError, visit::visit};

/// Where the panel is.
pub(crate) const PATH: &str = "/admin";

/// Whether a path is one of the panel, with or without a page.
pub(crate) fn has(path: &str) -> bool {
    path.strip_prefix(PATH).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Answers who asks for no page of the panel.
pub(crate) async fn not_found(request: &HttpRequest) -> HttpResponse {
    visit(request, Role::Viewer, async |_| Err(PanelError::NotFound)).await
}

pub(crate) fn routes(config: &mut ServiceConfig) {
    config
        .configure(assets::routes)
        .configure(staff::routes)
        .route("/admin", get().to(dashboard::show))
        .configure(settings)
        .route("/admin/keys", get().to(keys::show))
        .route("/admin/language", post().to(language::choose))
        .configure(exports::routes)
        .configure(messages)
        .configure(upload::limits)
        .route("/admin/search", get().to(search::search))
        .route("/admin/tickets", get().to(tickets::list))
        .route("/admin/tickets/live", get().to(tickets::follow_list))
        .route("/admin/tickets/{ticket}", get().to(tickets::show))
        .route("/admin/tickets/{ticket}/live", get().to(tickets::follow))
        .route("/admin/tickets/bulk", post().to(tickets::bulk))
        .route("/admin/tickets/{ticket}/change", post().to(tickets::change))
        .route("/admin/tickets/{ticket}/notes", post().to(tickets::add_note))
        .route("/admin/tickets/{ticket}/reply", post().to(tickets::reply))
        .route("/admin/users", get().to(users::list))
        .route("/admin/users/import", get().to(users::import_form))
        .route("/admin/users/import", post().to(users::import))
        .route("/admin/users/{id}", get().to(users::show))
        .route("/admin/users/{id}/edit", post().to(users::edit))
        .route("/admin/users/{id}/merge", get().to(users::merge_preview))
        .route("/admin/users/{id}/merge", post().to(users::merge))
        .route("/admin/users/{id}/erase", post().to(users::erase))
        .route("/admin/users/{id}/export.json", get().to(users::export));
}

fn messages(config: &mut ServiceConfig) {
    config
        .route("/admin/mail", get().to(mail::list))
        .route("/admin/mail/{id}", get().to(mail::show))
        .route("/admin/notifications", get().to(notifications::list))
        .route("/admin/notifications/retry", post().to(notifications::retry_many))
        .route("/admin/notifications/retry-all", post().to(notifications::retry_all))
        .route("/admin/notifications/cancel", post().to(notifications::cancel_many))
        .route("/admin/notifications/{id}", get().to(notifications::show))
        .route("/admin/notifications/{id}/retry", post().to(notifications::retry))
        .route("/admin/notifications/{id}/cancel", post().to(notifications::cancel))
        .route("/admin/notifications/{id}/mail.html", get().to(mail::html));
}

/// What admins look after.
fn settings(config: &mut ServiceConfig) {
    config
        .route("/admin/audit", get().to(audit::list))
        .route("/admin/audit/{id}/revert", post().to(audit::revert))
        .route("/admin/quarantine", get().to(quarantine::list))
        .route("/admin/quarantine/{id}", get().to(quarantine::show))
        .route("/admin/quarantine/{id}/release", post().to(quarantine::release))
        .route("/admin/quarantine/{id}/discard", post().to(quarantine::discard))
        .configure(routing::routes)
        .configure(bots::routes)
        .route("/admin/jobs", get().to(jobs::list))
        .route("/admin/jobs/{job}/run", post().to(jobs::run_now));
}
