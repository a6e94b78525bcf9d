//! Chat services where teams are told: all alike but for the form of the message and the meaning of the answer.

mod card;
mod channel;
mod fitting;
mod secrets;
mod service;
mod settings;
mod words;

pub(crate) use card::{Card, Fact, Link};
pub use channel::TeamChats;
pub(crate) use fitting::{ELLIPSIS, fitted, utf16};
pub(crate) use secrets::Secrets;
pub(crate) use service::{Post, Service, Unusable, Verdict, web_address};
pub use settings::{ChatApis, ChatSettings};
