//! What dispatchers and deliverers do, in short words.

use application::ports::{ClosedAttempt, OpenedAttempt};
use domain::{
    dispatch::{ChannelLoad, Claimed, HORIZON, Quota},
    ids::{ChannelId, NotificationId, WorkerId},
    notification::{Attempt, NewNotification, Notification, NotificationStatus, OutcomeKind},
    retry::NextStep,
};
use jiff::{SignedDuration, Timestamp};

use super::desk::Desk;

/// More than any case has due.
const ALL: usize = 1_000;

impl Desk<'_> {
    pub(super) async fn plan(&self, notifications: &[NewNotification]) {
        self.write(async |tx| tx.notifications().insert(notifications).await).await;
    }

    /// Plans welcome mails to as many new persons, due at these moments.
    pub(super) async fn plan_welcomes(&self, due: &[Timestamp]) -> Vec<NotificationId> {
        let user = self.registered().await;
        let planned: Vec<_> = due.iter().map(|&due_at| self.welcome(user.id, due_at)).collect();
        self.plan(&planned).await;
        planned.iter().map(|planned| planned.id).collect()
    }

    pub(super) async fn plan_welcome(&self, due_at: Timestamp) -> NotificationId {
        self.plan_welcomes(&[due_at]).await[0]
    }

    pub(super) fn horizon(&self) -> Timestamp {
        self.now() + HORIZON
    }

    /// The loads, in the order of their channels' ids.
    pub(super) async fn loads(&self) -> Vec<ChannelLoad> {
        let mut loads = self.read(async |tx| tx.deliveries().loads(self.horizon(), ALL).await).await;
        loads.sort_by_key(|load| load.channel_id);
        loads
    }

    /// The load of one channel; none when it has nothing due.
    pub(super) async fn load(&self, channel: ChannelId) -> Option<ChannelLoad> {
        self.loads().await.into_iter().find(|load| load.channel_id == channel)
    }

    /// Claims everything that is due within the horizon.
    pub(super) async fn claim(&self, worker: WorkerId) -> Vec<Claimed> {
        self.write(async |tx| {
            let loads = tx.deliveries().loads(self.horizon(), ALL).await?;
            let quotas: Vec<_> = loads.iter().map(|load| quota(load.channel_id, load.due)).collect();
            tx.deliveries().claim(worker, &quotas, self.horizon()).await
        })
        .await
    }

    /// Claims like [`claim`](Self::claim), and answers the ids, sorted.
    pub(super) async fn claim_ids(&self, worker: WorkerId) -> Vec<NotificationId> {
        let mut ids: Vec<_> = self.claim(worker).await.iter().map(|claimed| claimed.id).collect();
        ids.sort();
        ids
    }

    /// Opens attempts now, in the order of the notifications' ids.
    pub(super) async fn open(&self, worker: WorkerId, ids: &[NotificationId]) -> Vec<OpenedAttempt> {
        let mut opened = self.write(async |tx| tx.deliveries().open(worker, ids, self.now()).await).await;
        opened.sort_by_key(|attempt| attempt.message.id);
        opened
    }

    /// Opens an attempt that must open.
    pub(super) async fn open_one(&self, worker: WorkerId, id: NotificationId) -> OpenedAttempt {
        let mut opened = self.open(worker, &[id]).await;
        assert_eq!(opened.len(), 1, "the attempt opens");
        opened.remove(0)
    }

    /// Opens and closes an attempt; the next one is due at `again`, if there is one.
    pub(super) async fn try_once(
        &self,
        worker: WorkerId,
        id: NotificationId,
        outcome: OutcomeKind,
        again: Option<Timestamp>,
    ) -> OpenedAttempt {
        let opened = self.open_one(worker, id).await;
        let next = after(outcome, again);
        self.close(&[self.ended(worker, id, opened.number, outcome, next)]).await;
        opened
    }

    /// The end of an attempt, of which nothing more is known.
    pub(super) fn ended(
        &self,
        worker_id: WorkerId,
        notification_id: NotificationId,
        number: u16,
        outcome: OutcomeKind,
        next: NextStep,
    ) -> ClosedAttempt {
        ClosedAttempt {
            worker_id,
            notification_id,
            number,
            outcome,
            code: None,
            answer: None,
            provider_id: None,
            elapsed: Some(SignedDuration::from_millis(3)),
            mimicked: false,
            closed_at: self.now(),
            next,
        }
    }

    pub(super) async fn close(&self, attempts: &[ClosedAttempt]) {
        self.write(async |tx| tx.deliveries().close(attempts).await).await;
    }

    pub(super) async fn notification(&self, id: NotificationId) -> Notification {
        let found = self.read(async |tx| tx.notifications().find(id).await).await;
        found.expect("the notification is known")
    }

    pub(super) async fn status(&self, id: NotificationId) -> NotificationStatus {
        self.notification(id).await.status
    }

    pub(super) async fn attempts(&self, id: NotificationId) -> Vec<Attempt> {
        self.read(async |tx| tx.notifications().attempts(id).await).await
    }

    /// Plans one notification, due now, and brings it to where it is to stand; what is to be tried later is due in an hour.
    pub(super) async fn standing(&self, worker: WorkerId, status: NotificationStatus) -> NotificationId {
        let later = self.after(3_600);
        let is_scheduled = status == NotificationStatus::Scheduled;
        let id = self.plan_welcome(if is_scheduled { later } else { self.now() }).await;
        match status {
            NotificationStatus::Scheduled => {}
            NotificationStatus::Queued => assert_eq!(self.claim_ids(worker).await, [id]),
            NotificationStatus::Sending => drop(self.open_one(worker, id).await),
            NotificationStatus::Sent => drop(self.try_once(worker, id, OutcomeKind::Sent, None).await),
            NotificationStatus::Retrying => {
                drop(self.try_once(worker, id, OutcomeKind::Temporary, Some(later)).await);
            }
            NotificationStatus::Failed => drop(self.try_once(worker, id, OutcomeKind::Permanent, None).await),
            NotificationStatus::Unknown => drop(self.try_once(worker, id, OutcomeKind::Unknown, None).await),
            NotificationStatus::Cancelled => {
                assert!(self.write(async |tx| tx.notifications().cancel(id).await).await);
            }
        }
        assert_eq!(self.status(id).await, status);
        id
    }
}

pub(super) const fn quota(channel_id: ChannelId, limit: usize) -> Quota {
    Quota { channel_id, limit }
}

/// What follows from an attempt, when the next one is due at `again`.
pub(super) const fn after(outcome: OutcomeKind, again: Option<Timestamp>) -> NextStep {
    let status = match (again, outcome) {
        (Some(_), _) => NotificationStatus::Retrying,
        (None, OutcomeKind::Sent) => NotificationStatus::Sent,
        (None, OutcomeKind::Unknown) => NotificationStatus::Unknown,
        (None, OutcomeKind::Temporary | OutcomeKind::Permanent) => NotificationStatus::Failed,
    };
    NextStep { status, due_at: again }
}
