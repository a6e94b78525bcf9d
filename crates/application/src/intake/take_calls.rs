//! One batch of calls becomes one commit.

use std::sync::Arc;

use domain::{
    answer::{Answer, Sentence, Verdict},
    dispatch::HORIZON,
    identity::Identity,
    ids::IdSource,
    intake::{CallPath, Decisions, IntakeOutcome, IntakeRules, PendingCall, Writes, decide},
};
use jiff::Timestamp;
use metrics::{counter, histogram};

use crate::ports::{Asked, Clock, Ids, NotificationQueue, Storage, StorageError, Transaction, atomically};

/// Takes bots' calls: registers and recognises people, opens tickets, plans what is to be sent. An answer that says
/// `ok` is durable.
#[derive(Clone)]
pub struct TakeCalls {
    /// Where everything is committed.
    pub storage: Arc<dyn Storage>,
    /// What is rung after a commit that planned something due soon.
    pub queue: Arc<dyn NotificationQueue>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// New ids.
    pub ids: Arc<dyn Ids>,
    /// The settings that decisions depend on.
    pub rules: IntakeRules,
}

impl TakeCalls {
    /// Decides and commits a batch; the answers come in the order of the calls.
    ///
    /// A batch that meets a conflict runs again once, as the second load sees the winner. After that, and after any
    /// error but an absent database, its calls run one by one, so that one bad call never fails its neighbours.
    pub async fn execute(&self, calls: &[PendingCall]) -> Vec<Answer> {
        histogram!("frontdesk_intake_batch_size")
            .record(f64::from(u32::try_from(calls.len()).unwrap_or(u32::MAX)));
        match self.commit(calls).await {
            Ok(answers) => answers,
            Err(StorageError::Unavailable(source)) => Self::put_off(calls, &*source),
            Err(_) => match self.commit(calls).await {
                Ok(answers) => answers,
                Err(StorageError::Unavailable(source)) => Self::put_off(calls, &*source),
                Err(_) => self.one_by_one(calls).await,
            },
        }
    }

    async fn one_by_one(&self, calls: &[PendingCall]) -> Vec<Answer> {
        let mut answers = Vec::with_capacity(calls.len());
        for call in calls {
            let call = std::slice::from_ref(call);
            match self.commit(call).await {
                Ok(answer) => answers.extend(answer),
                Err(error) => answers.extend(Self::put_off(call, &error)),
            }
        }
        answers
    }

    async fn commit(&self, calls: &[PendingCall]) -> Result<Vec<Answer>, StorageError> {
        let now = self.clock.now();
        let decisions =
            atomically(&*self.storage, async |tx| take_in(tx, calls, self.rules, now, &*self.ids).await)
                .await?;
        self.announce(&decisions.writes, now);
        Ok(decisions.answers)
    }

    fn announce(&self, writes: &Writes, now: Timestamp) {
        let soon = now + HORIZON;
        if writes.notifications.iter().any(|notification| notification.due_at <= soon) {
            self.queue.ring();
        }
        for outcome in IntakeOutcome::ALL {
            let count = writes.intake.iter().filter(|row| row.outcome == *outcome).count();
            if count > 0 {
                counter!("frontdesk_intake_calls_total", "outcome" => outcome.as_str())
                    .increment(count as u64);
            }
        }
    }

    fn put_off(calls: &[PendingCall], error: &(dyn std::error::Error + 'static)) -> Vec<Answer> {
        tracing::error!(
            error,
            calls = calls.len(),
            "calls could not be stored and were answered `retry`; check the database"
        );
        calls.iter().map(retry_later).collect()
    }
}

/// The answer to a call that cannot be stored now.
pub(super) fn retry_later(call: &PendingCall) -> Answer {
    Answer::new(Verdict::Retry, Sentence::TryAgain, call.bot.default_language.clone(), call.request_id)
}

/// Decides a batch inside an open unit of work and writes what follows: loads what is known of all that the batch
/// names, decides without I/O, writes a set of rows for each table.
pub async fn take_in(
    tx: &mut Transaction,
    calls: &[PendingCall],
    rules: IntakeRules,
    now: Timestamp,
    ids: &dyn Ids,
) -> Result<Decisions, StorageError> {
    let known = tx.knowledge(&asked(calls), now).await?;
    let mut next_id = || ids.next();
    let decisions = decide(calls, known, rules, now, &mut next_id as &mut (dyn IdSource + Send));
    tx.write(&decisions.writes, now).await?;
    Ok(decisions)
}

fn asked(calls: &[PendingCall]) -> Asked {
    Asked {
        slots: sorted(calls.iter().filter_map(|call| call.replay.map(|replay| replay.slot))),
        identities: identities(calls),
        ticket_numbers: calls.iter().filter(|call| call.path == CallPath::Tickets).count(),
    }
}

fn identities(calls: &[PendingCall]) -> Vec<Identity> {
    let read = calls.iter().filter_map(|call| call.read.as_ref().ok().map(|read| (read, call.bot.id)));
    sorted(read.flat_map(|(read, bot)| read.person.identities(bot)))
}

/// Sets are written in the order of their unique keys, so that two units of work cannot wait for each other.
fn sorted<T: Ord>(items: impl Iterator<Item = T>) -> Vec<T> {
    let mut items: Vec<_> = items.collect();
    items.sort_unstable();
    items.dedup();
    items
}
