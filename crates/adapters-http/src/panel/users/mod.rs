//! `/admin/users`: the people whom bots registered.

mod list;
mod show;

pub(super) use list::list;
pub(super) use show::show;
