//! `/admin/notifications`: what people and teams are told, and what became of it.

mod intervene;
mod list;
mod many;
mod show;

pub(super) use intervene::{cancel, retry};
pub(super) use list::{filter, list};
pub(super) use many::{cancel as cancel_many, retry as retry_many, retry_all};
pub(super) use show::show;

/// Where the list is.
const PATH: &str = "/admin/notifications";
