//! The panel, as a browser without a script sees it.

mod browser;
mod tickets;
mod users;
