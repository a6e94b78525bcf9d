//! Attempts are closed and opened in sets, in one unit of work.

use std::{collections::BTreeMap, sync::Arc};

use domain::{
    channel::ChannelKind,
    ids::{ChannelId, NotificationId, WorkerId},
    notification::{NotificationStatus, OutcomeKind},
    retry::{Fault, NextStep, Outcome, RetryPolicies},
};
use jiff::{SignedDuration, Timestamp};
use metrics::counter;

use super::fall_back::plan_fallbacks;
use crate::ports::{
    AbandonedAttempt, ChannelResult, Clock, ClosedAttempt, Entropy, Ids, OpenedAttempt, Receipt, Storage,
    StorageError, Transaction, atomically,
};

/// An attempt that ended, before that is written.
#[derive(Debug, Clone)]
pub struct FinishedAttempt {
    /// What was tried.
    pub attempt: OpenedAttempt,
    /// What came of it.
    pub receipt: Receipt,
    /// How long it took.
    pub elapsed: SignedDuration,
    /// When it ended.
    pub finished_at: Timestamp,
}

/// Writes how attempts ended, plans what is told over other channels instead, and opens the next attempts, with one commit. Opening decides: what was cancelled, paused,
/// erased or sent meanwhile is left out.
#[derive(Clone)]
pub struct SettleAttempts {
    /// Where notifications are.
    pub storage: Arc<dyn Storage>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// New ids.
    pub ids: Arc<dyn Ids>,
    /// Spreads retries.
    pub entropy: Arc<dyn Entropy>,
    /// When to try again.
    pub policies: Arc<RetryPolicies>,
    /// Whose attempts these are.
    pub worker_id: WorkerId,
}

impl SettleAttempts {
    /// Closes `finished` and opens attempts for those of `due` that may be sent now. On an error nothing was written,
    /// and the same `finished` have to be given again.
    pub async fn execute(
        &self,
        finished: &[FinishedAttempt],
        due: &[NotificationId],
    ) -> Result<Vec<OpenedAttempt>, StorageError> {
        let closed: Vec<_> = finished.iter().map(|finished| self.closed(finished)).collect();
        let results = channel_results(finished);
        let in_doubt = replies_in_doubt(finished);
        let (opened, fallbacks) = atomically(&*self.storage, async |tx: &mut Transaction| {
            tx.deliveries().close(&closed).await?;
            confirm_heard(tx, &in_doubt).await?;
            tx.channels().note_results(&results).await?;
            let fallbacks = plan_fallbacks(tx, &closed, self.clock.now(), &*self.ids).await?;
            let opened = match due {
                [] => Vec::new(),
                due => tx.deliveries().open(self.worker_id, due, self.clock.now()).await?,
            };
            Ok::<_, StorageError>((opened, fallbacks))
        })
        .await?;
        report(finished, &closed);
        if fallbacks > 0 {
            tracing::warn!(notifications = fallbacks, "what failed for good is told over other channels");
        }
        Ok(opened)
    }

    /// Closes the attempts of this worker over `kind` that are open and not among the `begun` ones: an earlier call
    /// failed, but its commit was done. Nothing was sent, so they are due again at once.
    pub async fn close_unbegun(
        &self,
        kind: ChannelKind,
        begun: &[(NotificationId, u16)],
    ) -> Result<(), StorageError> {
        let now = self.clock.now();
        atomically(&*self.storage, async |tx: &mut Transaction| {
            let mut open = tx.deliveries().abandoned(&[self.worker_id]).await?;
            open.retain(|open| open.kind == kind && !begun.contains(&(open.notification_id, open.number)));
            let closed: Vec<_> = open.iter().map(|open| unbegun(open, now)).collect();
            tx.deliveries().close(&closed).await
        })
        .await
    }

