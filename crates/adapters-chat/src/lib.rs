//! Chat: where teams and visitors are reached over HTTP.
//!
//! Like every adapter, this crate may depend on `application` and `domain` only. What is sent over HTTP goes through one
//! client ([`HttpClient`]), whose errors say honestly whether the message may have arrived.

mod http;
mod receipt;

pub use http::{HttpClient, HttpTimeouts};
