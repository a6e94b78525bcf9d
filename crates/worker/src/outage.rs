//! A fault is logged when it begins and when it ends, not at every turn of a loop.

use std::{error::Error, time::Duration};

/// How long a loop waits after a failure.
pub(crate) const WAIT_AFTER_FAILURE: Duration = Duration::from_millis(200);

/// Whether what a loop needs is away.
pub(crate) struct Outage {
    what: &'static str,
    lasts: bool,
}

impl Outage {
    /// `what` says what fails, for the log.
    pub(crate) const fn of(what: &'static str) -> Self {
        Self { what, lasts: false }
    }

    pub(crate) fn failed(&mut self, error: &(dyn Error + 'static)) {
        if !self.lasts {
            tracing::error!(error, "{} failed; it is tried again until it works", self.what);
        }
        self.lasts = true;
    }

    pub(crate) fn works(&mut self) {
        if self.lasts {
            tracing::info!("{} works again", self.what);
        }
        self.lasts = false;
    }
}
