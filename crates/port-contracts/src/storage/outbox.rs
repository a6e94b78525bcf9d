//! A planned notification and what became of it.

use application::ports::{ClosedAttempt, PastNotification};
use domain::{
    channel::Channel,
    dispatch::{HAND_OVER_AGAIN_AFTER, HORIZON},
    ids::{NotificationId, WorkerId},
    notification::{Attempt, NewNotification, Notification, NotificationStatus, OutcomeKind},
};
use jiff::Timestamp;

/// A notification's row.
#[derive(Clone)]
pub(super) struct OutboxRow {
    pub(super) planned: NewNotification,
    pub(super) instead_of: Option<NotificationId>,
    /// Where it stands, but for being handed over or sent.
    status: NotificationStatus,
    pub(super) due_at: Timestamp,
    pub(super) claim: Option<Claim>,
    /// The attempts, oldest first; at most the last one is open.
    pub(super) attempts: Vec<AttemptRow>,
    /// How many of the attempts were before a person last asked for a retry.
    retried_after: usize,
}

/// That it was handed over.
#[derive(Clone, Copy)]
pub(super) struct Claim {
    pub(super) worker: WorkerId,
    /// From this horizon on it is handed over again.
    again_at: Timestamp,
}

/// An attempt, and whose it is.
#[derive(Clone)]
pub(super) struct AttemptRow {
    pub(super) worker: WorkerId,
    pub(super) attempt: Attempt,
}

impl OutboxRow {
    pub(super) fn new(planned: &NewNotification) -> Self {
        Self {
            planned: planned.clone(),
            instead_of: None,
            status: NotificationStatus::Scheduled,
            due_at: planned.due_at,
            claim: None,
            attempts: Vec::new(),
            retried_after: 0,
        }
    }

    /// One that is over.
    pub(super) fn past(past: &PastNotification) -> Self {
        let attempt = |(worker, attempt): &(WorkerId, Attempt)| AttemptRow {
            worker: *worker,
            attempt: attempt.clone(),
        };
        let attempts = past.attempt.iter().map(attempt).collect();
        Self { status: past.status, attempts, ..Self::new(&past.planned) }
    }

    pub(super) fn status(&self) -> NotificationStatus {
        match (self.open_attempt(), self.claim) {
            (Some(_), _) => NotificationStatus::Sending,
            (None, Some(_)) => NotificationStatus::Queued,
            (None, None) => self.status,
        }
    }

    pub(super) fn open_attempt(&self) -> Option<&AttemptRow> {
        self.attempts.last().filter(|row| row.attempt.closed_at.is_none())
    }

    /// Whether nothing more is to happen.
    pub(super) fn may_retire(&self) -> bool {
        self.is_over() && self.open_attempt().is_none()
    }

    /// Where it stands for ever if it is deleted now: what waits will never be sent.
    pub(super) fn last_status(&self) -> NotificationStatus {
        if self.is_over() { self.status } else { NotificationStatus::Cancelled }
    }

    fn is_over(&self) -> bool {
        !matches!(self.status, NotificationStatus::Scheduled | NotificationStatus::Retrying)
    }

    /// Whether it is to be handed over, looking ahead to `horizon`.
    pub(super) fn is_waiting(&self, horizon: Timestamp) -> bool {
        let wanted_at = self.claim.map_or(self.due_at, |claim| claim.again_at);
        !self.is_over() && self.open_attempt().is_none() && wanted_at <= horizon
    }

    /// Whether it was due by `now` and is not over; it may be on its way.
    pub(super) fn is_due(&self, now: Timestamp) -> bool {
        !self.is_over() && self.due_at <= now
    }

    /// Hands it over at `horizon`, which is [`HORIZON`] ahead of now: again that long after it was due, or after now if
    /// it is late.
    pub(super) fn hand_over(&mut self, worker: WorkerId, horizon: Timestamp) {
        let again_at = horizon.max(self.due_at + HORIZON) + HAND_OVER_AGAIN_AFTER;
        self.claim = Some(Claim { worker, again_at });
    }

