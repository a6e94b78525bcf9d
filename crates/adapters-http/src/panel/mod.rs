//! The panel: pages where people work, made on the server.
//!
//! A page is a handler that [`visit`](visit::visit)s or [`act`](act::act)s for the least role that may, a template in
//! `templates/panel`, and a line in [`routes`]. There is no way to a use case but through these two, and an action has
//! to bring the token of its session. Forms work without a script; `assets/panel.js` adds comfort. What pages say is
//! English in the templates, and every other language is a folder in `words/`; a test finds what is missing there.

mod act;
mod assets;
mod bars;
mod dashboard;
mod error;
mod events;
mod fields;
mod frame;
mod labels;
mod language;
mod session;
mod staff;
mod tickets;
mod users;
mod visit;
mod words;

use actix_web::web::{ServiceConfig, get, post};

/// Where the panel is.
pub(crate) const PATH: &str = "/admin";

pub(crate) fn routes(config: &mut ServiceConfig) {
    config
        .configure(assets::routes)
        .configure(staff::routes)
        .route("/admin", get().to(dashboard::show))
        .route("/admin/language", post().to(language::choose))
        .route("/admin/tickets", get().to(tickets::list))
        .route("/admin/tickets/{ticket}", get().to(tickets::show))
        .route("/admin/tickets/bulk", post().to(tickets::bulk))
        .route("/admin/tickets/{ticket}/change", post().to(tickets::change))
        .route("/admin/tickets/{ticket}/notes", post().to(tickets::add_note))
        .route("/admin/tickets/{ticket}/reply", post().to(tickets::reply))
        .route("/admin/users", get().to(users::list))
        .route("/admin/users/{id}", get().to(users::show));
}
