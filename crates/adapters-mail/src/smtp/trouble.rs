//! What can go wrong, and at which step of handing over a mail.

use std::{io, time::Duration};

use super::{reply::Reply, timeouts::SmtpTimeouts};

/// The steps of handing over a mail, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Connect,
    Handshake,
    Greeting,
    Hello,
    StartTls,
    LoginChallenge,
    Login,
    Sender,
    Recipient,
    Data,
    /// Writing the message, up to and including its last byte.
    Message,
    /// Waiting for the answer to a message that is wholly written.
    Answer,
    Quit,
}

impl Step {
    /// What is being done, for a person.
    fn doing(self) -> &'static str {
        match self {
            Self::Connect => "connecting to the mail server",
            Self::Handshake => "securing the connection with TLS",
            Self::Greeting => "waiting for the greeting of the mail server",
            Self::Hello => "introducing this server to the mail server",
            Self::StartTls => "asking the mail server for TLS",
            Self::LoginChallenge | Self::Login => "logging in to the mail server",
            Self::Sender => "naming the sender",
            Self::Recipient => "naming the recipient",
            Self::Data => "announcing the message",
            Self::Message => "writing the message",
            Self::Answer => "waiting for the answer to the message",
            Self::Quit => "taking leave of the mail server",
        }
    }

    /// The first digit of the reply that lets the dialogue go on (RFC 5321, section 4.2.1).
    pub(super) fn expected_class(self) -> u16 {
        match self {
            Self::Data | Self::LoginChallenge => 3,
            _ => 2,
        }
    }

    /// How long the step may take.
    pub(super) fn limit(self, timeouts: &SmtpTimeouts) -> Duration {
        match self {
            Self::Connect | Self::Handshake => timeouts.connect,
            Self::Message | Self::Answer => timeouts.message,
            _ => timeouts.command,
        }
    }

    /// TLS and login: refusals there are about settings, never about a mail.
    pub(super) fn is_securing(self) -> bool {
        matches!(self, Self::StartTls | Self::LoginChallenge | Self::Login)
    }

    /// A 5yz reply here is about the recipient or the text; earlier ones are about the connection or the sender,
    /// which are the same for every mail.
    pub(super) fn is_about_the_mail(self) -> bool {
        matches!(self, Self::Recipient | Self::Data | Self::Answer)
    }

    /// Whether the mail can safely start again on another connection.
    fn is_before_the_message(self) -> bool {
        matches!(self, Self::Sender | Self::Recipient | Self::Data)
    }
}

/// What went wrong.
#[derive(Debug, thiserror::Error)]
pub(super) enum Failure {
    /// A complete reply, but not the one that lets the dialogue go on.
    #[error("{}", .0.text())]
    Refused(Reply),
    #[error("the server closed the connection")]
    Closed,
    #[error(transparent)]
    Io(#[from] io::Error),
    #[error("it took too long")]
    TimedOut,
    #[error("the answer is not SMTP")]
    Malformed,
    #[error("the answer is longer than any answer should be")]
    TooLong,
    /// The server lacks something that the settings ask for.
    #[error("the server does not offer {0}")]
    NotOffered(&'static str),
    /// The mail itself cannot be handed to this server.
    #[error("{0}")]
    Unsendable(&'static str),
}

impl Failure {
    pub(super) fn at(self, step: Step) -> Trouble {
        Trouble { step, failure: self }
    }
}

/// A failure and where it happened.
#[derive(Debug)]
pub(super) struct Trouble {
    pub(super) step: Step,
    pub(super) failure: Failure,
}

impl Trouble {
    /// The code of the reply that was the reason.
    pub(super) fn refusal_code(&self) -> Option<u16> {
        match &self.failure {
            Failure::Refused(reply) => Some(reply.code()),
            _ => None,
        }
    }

    /// The server's own words if it said any, else what was being done and what happened. Not yet redacted.
    pub(super) fn describe(&self) -> String {
        match &self.failure {
            Failure::Refused(reply) => reply.text(),
            failure => format!("{}: {failure}", self.step.doing()),
        }
    }

    /// What it looks like when the server has closed a connection between two mails: silently, or with a
    /// last 421 that is read as the answer to the next command (RFC 5321, section 3.8). A timeout is not
    /// taken for it: nothing says that a fresh connection would fare better, and it costs as long again.
    pub(super) fn looks_like_a_stale_connection(&self) -> bool {
        self.step.is_before_the_message()
            && (matches!(self.failure, Failure::Closed | Failure::Io(_)) || self.refusal_code() == Some(421))
    }

    /// Whether the server is there and in step, so that it can be told `QUIT`.
    pub(super) fn leaves_the_server_listening(&self) -> bool {
        match &self.failure {
            Failure::Refused(reply) => reply.code() != 421,
            Failure::Unsendable(_) => true,
            _ => false,
        }
    }
}
