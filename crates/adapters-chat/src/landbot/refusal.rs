//! Why Landbot did not do what it was asked.

use application::ports::Receipt;
use domain::retry::{Fault, Outcome};

use crate::{
    http::{Answer, NoAnswer},
    receipt::saying,
    team::Secrets,
};

/// A call was not done, as far as anybody knows. What is said of it shows no secret.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct Refusal(#[from] Cause);

#[derive(Debug, thiserror::Error)]
enum Cause {
    #[error("Landbot answered {status}: {said}")]
    Answered { status: u16, outcome: Outcome, said: String },
    #[error(transparent)]
    NoAnswer(NoAnswer),
}

impl From<NoAnswer> for Refusal {
    fn from(error: NoAnswer) -> Self {
        Self(Cause::NoAnswer(error))
    }
}

impl Refusal {
    /// What an answer means that was no agreement.
    ///
    /// Only 429 and the platform's own faults are worth another try (<https://dev.landbot.io/guides/errors>). A refused
    /// token (401, 403) or an unpaid bill (402) is no better in a minute, and the person waits for an answer: the agent is
    /// told at once. So it is with a chat that takes no text (412), and with a denial under a status of success.
    pub(super) fn of(answer: &Answer, secrets: &Secrets) -> Self {
        let outcome = if answer.is_success() { Outcome::Permanent } else { answer.outcome() };
        Self(Cause::Answered { status: answer.status, outcome, said: secrets.clean(&answer.body) })
    }

    /// The status of the answer.
    pub const fn status(&self) -> Option<u16> {
        match &self.0 {
            Cause::Answered { status, .. } => Some(*status),
            Cause::NoAnswer(_) => None,
        }
    }

    /// What it means for a text that was to be sent by the call.
    pub(super) const fn outcome(&self) -> Outcome {
        match &self.0 {
            Cause::Answered { outcome, .. } => *outcome,
            Cause::NoAnswer(error) => error.outcome(),
        }
    }

    /// The receipt for what was to be done by the call, and is done once only.
    pub(super) fn receipt(&self) -> Receipt {
        let answer = match &self.0 {
            Cause::Answered { said, .. } => said.clone(),
            Cause::NoAnswer(error) => error.to_string(),
        };
        Receipt { code: self.status(), ..saying(self.outcome(), answer) }
    }

    /// The receipt for what was to be done after the call, or is the same when it is done again: its fate is not in doubt.
    pub(super) fn receipt_before_sending(&self) -> Receipt {
        let receipt = self.receipt();
        match receipt.outcome {
            Outcome::Unknown => {
                let outcome = Outcome::Temporary { fault: Fault::Channel, retry_after: None };
                Receipt { outcome, ..receipt }
            }
            _ => receipt,
        }
    }
}
