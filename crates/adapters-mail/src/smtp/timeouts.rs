//! How long a server may take.

use std::time::Duration;

/// How long the client waits, for each kind of step.
///
/// RFC 5321, section 4.5.3.2, asks for five minutes for most commands, because a queue of its time had nothing
/// better to do. Here a waiting mail holds a place among the deliveries of its channel, and every outcome
/// is retried on a schedule, so the defaults are shorter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SmtpTimeouts {
    /// Resolving the name, then for each address of the server: connecting; then the TLS handshake. Default 10 s.
    pub connect: Duration,
    /// Greeting, `EHLO`, `STARTTLS`, `AUTH`, `MAIL`, `RCPT` and `DATA`, each until its answer is complete.
    /// Default 30 s (RFC 5321: 5 min, 2 min for `DATA`).
    pub command: Duration,
    /// Writing the message, and then again waiting for the answer to it. Default 60 s (RFC 5321: 3 min for
    /// each block written, 10 min for the answer). When the answer does not come in time the outcome is
    /// [`Verdict::Unknown`](super::Verdict::Unknown).
    pub message: Duration,
    /// How long an unused connection is kept for the next mail. Default 5 s: short, since servers close
    /// silent connections and a kept one takes a place there.
    pub idle: Duration,
}

impl Default for SmtpTimeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            command: Duration::from_secs(30),
            message: Duration::from_mins(1),
            idle: Duration::from_secs(5),
        }
    }
}
