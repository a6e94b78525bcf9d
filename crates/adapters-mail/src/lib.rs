//! Mail: what it looks like, and how it gets to a server.
//!
//! [`MailChannel`] is the adapter behind the port [`Channel`](application::ports::Channel) for mail;
//! [`MimickedChannel`] lets mail stand in for every kind that has no adapter or no secret. Like every adapter, this crate
//! may depend on `application` and `domain` only.
//!
//! On its way a notification is rendered from a template ([`templates`](TemplateError)), composed into a message
//! (RFC 5322), and handed to a server ([`smtp`]) or, without one, captured in the database.
//!
//! To add a language: a folder in `templates/` with the same files as `templates/en`.

mod capture;
mod channel;
mod compose;
mod context;
mod mimic;
mod settings;
pub mod smtp;
mod templates;

pub use channel::{MailChannel, MailSetupError};
pub use mimic::MimickedChannel;
pub use settings::{EnvironmentLookup, MailSettings, MailboxError, parse_mailbox};
pub use templates::TemplateError;
