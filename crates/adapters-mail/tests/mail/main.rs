//! Mail as its readers, its operator and other programs meet it.

#[path = "../support/mod.rs"]
#[expect(dead_code, unused_imports, reason = "the server can do more than the mails here need")]
mod support;

mod alarms;
mod captured;
mod desk;
mod heads;
mod looks;
mod mimicry;
mod recipients;
mod reminders;
mod replies;
mod sent;
mod templates;
