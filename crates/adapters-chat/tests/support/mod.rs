//! What tests of channels need: servers that do as they are told.

pub(crate) mod landbot;
pub(crate) mod service;
