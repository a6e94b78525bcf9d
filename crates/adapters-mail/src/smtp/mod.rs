//! Handing mail to an SMTP server (RFC 5321), with an outcome that can be trusted.
//!
//! [`SmtpSettings`] reads an `SMTP_URL`, [`SmtpClient`] keeps the connections and sends, a [`Verdict`] says
//! what became of one mail. Building the mail is not done here: the client takes an envelope and the bytes
//! that a message builder made.
//!
//! The commands, the authentication mechanisms and the addresses are lettre's. Its connection is not used:
//! it writes a message and reads the answer in one call, so that a server lost before the end of the message
//! (safe to send again) looks like one lost after it (perhaps delivered); and it keeps what was read before
//! `STARTTLS`, so that answers put there by somebody on the way are believed after it (RFC 3207, section 5).
//! The module `dialogue` is the part that replaces it.

mod client;
mod connection;
mod dialogue;
mod idle;
mod login;
mod redaction;
mod reply;
mod settings;
mod timeouts;
mod tls;
mod trouble;
mod url;
mod verdict;
mod wire_form;

pub use client::SmtpClient;
pub use settings::{SmtpSettings, SmtpSettingsError};
pub use timeouts::SmtpTimeouts;
pub use verdict::{Scope, Verdict};
