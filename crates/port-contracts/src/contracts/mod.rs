//! The suites.

pub(crate) mod queue;
pub(crate) mod storage;
