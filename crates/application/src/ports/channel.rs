//! Ways to reach people and teams.

use std::fmt;

use async_trait::async_trait;
use domain::{language::Language, message::Message, retry::Outcome};
use serde::Serialize;

/// What the receiving side said to one attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// How it ended.
    pub outcome: Outcome,
    /// The receiving side's status: an SMTP reply code or an HTTP status.
    pub code: Option<u16>,
    /// The receiving side's words, at most 500 characters, without secrets and addresses.
    pub answer: Option<String>,
    /// The receiving side's id for the message.
    pub provider_id: Option<String>,
    /// Whether mail stood in for a channel that has no secret or no adapter.
    pub mimicked: bool,
}

impl Receipt {
    /// A receipt that says no more than how the attempt ended.
    pub const fn new(outcome: Outcome) -> Self {
        Self { outcome, code: None, answer: None, provider_id: None, mimicked: false }
    }
}

/// What a message would say.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct Wording {
    /// Its subject, where the kind has such a thing.
    pub subject: Option<String>,
    /// Its text.
    pub text: String,
    /// The same as HTML, where the kind has such a thing.
    #[serde(skip)]
    pub html: Option<String>,
    /// Whether mail would stand in for a channel that has no secret or no adapter.
    pub mimicked: bool,
}

impl fmt::Debug for Wording {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wording").field("mimicked", &self.mimicked).finish_non_exhaustive()
    }
}

/// Why nobody can say what a message would say.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WordingError {
    /// This kind of channel makes its texts only when it sends.
    #[error("this kind of channel shows no texts beforehand")]
    Unsupported,
    /// The message cannot be written, or has no receiver.
    #[error("{0}")]
    Impossible(String),
}

/// One kind of channel.
#[async_trait]
pub trait Channel: Send + Sync {
    /// Makes the text from current templates and delivers it once. Ends within two minutes. Before the last byte of
    /// the message was handed over, every failure is [`Outcome::Temporary`] or [`Outcome::Permanent`]; after it, a
    /// missing answer is [`Outcome::Unknown`].
    async fn deliver(&self, message: &Message) -> Receipt;

    /// What [`deliver`](Self::deliver) would say now. Nothing is sent or stored.
    fn word(&self, _message: &Message) -> Result<Wording, WordingError> {
        Err(WordingError::Unsupported)
    }

    /// The languages that it has words of its own in.
    fn languages(&self) -> Vec<Language> {
        Vec::new()
    }
}
