//! The panel, as a browser without a script sees it.

mod browser;
mod exports;
mod imports;
mod mail;
mod notifications;
mod search;
mod tickets;
mod users;
