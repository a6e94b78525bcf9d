//! The repositories, one file each, all implemented on the unit of work.

mod agents;
mod audit;
mod bots;
mod captured_mails;
mod channels;
mod conversation;
mod deliveries;
mod fallbacks;
mod intake;
mod jobs;
mod ledger;
mod notifications;
mod quarantine;
mod reminders;
mod responses;
mod search;
mod second_factors;
mod seed;
mod sessions;
mod ticket_work;
mod tickets;
mod timeline;
mod topics;
mod users;
mod watchdog;
mod workers;
