//! Whether this process can do its job, for load balancers and people.

use adapters_http::{Readiness, ReadinessLevel, ReadinessStatus};
use tokio_util::sync::CancellationToken;
use worker::Pulse;

/// Knows of the two things that can be amiss: the process stops, or the database does not answer.
pub struct ServerReadiness {
    pulse: Pulse,
    stop: CancellationToken,
}

impl ServerReadiness {
    /// Looks at the worker's heartbeat, which is written to the database, and at `stop`.
    pub const fn new(pulse: Pulse, stop: CancellationToken) -> Self {
        Self { pulse, stop }
    }
}

impl Readiness for ServerReadiness {
    fn status(&self) -> ReadinessStatus {
        let amiss = if self.stop.is_cancelled() {
            Some("the server is stopping")
        } else if self.pulse.may_open() {
            None
        } else {
            Some("the database does not answer, or the server is starting")
        };
        match amiss {
            Some(reason) => {
                ReadinessStatus { level: ReadinessLevel::Unavailable, reasons: vec![reason.to_owned()] }
            }
            None => ReadinessStatus { level: ReadinessLevel::Ready, reasons: Vec::new() },
        }
    }
}
