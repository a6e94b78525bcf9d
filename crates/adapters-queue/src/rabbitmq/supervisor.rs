//! Keeps one connection, and makes a new one whenever it is lost.

use std::{sync::Arc, time::Duration};

use metrics::counter;
use tokio::{
    sync::watch,
    time::{Instant, sleep},
};
use tokio_util::sync::CancellationToken;

use super::{
    bell::{Bell, RING_EVERY},
    error::BrokerError,
    link::Link,
    outage::Outage,
    settings::Target,
};

/// The first wait after a failure; each is twice as long as the one before.
const WAIT_FIRST: Duration = Duration::from_millis(100);

/// The longest wait after a failure: a try a second costs nobody anything, and notifications wait for it.
const WAIT_MAX: Duration = Duration::from_secs(1);

/// The wait after a failure that somebody has to mend.
const WAIT_REFUSED: Duration = Duration::from_secs(5);

/// A connection that lasted so long was sound, and the waits begin anew.
const SOUND_AFTER: Duration = Duration::from_secs(5);

/// What is known of the broker.
#[derive(Debug, Clone)]
pub(super) enum State {
    Connecting,
    Connected(Arc<Link>),
    Away(Arc<BrokerError>),
    Closed,
}

/// What the parts of a queue share.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) target: Target,
    pub(super) bell: Arc<Bell>,
    pub(super) state: watch::Sender<State>,
    pub(super) stop: CancellationToken,
}

impl Shared {
    pub(super) fn new(target: Target) -> Self {
        Self {
            target,
            bell: Arc::new(Bell::new()),
            state: watch::Sender::new(State::Connecting),
            stop: CancellationToken::new(),
        }
    }
}

/// Runs until the queue is closed.
pub(super) async fn supervise(shared: Arc<Shared>) {
    let (mut outage, mut wait) = (Outage::default(), WAIT_FIRST);
    while let Some(opened) = shared.stop.run_until_cancelled(Link::open(&shared.target, &shared.bell)).await {
        let error = match opened {
            Ok(link) => {
                outage.ended();
                let (error, lasted) = keep(&shared, Arc::new(link)).await;
                if lasted >= SOUND_AFTER {
                    wait = WAIT_FIRST;
                }
                error
            }
            Err(error) => error,
        };
        if shared.stop.is_cancelled() {
            break;
        }
        outage.failed(&error);
        let pause = if error.needs_change() { WAIT_REFUSED } else { wait };
        shared.state.send_replace(State::Away(Arc::new(error)));
        shared.stop.run_until_cancelled(sleep(pause)).await;
        wait = (wait * 2).min(WAIT_MAX);
    }
    shared.state.send_replace(State::Closed);
}

/// Lets the connection be used until it breaks. Answers why it did, and how long it lasted.
async fn keep(shared: &Shared, link: Arc<Link>) -> (BrokerError, Duration) {
    let began = Instant::now();
    counter!("frontdesk_queue_connections_total").increment(1);
    shared.state.send_replace(State::Connected(Arc::clone(&link)));
    let error = tokio::select! {
        () = shared.stop.cancelled() => BrokerError::Closed,
        error = link.fault().reported() => error,
        error = tie_bell(shared, &link) => error,
    };
    // Before the goodbye, which may take its time: nobody is to begin anything on this connection.
    link.fault().report(error.clone());
    shared.state.send_replace(State::Away(Arc::new(error.clone())));
    link.close().await;
    (error, began.elapsed())
}

/// Lets rings in as soon as somebody listens. Answers why that failed.
async fn tie_bell(shared: &Shared, link: &Link) -> BrokerError {
    shared.bell.listened().await;
    match link.rope.tie().await {
        Ok(()) => std::future::pending().await,
        Err(error) => error,
    }
}

/// Carries rings to other processes, until the queue is closed. A ring while there is no connection is dropped: a poll
/// is the net.
pub(super) async fn carry_rings(shared: Arc<Shared>) {
    let carry = async {
        loop {
            shared.bell.to_be_carried().await;
            let link = match &*shared.state.borrow() {
                State::Connected(link) if !link.is_blocked() => Some(Arc::clone(link)),
                _ => None,
            };
            if let Some(link) = link {
                // If it fails, the connection does.
                let _ = link.rope.pull().await;
            }
            sleep(RING_EVERY).await;
        }
    };
    shared.stop.run_until_cancelled(carry).await;
}
