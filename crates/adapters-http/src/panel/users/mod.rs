//! `/admin/users`: the people whom bots registered.

mod edit;
mod erase;
mod export;
mod import;
mod list;
mod merge;
mod show;
mod timeline;

pub(super) use edit::edit;
pub(super) use erase::erase;
pub(super) use export::export;
pub(super) use import::{form as import_form, import};
pub(super) use list::{filter, list};
pub(super) use merge::{merge, preview as merge_preview};
pub(super) use show::show;
