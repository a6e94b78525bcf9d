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

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use tracing::{Event, Level, Metadata, Subscriber, span};

    use super::*;

    /// The levels of what was logged.
    #[derive(Clone, Default)]
    struct Log(Arc<Mutex<Vec<Level>>>);

    impl Subscriber for Log {
        fn enabled(&self, _: &Metadata<'_>) -> bool {
            true
        }

        fn event(&self, event: &Event<'_>) {
            self.0.lock().expect("nothing panicked").push(*event.metadata().level());
        }

        fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
            span::Id::from_u64(1)
        }

        fn record(&self, _: &span::Id, _: &span::Record<'_>) {}

        fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}

        fn enter(&self, _: &span::Id) {}

        fn exit(&self, _: &span::Id) {}
    }

    #[test]
    fn an_outage_is_logged_when_it_begins_and_when_it_ends() {
        let log = Log::default();
        let error = std::io::Error::other("away");
        tracing::subscriber::with_default(log.clone(), || {
            let mut outage = Outage::of("the test");
            outage.works();
            for _ in 0..2 {
                outage.failed(&error);
                outage.failed(&error);
                outage.works();
                outage.works();
            }
        });
        let logged = log.0.lock().expect("nothing panicked").clone();
        assert_eq!(logged, [Level::ERROR, Level::INFO, Level::ERROR, Level::INFO]);
    }
}
