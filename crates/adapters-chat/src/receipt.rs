//! What an attempt came to.

use application::ports::Receipt;
use domain::retry::Outcome;

/// A receipt with an explanation of our own.
pub(crate) fn saying(outcome: Outcome, answer: impl Into<String>) -> Receipt {
    Receipt { answer: Some(answer.into()), ..Receipt::new(outcome) }
}
