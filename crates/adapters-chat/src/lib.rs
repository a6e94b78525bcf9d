//! Chat: where teams and visitors are reached over HTTP.
//!
//! Like every adapter, this crate may depend on `application` and `domain` only. Whatever is sent goes through one HTTP
//! client ([`HttpClient`]), whose errors say honestly whether the message may have arrived.
//!
//! [`TeamChats`] has the chat services where teams are told: a message becomes a card of plain texts, in the words of
//! `messages/` and in the language of the team; the service gives the card its form, escapes what visitors wrote, cuts it to
//! its limits, and says what an answer means. To add such a service: a file with its form and its answers beside `slack`, a
//! method of [`TeamChats`], a contract test in `tests/chat`, and a line in the wiring. To add a language: a file in
//! `messages/`.

mod alarm;
mod discord;
mod environment;
mod http;
mod landbot;
mod receipt;
mod slack;
mod team;
mod teams;
mod telegram;
mod webhook;

pub use alarm::{AlarmUrl, AlarmUrlError, AlarmWebhook};
pub use environment::EnvironmentLookup;
pub use http::{HttpClient, HttpTimeouts, PostError};
pub use landbot::{
    CustomerNumber, CustomerNumberError, LandbotChannel, LandbotClient, LandbotToken, LandbotTokenError,
    Refusal,
};
pub use reqwest::Url;
pub use team::{ChatApis, ChatSettings, TeamChats};
pub use webhook::{SigningSecretError, SigningSecrets, WebhookChannel, WebhookSettings};
