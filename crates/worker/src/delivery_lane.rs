//! One lane delivers one kind of channel: it waits for due times, opens attempts in sets, sends concurrently, and
//! closes in sets. Closing what ended and opening what is due share a commit.

use std::{collections::HashMap, sync::Arc, time::Duration};

use application::{
    delivery::{FinishedAttempt, SettleAttempts},
    ports::{
        Channel, Clock, NotificationQueue, OpenedAttempt, QueueError, Receipt, Received, StorageError,
        Subscription,
    },
};
use domain::{
    channel::ChannelKind, dispatch::HANDED_OVER_PER_SLOT, ids::NotificationId, notification::OutcomeKind,
    retry::Outcome, trace::TARGET,
};
use jiff::{SignedDuration, Timestamp};
use metrics::{Gauge, gauge, histogram};
use tokio::{
    task::{Id, JoinError, JoinSet},
    time::Instant,
};
use tokio_util::sync::CancellationToken;
use tracing::{Instrument as _, Span, field::Empty};

use crate::{
    Pulse,
    open_attempts::OpenAttempts,
    outage::{Outage, WAIT_AFTER_FAILURE},
    waiting::Waiting,
};

/// An adapter ends within two minutes; one that does not has lost its attempt.
const DELIVERY_MAX: Duration = Duration::from_secs(130);

/// How long the lane sleeps when nothing waits.
const IDLE: Duration = Duration::from_mins(1);

pub(crate) struct DeliveryLane {
    pub(crate) kind: ChannelKind,
    pub(crate) channel: Arc<dyn Channel>,
    pub(crate) settle: SettleAttempts,
    pub(crate) queue: Arc<dyn NotificationQueue>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) pulse: Pulse,
    pub(crate) concurrency: usize,
}

/// What a lane has in its hands.
struct Hands {
    waiting: Waiting,
    open: OpenAttempts,
    sending: JoinSet<(Receipt, Duration)>,
    attempts: HashMap<Id, OpenedAttempt>,
    finished: Vec<FinishedAttempt>,
    /// Whether attempts may be open that the lane does not know of: a commit that opened some was not confirmed.
    in_doubt: bool,
    /// Shows how many wait.
    depth: Gauge,
}

impl DeliveryLane {
    /// Delivers until `stop`, then until what is open has ended and is written.
    pub(crate) async fn run(self, stop: CancellationToken) {
        let mut queue_outage = Outage::of("receiving what is to be delivered");
        let mut outage = Outage::of("delivering notifications");
        let mut hands = Hands::new(self.kind, self.concurrency);
        while !stop.is_cancelled() {
            let ended = match self.queue.subscribe(self.kind, self.prefetch()).await {
                Ok(subscription) => {
                    queue_outage.works();
                    self.deliver(subscription, &mut hands, &mut outage, &stop).await
                }
                Err(error) => Err(error),
            };
            if let Err(error) = ended {
                queue_outage.failed(&error);
                // Tags die with their subscription; what was not acknowledged is handed out again.
                hands.waiting = Waiting::default();
                self.settle(&mut hands, &[], &mut outage).await;
                tokio::time::sleep(WAIT_AFTER_FAILURE).await;
            }
        }
        self.finish(hands, outage).await;
    }

    fn prefetch(&self) -> u16 {
        u16::try_from(HANDED_OVER_PER_SLOT * self.concurrency).unwrap_or(u16::MAX)
    }

    /// Delivers what `subscription` gives, until `stop` or until the queue fails.
    async fn deliver(
        &self,
        mut subscription: Box<dyn Subscription>,
        hands: &mut Hands,
        outage: &mut Outage,
        stop: &CancellationToken,
    ) -> Result<(), QueueError> {
        loop {
            let wake_at = self.wake_at(hands);
            tokio::select! {
                biased;
                () = stop.cancelled() => return Ok(()),
                Some(ended) = hands.sending.join_next_with_id() => self.take_finished(hands, ended),
                received = subscription.receive() => {
                    let doubled: Vec<_> = received?.into_iter().filter_map(|one| hands.waiting.add(one)).collect();
                    // A tag that is not acknowledged is handed out again: harmless.
                    let _ = subscription.acknowledge(&doubled).await;
                }
                () = tokio::time::sleep_until(wake_at) => {}
            }
            let due = self.take_due(hands);
            hands.depth.set(f64::from(u32::try_from(hands.waiting.len()).unwrap_or(u32::MAX)));
            if self.settle(hands, &due, outage).await {
                let tags: Vec<_> = due.iter().map(|received| received.tag).collect();
                let _ = subscription.acknowledge(&tags).await;
            } else {
                for received in due {
                    hands.waiting.add(received);
                }
                tokio::time::sleep(WAIT_AFTER_FAILURE).await;
            }
        }
    }

    /// The moment at which there is something to write, or the next notification falls due that there is room for.
    fn wake_at(&self, hands: &Hands) -> Instant {
        if hands.has_to_write() {
            return Instant::now();
        }
        let wait = match hands.waiting.next_due(&hands.open) {
            Some(due_at) => due_at.duration_since(self.clock.now()).max(SignedDuration::ZERO).unsigned_abs(),
            None => IDLE,
        };
        // A worker without a pulse looks again soon, not at once.
        let wait = if self.pulse.may_open() { wait } else { wait.max(WAIT_AFTER_FAILURE) };
        Instant::now() + wait
    }

