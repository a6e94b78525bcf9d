//! `/admin/tickets`: what people ask for, and what they are answered.

mod bulk;
mod change;
mod list;
mod reply;
mod show;

pub(super) use bulk::bulk;
pub(super) use change::{add_note, change};
pub(super) use list::{filter, follow_list, list};
pub(super) use reply::reply;
pub(super) use show::{follow_ticket as follow, show};
