//! Landbot: answers to persons in the chats that they came from.

mod channel;
mod chat;
mod client;
mod parts;
mod refusal;

pub use channel::LandbotChannel;
pub use chat::ChatReply;
pub use client::{
    CustomerNumber, CustomerNumberError, FieldName, FieldNameError, LandbotClient, LandbotTokenError,
};
pub use refusal::Refusal;