    fn take_due(&self, hands: &mut Hands) -> Vec<Received> {
        if self.pulse.may_open() { hands.waiting.take_due(self.clock.now(), &hands.open) } else { Vec::new() }
    }

    /// Writes what ended and opens what is due. Says whether that worked; if not, nothing was written and what ended is
    /// kept.
    async fn settle(&self, hands: &mut Hands, due: &[Received], outage: &mut Outage) -> bool {
        self.take_all_finished(hands);
        if !hands.has_to_write() && due.is_empty() {
            return true;
        }
        match self.write(hands, due).await {
            Ok(opened) => {
                outage.works();
                if !hands.finished.is_empty() {
                    // There is room again for what waits in the table.
                    self.queue.ring();
                }
                hands.written();
                for attempt in opened {
                    self.send(hands, attempt);
                }
                true
            }
            Err(error) => {
                outage.failed(&error);
                hands.in_doubt |= !due.is_empty();
                false
            }
        }
    }

    async fn write(&self, hands: &mut Hands, due: &[Received]) -> Result<Vec<OpenedAttempt>, StorageError> {
        if hands.in_doubt {
            self.settle.close_unbegun(self.kind, &hands.begun()).await?;
            hands.in_doubt = false;
        }
        let ids: Vec<NotificationId> = due.iter().map(|received| received.claimed.id).collect();
        self.settle.execute(&hands.finished, &ids).await
    }

    fn send(&self, hands: &mut Hands, attempt: OpenedAttempt) {
        hands.open.open(attempt.channel_id);
        let channel = Arc::clone(&self.channel);
        let message = attempt.message.clone();
        let span = span(&attempt);
        let sending = hands.sending.spawn(async move {
            let began = Instant::now();
            let delivered = channel.deliver(&message).instrument(span.clone());
            let delivered = tokio::time::timeout(DELIVERY_MAX, delivered).await;
            let receipt = delivered.unwrap_or_else(|_| lost("the delivery did not end in time"));
            span.record("outcome", OutcomeKind::from(receipt.outcome).as_str());
            (receipt, began.elapsed())
        });
        hands.attempts.insert(sending.id(), attempt);
    }

    fn take_all_finished(&self, hands: &mut Hands) {
        while let Some(ended) = hands.sending.try_join_next_with_id() {
            self.take_finished(hands, ended);
        }
    }

    fn take_finished(&self, hands: &mut Hands, ended: Result<(Id, (Receipt, Duration)), JoinError>) {
        let (id, receipt, elapsed) = match ended {
            Ok((id, (receipt, elapsed))) => (id, receipt, elapsed),
            Err(error) => (error.id(), lost("the delivery panicked"), Duration::ZERO),
        };
        let Some(attempt) = hands.attempts.remove(&id) else { return };
        let finished_at = self.clock.now();
        if receipt.outcome == Outcome::Sent {
            record_lateness(self.kind, attempt.message.due_at, finished_at);
        }
        let elapsed = SignedDuration::try_from(elapsed).unwrap_or(SignedDuration::MAX);
        hands.finished.push(FinishedAttempt { attempt, receipt, elapsed, finished_at });
    }

    /// Waits for what is open, and writes it.
    async fn finish(&self, mut hands: Hands, mut outage: Outage) {
        while !hands.open.is_empty() {
            if let Some(ended) = hands.sending.join_next_with_id().await {
                self.take_finished(&mut hands, ended);
            }
            if !self.settle(&mut hands, &[], &mut outage).await {
                tokio::time::sleep(WAIT_AFTER_FAILURE).await;
            }
        }
    }
}

impl Hands {
    fn new(kind: ChannelKind, concurrency: usize) -> Self {
        Self {
            waiting: Waiting::default(),
            open: OpenAttempts::new(concurrency),
            sending: JoinSet::new(),
            attempts: HashMap::new(),
            finished: Vec::new(),
            in_doubt: false,
            depth: gauge!("frontdesk_queue_depth", "kind" => kind.as_str()),
        }
    }

    fn has_to_write(&self) -> bool {
        self.in_doubt || !self.finished.is_empty()
    }

    /// The attempts whose end is not written yet.
    fn begun(&self) -> Vec<(NotificationId, u16)> {
        let finished = self.finished.iter().map(|finished| &finished.attempt);
        self.attempts.values().chain(finished).map(|attempt| (attempt.message.id, attempt.number)).collect()
    }

    /// An attempt counts as open until its end is written.
    fn written(&mut self) {
        for finished in self.finished.drain(..) {
            self.open.close(finished.attempt.channel_id);
        }
    }
}

/// Open while a message is sent.
fn span(attempt: &OpenedAttempt) -> Span {
    let message = &attempt.message;
    tracing::info_span!(
        target: TARGET, "notification.attempt",
        request_id = %message.request_id, notification_id = %message.id, attempt = attempt.number,
        kind = message.kind.as_str(), outcome = Empty
    )
}

fn lost(why: &str) -> Receipt {
    Receipt { answer: Some(why.to_owned()), ..Receipt::new(Outcome::Unknown) }
}

fn record_lateness(kind: ChannelKind, due_at: Timestamp, sent_at: Timestamp) {
    let lateness = sent_at.duration_since(due_at).as_secs_f64().max(0.0);
    histogram!("frontdesk_delivery_lateness_seconds", "kind" => kind.as_str()).record(lateness);
}
