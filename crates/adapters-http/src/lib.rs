//! Frontdesk over HTTP: the bot API, health, metrics, API documentation, and the panel.
//!
//! May depend on `application` and `domain`, and on no other adapter. The composition root fills an
//! [`HttpState`] with use cases, gives [`serve`] a bound listener, and stops the server by its handle.
//!
//! A request goes through `edge` (request id, allowed host, counting, panics) to a handler. A handler reads
//! the request, runs one use case, and writes what it answers; it decides nothing. Handlers run on actix's
//! single-threaded workers: whatever touches storage goes through `Shared::on_runtime`, so that it is
//! completed even if the client hangs up. Whoever looks at a password or a token calls `sign_in::admit` before and
//! `sign_in::failed` after a wrong one.
//!
//! To add a call for bots: a handler in `bot/`, a line in `bot::routes`, an operation in
//! `openapi/operations.rs`; a test calls every documented operation. To add a page for people: see `panel`. To add a
//! language: a file in `messages/`, and a folder in `words/`.

mod api;
mod bot;
mod docs_page;
mod edge;
mod headers;
mod health;
mod hosts;
mod messages;
mod metrics;
mod openapi;
mod page;
mod panel;
mod problem;
mod routes;
mod server;
mod shield;
mod sign_in;
mod state;

pub use actix_web::dev::{Server, ServerHandle};
pub use health::{Readiness, ReadinessLevel, ReadinessStatus};
pub use hosts::{AllowedHosts, Network, NetworkError};
pub use openapi::openapi;
pub use panel::LIVE_EVERY;
pub use server::{Surface, serve};
pub use state::{HttpState, PrintRecipe};
