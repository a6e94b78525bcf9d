//! Landbot: answers to persons in the chats that they came from.

mod channel;
mod chat;
mod client;
mod refusal;
mod values;

pub use channel::LandbotChannel;
pub use client::LandbotClient;
pub use refusal::Refusal;
pub use values::{
    CustomerNumber, CustomerNumberError, FieldName, FieldNameError, LandbotToken, LandbotTokenError,
};
