//! Landbot: answers to persons in the chats that they came from, and fields that flows there read.

mod channel;
mod chat;
mod client;
mod refusal;
mod update;
mod values;

pub use channel::LandbotChannel;
pub use client::LandbotClient;
pub use refusal::Refusal;
pub use values::{CustomerNumber, CustomerNumberError, LandbotToken, LandbotTokenError};
