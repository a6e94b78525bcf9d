//! What came back from another server, or why nothing did.

use std::error::Error;

use domain::retry::{Fault, Outcome};
use jiff::SignedDuration;
use serde_json::Value;

/// What a server answered.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Answer {
    /// The status (RFC 9110, section 15).
    pub(crate) status: u16,
    /// How long to wait before the next request, if it says so.
    pub(crate) retry_after: Option<SignedDuration>,
    /// The text; its end is missing where the connection broke or the text was too long.
    pub(crate) body: String,
}

impl Answer {
    /// Whether the request was taken.
    pub(crate) const fn is_success(&self) -> bool {
        matches!(self.status, 200..=299)
    }

    /// The text as JSON; null if it is none.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_default()
    }

    /// What the status alone means.
    ///
    /// Temporary is what RFC 9110 and RFC 6585 let a client repeat: 408, 425, 429 and the faults of servers. All else
    /// that is no success would be answered again in the same way, redirects too, which are not followed.
    pub(crate) const fn outcome(&self) -> Outcome {
        match self.status {
            200..=299 => Outcome::Sent,
            408 | 425 | 429 | 500..=599 => self.temporary(),
            _ => Outcome::Permanent,
        }
    }

    /// Refused for now.
    pub(crate) const fn temporary(&self) -> Outcome {
        Outcome::Temporary { fault: Fault::Channel, retry_after: self.retry_after }
    }

    /// The same as [`outcome`](Self::outcome), with the wait that the text asks for, if it does.
    pub(crate) fn outcome_after(&self, asked: Option<SignedDuration>) -> Outcome {
        match self.outcome() {
            Outcome::Temporary { fault, retry_after } => {
                Outcome::Temporary { fault, retry_after: asked.or(retry_after) }
            }
            outcome => outcome,
        }
    }
}

/// No answer came.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NoAnswer {
    /// There was no connection, so that nothing was handed over.
    #[error("connecting failed: {0}")]
    NotSent(String),
    /// The request was written, or was being written.
    #[error("no answer came: {0}")]
    Lost(String),
    /// There is no address that may be connected to.
    #[error(transparent)]
    Forbidden(Forbidden),
}

/// A name or an address leads where a client must not go. A resolver's error of this kind ends as
/// [`NoAnswer::Forbidden`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the URL leads to no public address")]
pub(crate) struct Forbidden;

impl NoAnswer {
    /// Whether the message may have arrived.
    pub(crate) const fn outcome(&self) -> Outcome {
        match self {
            Self::NotSent(_) => Outcome::Temporary { fault: Fault::Channel, retry_after: None },
            Self::Lost(_) => Outcome::Unknown,
            Self::Forbidden(_) => Outcome::Permanent,
        }
    }
}

impl From<reqwest::Error> for NoAnswer {
    fn from(error: reqwest::Error) -> Self {
        // The URL may be a secret.
        let error = error.without_url();
        if let Some(&forbidden) = causes(&error).find_map(|cause| cause.downcast_ref::<Forbidden>()) {
            Self::Forbidden(forbidden)
        } else if error.is_connect() || error.is_builder() {
            Self::NotSent(describe(&error))
        } else {
            Self::Lost(describe(&error))
        }
    }
}

/// The causes of an error, which say more than itself.
fn describe(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        return "it took too long".to_owned();
    }
    causes(error).map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

fn causes<'a>(error: &'a reqwest::Error) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(error.source(), |&error| error.source())
}