    pub(super) fn postpone(&mut self, due_at: Timestamp) {
        if let Some(claim) = &mut self.claim {
            claim.again_at = claim.again_at.max(due_at + HORIZON + HAND_OVER_AGAIN_AFTER);
        }
        self.due_at = due_at;
    }

    /// Moves the due time of what waits.
    pub(super) fn defer(&mut self, until: Timestamp) {
        self.claim = None;
        self.due_at = until;
    }

    pub(super) fn may_open(&self, now: Timestamp) -> bool {
        !self.is_over() && self.open_attempt().is_none() && self.due_at <= now
    }

    /// Opens the next attempt and answers its number.
    pub(super) fn open(&mut self, worker: WorkerId, now: Timestamp) -> u16 {
        let number = small(self.attempts.len() + 1);
        let attempt = Attempt {
            number,
            opened_at: now,
            closed_at: None,
            outcome: None,
            code: None,
            answer: None,
            provider_id: None,
            elapsed_us: None,
            mimicked: false,
        };
        self.attempts.push(AttemptRow { worker, attempt });
        number
    }

    /// Closes the open attempt, if it is that one.
    pub(super) fn close(&mut self, end: &ClosedAttempt) {
        let Some(row) = self.attempts.last_mut() else { return };
        let attempt = &mut row.attempt;
        if row.worker != end.worker_id || attempt.number != end.number || attempt.closed_at.is_some() {
            return;
        }
        attempt.closed_at = Some(end.closed_at);
        attempt.outcome = Some(end.outcome);
        attempt.code = end.code;
        attempt.answer.clone_from(&end.answer);
        attempt.provider_id.clone_from(&end.provider_id);
        attempt.elapsed_us = end.elapsed.and_then(|elapsed| u64::try_from(elapsed.as_micros()).ok());
        attempt.mimicked = end.mimicked;
        self.status = end.next.status;
        self.due_at = end.next.due_at.unwrap_or(self.due_at);
        self.claim = None;
    }

    pub(super) fn confirm(&mut self) -> bool {
        let is_settled = matches!(self.status, NotificationStatus::Sent | NotificationStatus::Cancelled);
        let can = !is_settled && self.open_attempt().is_none();
        if can {
            self.status = NotificationStatus::Sent;
            self.claim = None;
        }
        can
    }

    pub(super) fn cancel(&mut self) -> bool {
        let can = self.status().can_be_cancelled();
        if can {
            self.status = NotificationStatus::Cancelled;
            self.claim = None;
        }
        can
    }

    pub(super) fn retry(&mut self, now: Timestamp) -> bool {
        let can = self.status().can_be_retried();
        if can {
            self.status = NotificationStatus::Scheduled;
            self.due_at = now;
            self.retried_after = self.attempts.len();
        }
        can
    }

    /// How many attempts there were since a person last asked for a retry, with the open one.
    pub(super) fn tries(&self) -> u16 {
        small(self.attempts.len() - self.retried_after)
    }

    /// How many of these have an unknown fate.
    pub(super) fn unknowns(&self) -> u16 {
        small(self.attempts[self.retried_after..].iter().filter(|row| row.is_unknown()).count())
    }

    pub(super) fn is_possible_duplicate(&self) -> bool {
        self.attempts.iter().any(AttemptRow::is_unknown)
    }

    pub(super) fn over(&self, channel: &Channel) -> Notification {
        let planned = &self.planned;
        Notification {
            id: planned.id,
            purpose: planned.purpose,
            channel_id: channel.id,
            channel: channel.name.clone(),
            kind: channel.kind,
            user_id: planned.user_id,
            ticket_id: planned.ticket_id,
            request_id: planned.request_id,
            instead_of: self.instead_of,
            status: self.status(),
            due_at: self.due_at,
            attempts: small(self.attempts.iter().filter(|row| row.attempt.closed_at.is_some()).count()),
            possible_duplicate: self.is_possible_duplicate(),
            created_at: planned.created_at,
        }
    }
}

impl AttemptRow {
    fn is_unknown(&self) -> bool {
        self.attempt.outcome == Some(OutcomeKind::Unknown)
    }
}

fn small(count: usize) -> u16 {
    u16::try_from(count).unwrap_or(u16::MAX)
}
