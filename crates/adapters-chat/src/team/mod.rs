//! Chat services where teams are told: all alike but for the form of the message and the meaning of the answer.

mod card;
mod channel;
mod fitting;
mod secrets;
mod words;

pub(crate) use card::{Card, Fact, Link};
pub use channel::{ChatApis, ChatSettings, TeamChats};
pub(crate) use channel::{Post, Service, Unusable, Verdict, web_address};
pub(crate) use fitting::{ELLIPSIS, fitted, utf16};
pub(crate) use secrets::Secrets;
