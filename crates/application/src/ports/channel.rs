//! Ways to reach people and teams.

use async_trait::async_trait;
use domain::{message::Message, retry::Outcome};

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

/// One kind of channel.
#[async_trait]
pub trait Channel: Send + Sync {
    /// Makes the text from current templates and delivers it once. Ends within two minutes. Before the last byte of
    /// the message was handed over, every failure is [`Outcome::Temporary`] or [`Outcome::Permanent`]; after it, a
    /// missing answer is [`Outcome::Unknown`].
    async fn deliver(&self, message: &Message) -> Receipt;
}