    fn closed(&self, finished: &FinishedAttempt) -> ClosedAttempt {
        let FinishedAttempt { attempt, receipt, elapsed, finished_at } = finished;
        let policy = self.policies.of(attempt.message.kind);
        let jitter = self.entropy.fraction();
        ClosedAttempt {
            worker_id: self.worker_id,
            notification_id: attempt.message.id,
            number: attempt.number,
            outcome: OutcomeKind::from(receipt.outcome),
            code: receipt.code,
            answer: receipt.answer.clone(),
            provider_id: receipt.provider_id.clone(),
            elapsed: Some(*elapsed),
            mimicked: receipt.mimicked,
            closed_at: *finished_at,
            next: policy.next(attempt.tries, attempt.unknowns, receipt.outcome, *finished_at, jitter),
        }
    }
}

fn unbegun(open: &AbandonedAttempt, now: Timestamp) -> ClosedAttempt {
    ClosedAttempt {
        worker_id: open.worker_id,
        notification_id: open.notification_id,
        number: open.number,
        outcome: OutcomeKind::Temporary,
        code: None,
        answer: Some("nothing was sent: the database did not confirm that the attempt was opened".to_owned()),
        provider_id: None,
        elapsed: None,
        mimicked: false,
        closed_at: now,
        next: NextStep { status: NotificationStatus::Retrying, due_at: Some(now) },
    }
}

/// Replies to chats that are not known to have arrived.
fn replies_in_doubt(finished: &[FinishedAttempt]) -> Vec<NotificationId> {
    let to_chats = finished.iter().filter(|finished| finished.attempt.message.kind == ChannelKind::Landbot);
    let in_doubt = to_chats.filter(|finished| finished.receipt.outcome != Outcome::Sent);
    in_doubt.map(|finished| finished.attempt.message.id).collect()
}

/// Those of these replies that came back from their chats meanwhile did arrive.
pub(super) async fn confirm_heard(
    tx: &mut Transaction,
    in_doubt: &[NotificationId],
) -> Result<(), StorageError> {
    if !in_doubt.is_empty() {
        tx.notifications().confirm(in_doubt).await?;
    }
    Ok(())
}

/// What a set of attempts says about each channel: one success shows that it works; without one, its own failures
/// count.
fn channel_results(finished: &[FinishedAttempt]) -> Vec<(ChannelId, ChannelResult)> {
    let mut results = BTreeMap::new();
    for finished in finished {
        let result = results.entry(finished.attempt.channel_id).or_insert(ChannelResult::Failed(0));
        *result = match (finished.receipt.outcome, *result) {
            (Outcome::Sent, _) | (_, ChannelResult::Works) => ChannelResult::Works,
            (
                Outcome::Temporary { fault: Fault::Channel, .. } | Outcome::Unknown,
                ChannelResult::Failed(count),
            ) => ChannelResult::Failed(count + 1),
            (_, unchanged) => unchanged,
        };
    }
    results.into_iter().filter(|(_, result)| *result != ChannelResult::Failed(0)).collect()
}

fn report(finished: &[FinishedAttempt], closed: &[ClosedAttempt]) {
    for (finished, closed) in finished.iter().zip(closed) {
        let message = &finished.attempt.message;
        counter!("frontdesk_attempts_total", "kind" => message.kind.as_str(), "outcome" => closed.outcome.as_str())
            .increment(1);
        if closed.next.due_at.is_none() {
            counter!("frontdesk_notifications_total", "kind" => message.kind.as_str(), "status" => closed.next.status.as_str())
                .increment(1);
        }
        match closed.outcome {
            OutcomeKind::Sent => tracing::debug!(
                request_id = %message.request_id, notification_id = %message.id, attempt = closed.number,
                "delivered"
            ),
            outcome => tracing::warn!(
                request_id = %message.request_id, notification_id = %message.id, attempt = closed.number,
                channel = message.channel, outcome = outcome.as_str(), code = closed.code,
                status = closed.next.status.as_str(),
                "delivery failed; see `frontdesk notifications show`"
            ),
        }
    }
}
