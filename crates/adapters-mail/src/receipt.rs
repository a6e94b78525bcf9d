//! What an attempt came to.

use application::ports::Receipt;
use domain::retry::{Fault, Outcome};

use crate::smtp::{Scope, Verdict};

/// The receipt for what a server said.
///
/// A server that refuses everybody for good may be mended, and then nothing must have been lost: that is temporary.
pub(crate) fn of_verdict(verdict: Verdict) -> Receipt {
    let (outcome, code, answer) = match verdict {
        Verdict::Accepted { code, answer } => (Outcome::Sent, Some(code), answer),
        Verdict::Temporary { scope: Scope::Recipient, code, answer } => {
            (temporary(Fault::Recipient), code, answer)
        }
        Verdict::Temporary { scope: Scope::Server, code, answer }
        | Verdict::Permanent { scope: Scope::Server, code, answer } => {
            (temporary(Fault::Channel), code, answer)
        }
        Verdict::Permanent { scope: Scope::Recipient, code, answer } => (Outcome::Permanent, code, answer),
        Verdict::Unknown { answer } => (Outcome::Unknown, None, answer),
    };
    Receipt { code, ..saying(outcome, answer) }
}

/// A receipt with an explanation of our own.
pub(crate) fn saying(outcome: Outcome, answer: impl Into<String>) -> Receipt {
    Receipt { answer: Some(answer.into()), ..Receipt::new(outcome) }
}

/// Failed, and may succeed later.
pub(crate) const fn temporary(fault: Fault) -> Outcome {
    Outcome::Temporary { fault, retry_after: None }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome_of(verdict: Verdict) -> Outcome {
        of_verdict(verdict).outcome
    }

    #[test]
    fn a_fault_is_the_recipients_or_the_channels() {
        let refusal = |scope| Verdict::Temporary { scope, code: Some(450), answer: "later".into() };
        assert_eq!(outcome_of(refusal(Scope::Recipient)), temporary(Fault::Recipient));
        assert_eq!(outcome_of(refusal(Scope::Server)), temporary(Fault::Channel));
    }

    #[test]
    fn only_what_is_wrong_with_the_mail_itself_is_permanent() {
        let refusal = |scope| Verdict::Permanent { scope, code: Some(550), answer: "no".into() };
        assert_eq!(outcome_of(refusal(Scope::Recipient)), Outcome::Permanent);
        assert_eq!(outcome_of(refusal(Scope::Server)), temporary(Fault::Channel));
    }

    #[test]
    fn what_the_server_said_is_kept() {
        let sent = of_verdict(Verdict::Accepted { code: 250, answer: "queued".into() });
        assert_eq!(
            (sent.outcome, sent.code, sent.answer.as_deref()),
            (Outcome::Sent, Some(250), Some("queued"))
        );
        let lost = of_verdict(Verdict::Unknown { answer: "no answer".into() });
        assert_eq!(
            (lost.outcome, lost.code, lost.answer.as_deref()),
            (Outcome::Unknown, None, Some("no answer"))
        );
    }
}
