//! The panel, as a browser without a script sees it.

mod audit;
mod bots;
mod browser;
mod dashboard;
mod doors;
mod exports;
mod first_admin;
mod imports;
mod keys;
mod live;
mod mail;
mod notifications;
mod routing;
mod search;
mod second_factor;
mod settings;
mod signing_in;
mod staff;
mod tickets;
mod users;
