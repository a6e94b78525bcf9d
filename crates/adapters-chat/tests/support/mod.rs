//! What tests of channels need: a server that does as it is told.

pub(crate) mod service;
