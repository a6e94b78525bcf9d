//! HTTP as a client that knows what became of a message.

mod answer;
mod client;
mod retry_after;
mod tls;

pub(crate) use answer::{Answer, Forbidden, NoAnswer};
pub use client::{HttpClient, HttpTimeouts, PostError};
