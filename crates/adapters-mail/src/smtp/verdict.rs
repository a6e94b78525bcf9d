//! What became of a mail.

use super::{
    redaction::Redaction,
    reply::Reply,
    trouble::{Failure, Step, Trouble},
};

/// Who is meant by a refusal: decides whether other mails will meet it too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// The server as a whole: the next mail would probably fare the same.
    Server,
    /// This mail only: its recipient, or its text.
    Recipient,
}

/// What became of one mail that was handed to the server.
///
/// `code` is the server's reply code where a reply was the reason. `answer` is the server's text, or a
/// description of what went wrong; it has at most 500 characters, no mail address and no password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The server took responsibility for the mail.
    Accepted {
        /// The reply code, normally 250.
        code: u16,
        /// The server's text, often with the id in its queue.
        answer: String,
    },
    /// The mail was certainly not taken, and may be taken later.
    Temporary {
        /// Who is meant.
        scope: Scope,
        /// The reply code, if a reply was the reason.
        code: Option<u16>,
        /// What was answered or what went wrong.
        answer: String,
    },
    /// The mail was certainly not taken and never will be.
    Permanent {
        /// Who is meant.
        scope: Scope,
        /// The reply code, if a reply was the reason.
        code: Option<u16>,
        /// What was answered or what went wrong.
        answer: String,
    },
    /// The whole mail was written and no usable answer came: it may or may not have been taken.
    Unknown {
        /// What went wrong.
        answer: String,
    },
}

/// A verdict without its text.
#[derive(Clone, Copy)]
enum Ruling {
    Temporary(Scope),
    Permanent(Scope),
    Unknown,
}

impl Verdict {
    pub(super) fn accepted(reply: &Reply, redaction: &Redaction) -> Self {
        Self::Accepted { code: reply.code(), answer: redaction.clean(&reply.text()) }
    }

    pub(super) fn of_trouble(trouble: &Trouble, redaction: &Redaction) -> Self {
        let code = trouble.refusal_code();
        let answer = redaction.clean(&trouble.describe());
        match rule(trouble) {
            Ruling::Temporary(scope) => Self::Temporary { scope, code, answer },
            Ruling::Permanent(scope) => Self::Permanent { scope, code, answer },
            Ruling::Unknown => Self::Unknown { answer },
        }
    }
}

fn rule(trouble: &Trouble) -> Ruling {
    match &trouble.failure {
        Failure::Refused(reply) => rule_on_reply(trouble.step, reply.code()),
        Failure::Unsendable(_) => Ruling::Permanent(Scope::Recipient),
        _ if trouble.step == Step::Answer => Ruling::Unknown,
        _ => Ruling::Temporary(Scope::Server),
    }
}

/// Reply codes as RFC 5321, section 4.2, and RFC 4954, section 6, define them.
fn rule_on_reply(step: Step, code: u16) -> Ruling {
    match code {
        // 421: the server is going away. 530: it wants a login or TLS first.
        421 | 530 => Ruling::Temporary(Scope::Server),
        // Whatever is wrong with TLS or the login, a mended setting must find every mail still waiting.
        _ if step.is_securing() => Ruling::Temporary(Scope::Server),
        400..=499 if step == Step::Recipient => Ruling::Temporary(Scope::Recipient),
        400..=499 => Ruling::Temporary(Scope::Server),
        500..=599 if step.is_about_the_mail() => Ruling::Permanent(Scope::Recipient),
        500..=599 => Ruling::Permanent(Scope::Server),
        // A positive code that does not belong here: the two sides are out of step.
        _ if step == Step::Answer => Ruling::Unknown,
        _ => Ruling::Temporary(Scope::Server),
    }
}
