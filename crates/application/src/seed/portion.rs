//! What one commit writes.

use std::collections::BTreeMap;

use domain::{
    conversation::ConversationMessage,
    ids::TicketId,
    intake::Writes,
    ledger::{Made, day_of},
    notification::{Attempt, NewNotification, NotificationStatus, OutcomeKind},
    random::Random,
    ticket::Reference,
    ticket_work::{TicketEvent, TicketWork},
};
use jiff::{SignedDuration, Timestamp, civil::Date};

use super::plan::Plan;
use crate::{
    jobs::follow_notes,
    ports::{PastNotification, StorageError, Transaction},
};

/// The rows of some users and tickets.
#[derive(Debug, Default)]
pub(super) struct Portion {
    /// What bots' calls would have written, but for notifications.
    pub(super) writes: Writes,
    pub(super) notifications: Vec<PastNotification>,
    pub(super) work: Vec<(TicketId, TicketWork)>,
    pub(super) events: Vec<TicketEvent>,
    pub(super) messages: Vec<ConversationMessage>,
    /// How many notifications no call made: by day, with a moment of it.
    beside: BTreeMap<Date, (Timestamp, u64)>,
}

impl Portion {
    /// Makes one up whose tickets are numbered from `first_number` on.
    pub(super) fn of(plan: &Plan, portion: usize, first_number: u64) -> Self {
        let mut made = Self::default();
        for user in plan.users_of(portion) {
            made.add_user(plan, user);
        }
        for (ticket, number) in plan.tickets_of(portion).zip(first_number..) {
            made.add_ticket(plan, ticket, Reference::new(number));
        }
        made
    }

    /// Writes it, and what it is found by.
    pub(super) async fn write(&self, tx: &mut Transaction, now: Timestamp) -> Result<(), StorageError> {
        tx.write(&self.writes, now).await?;
        tx.seed().work(&self.work).await?;
        tx.ticket_work().record(&self.events).await?;
        tx.conversation().record(&self.messages).await?;
        tx.seed().notifications(&self.notifications).await?;
        for &(at, notifications) in self.beside.values() {
            tx.ledger().made_without_call(at, Made { notifications, ..Made::default() }).await?;
        }
        follow_notes(tx, u16::MAX).await?;
        Ok(())
    }

    pub(super) fn made_without_call(&mut self, at: Timestamp) {
        self.beside.entry(day_of(at)).or_insert((at, 0)).1 += 1;
    }

    /// Adds a notification that was sent, as nearly all are, or came to another end.
    pub(super) fn send(&mut self, plan: &Plan, planned: NewNotification, chance: &mut Random) {
        let (status, outcome) = match chance.below(1_000) {
            0..6 => (NotificationStatus::Failed, Some((OutcomeKind::Permanent, Some(550)))),
            6 => (NotificationStatus::Unknown, Some((OutcomeKind::Unknown, None))),
            7..10 => (NotificationStatus::Cancelled, None),
            _ => (NotificationStatus::Sent, Some((OutcomeKind::Sent, Some(250)))),
        };
        let elapsed = chance.below(400_000) as u64 + 20_000;
        let attempt = outcome.map(|(outcome, code)| Attempt {
            number: 1,
            opened_at: planned.due_at,
            closed_at: Some(planned.due_at + SignedDuration::from_micros(elapsed.cast_signed())),
            outcome: Some(outcome),
            code,
            answer: None,
            provider_id: None,
            elapsed_us: Some(elapsed),
            mimicked: false,
        });
        let attempt = attempt.map(|attempt| (plan.cast.worker, attempt));
        self.notifications.push(PastNotification { planned, status, attempt });
    }
}
