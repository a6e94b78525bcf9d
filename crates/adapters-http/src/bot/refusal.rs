//! Why a call is not answered by its use case.

use actix_web::http::StatusCode;
use application::{conversation::HearError, intake::AccessDenied, ports::StorageError};
use domain::answer::{Sentence, Verdict};
use jiff::SignedDuration;

use super::RETRY_AFTER_SECS;
use crate::state::UseCasePanicked;

/// Why a call is not answered by its use case.
#[derive(Debug, thiserror::Error)]
pub(super) enum Refusal {
    #[error(transparent)]
    Access(#[from] AccessDenied),
    #[error("the bot calls more often than it may")]
    TooOften(SignedDuration),
    #[error("the body is larger than what is read")]
    BodyTooLarge,
    #[error("the query is longer than what is read")]
    QueryTooLong,
    #[error("the body did not arrive whole and in time")]
    BodyIncomplete,
    #[error("looking it up failed")]
    Storage(#[from] StorageError),
    #[error(transparent)]
    Hearing(#[from] HearError),
    #[error(transparent)]
    Panicked(#[from] UseCasePanicked),
}

/// How a refusal is told.
pub(super) struct Terms {
    pub(super) status: StatusCode,
    pub(super) result: Verdict,
    pub(super) sentence: Sentence,
    /// After how many seconds the call may come again.
    pub(super) retry_after: Option<i64>,
}

impl Refusal {
    pub(super) fn terms(&self) -> Terms {
        use Verdict::{Denied, Invalid, Retry};
        let (status, result, sentence, retry_after) = match self {
            Self::Access(AccessDenied::UnknownKey) => {
                (StatusCode::UNAUTHORIZED, Denied, Sentence::KeyUnknown, None)
            }
            Self::Access(AccessDenied::RevokedKey) => {
                (StatusCode::FORBIDDEN, Denied, Sentence::KeyRevoked, None)
            }
            Self::TooOften(wait) => {
                (StatusCode::TOO_MANY_REQUESTS, Retry, Sentence::SlowDown, Some(whole_secs(*wait)))
            }
            Self::BodyTooLarge => (StatusCode::PAYLOAD_TOO_LARGE, Invalid, Sentence::BodyTooLarge, None),
            Self::QueryTooLong => (StatusCode::URI_TOO_LONG, Invalid, Sentence::BodyTooLarge, None),
            Self::BodyIncomplete => (StatusCode::REQUEST_TIMEOUT, Retry, Sentence::TryAgain, None),
            Self::Access(AccessDenied::Unavailable(_))
            | Self::Storage(_)
            | Self::Hearing(_)
            | Self::Panicked(_) => {
                (StatusCode::SERVICE_UNAVAILABLE, Retry, Sentence::TryAgain, Some(RETRY_AFTER_SECS))
            }
        };
        Terms { status, result, sentence, retry_after }
    }
}

/// Rounded up, and never zero, which would say "at once".
fn whole_secs(wait: SignedDuration) -> i64 {
    let begun = i64::from(wait.subsec_nanos() > 0);
    (wait.as_secs() + begun).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_is_rounded_up_to_whole_seconds() {
        for (millis, secs) in [(0, 1), (20, 1), (1_000, 1), (1_001, 2), (4_000, 4)] {
            assert_eq!(whole_secs(SignedDuration::from_millis(millis)), secs, "{millis} ms");
        }
    }
}
