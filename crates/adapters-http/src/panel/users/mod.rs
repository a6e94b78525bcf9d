//! `/admin/users`: the people whom bots registered.

mod edit;
mod erase;
mod export;
mod list;
mod show;
mod timeline;

pub(super) use edit::edit;
pub(super) use erase::erase;
pub(super) use export::export;
pub(super) use list::list;
pub(super) use show::show;
