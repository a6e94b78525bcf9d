//! Group commit: calls that arrive while a transaction runs wait, and the next one takes them all.

use std::{ops::Range, sync::Arc};

use domain::{answer::Answer, intake::PendingCall};
use tokio::{
    sync::{mpsc, oneshot},
    task::JoinError,
};

use super::{TakeCalls, take_calls::retry_later};

/// More waiting calls than this are answered `retry` at once.
pub const WAITING_CALLS_MAX: usize = 4_096;

/// At most so many calls share one commit.
const BATCH_MAX: usize = 256;

struct Waiting {
    call: PendingCall,
    answer: oneshot::Sender<Answer>,
}

/// Where calls queue for the next commit. There is one lane in a process: a second would mostly split the batches.
#[derive(Clone)]
pub struct IntakeLane {
    waiting: mpsc::Sender<Waiting>,
}

/// The other end of the lane. It has to be run for calls to be answered.
pub struct LaneRunner {
    waiting: mpsc::Receiver<Waiting>,
    take_calls: TakeCalls,
}

impl IntakeLane {
    /// A lane whose calls are taken by `take_calls`.
    pub fn new(take_calls: TakeCalls) -> (Self, LaneRunner) {
        let (sender, receiver) = mpsc::channel(WAITING_CALLS_MAX);
        (Self { waiting: sender }, LaneRunner { waiting: receiver, take_calls })
    }

    /// Waits until the call was decided and committed.
    pub async fn submit(&self, call: PendingCall) -> Answer {
        let later = retry_later(&call);
        let (answer, answered) = oneshot::channel();
        match self.waiting.try_send(Waiting { call, answer }) {
            Ok(()) => answered.await.unwrap_or(later),
            Err(_) => later,
        }
    }
}

impl LaneRunner {
    /// Takes calls until every [`IntakeLane`] is gone and what waited is answered. A single call on an idle server
    /// waits for nothing: the batch is what is there.
    pub async fn run(mut self) {
        let mut batch = Vec::with_capacity(BATCH_MAX);
        while self.waiting.recv_many(&mut batch, BATCH_MAX).await > 0 {
            self.take(std::mem::take(&mut batch)).await;
        }
    }

    /// A batch that panicked is taken once more, call by call, so that one bad call costs no other its answer.
    async fn take(&self, batch: Vec<Waiting>) {
        let (calls, answers): (Vec<_>, Vec<_>) = batch.into_iter().map(|w| (w.call, w.answer)).unzip();
        let calls: Arc<[PendingCall]> = calls.into();
        if let Some(taken) = self.guarded(&calls, 0..calls.len()).await {
            answers.into_iter().zip(taken).for_each(|(answer, taken)| reply(answer, taken));
            return;
        }
        for (position, answer) in answers.into_iter().enumerate() {
            let taken = self.guarded(&calls, position..position + 1).await;
            if let Some(taken) = taken.and_then(|taken| taken.into_iter().next()) {
                reply(answer, taken);
            }
        }
    }

    /// Takes some calls in a task of their own, so that a panic does not cost the lane its life. None after a panic:
    /// whose answer is dropped then is told `retry`.
    async fn guarded(&self, calls: &Arc<[PendingCall]>, which: Range<usize>) -> Option<Vec<Answer>> {
        let (take_calls, calls, count) = (self.take_calls.clone(), Arc::clone(calls), which.len());
        let taken = tokio::spawn(async move { take_calls.execute(&calls[which]).await }).await;
        let report = |error: &JoinError| tracing::error!(%error, count, "taking calls panicked");
        taken.inspect_err(report).ok()
    }
}

/// A caller that hung up does not read its answer.
fn reply(caller: oneshot::Sender<Answer>, answer: Answer) {
    let _ = caller.send(answer);
}
