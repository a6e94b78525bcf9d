//! `/admin/tickets`: what people ask for, and what they are answered.

mod list;
mod reply;
mod show;

pub(super) use list::{filter, list};
pub(super) use reply::reply;
pub(super) use show::show;
