//! The repositories, all implemented on the unit of work.

mod agents;
mod audit;
mod bots;
mod captured_mails;
mod channels;
mod conversation;
mod deliveries;
mod fallbacks;
pub(crate) mod intake;
mod jobs;
mod ledger;
pub(crate) mod notifications;
pub(crate) mod quarantine;
mod reminders;
mod responses;
mod retention;
mod search;
mod second_factors;
mod seed;
mod sessions;
mod ticket_work;
pub(crate) mod tickets;
pub(crate) mod timeline;
pub(crate) mod topics;
pub(crate) mod users;
mod watchdog;
mod workers;
