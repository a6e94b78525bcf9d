//! The use cases of Frontdesk, over the ports that they need.
//!
//! May depend on `domain` only. To add a use case: a struct named by verb and noun in the module of its subject, with
//! the ports it needs as fields and one method `execute`; its tests, in `tests/`, run it on the fakes of
//! `port-contracts`. To add a port: a trait in [`ports`], a fake and a suite in `port-contracts`, an adapter.

pub mod audit;
pub mod bots;
pub mod conversation;
pub mod delivery;
pub mod intake;
pub mod jobs;
pub mod ports;
pub mod quarantine;
pub mod responses;
pub mod routing;
pub mod seed;
pub mod staff;
pub mod tickets;
pub mod users;
pub mod watchdog;
