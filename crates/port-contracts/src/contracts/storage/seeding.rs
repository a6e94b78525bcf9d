//! What is made up looks as if it had come about.

use application::ports::PastNotification;
use domain::{
    dispatch::{HORIZON, Quota},
    notification::{Attempt, NotificationStatus, OutcomeKind},
    ticket_work::{Priority, TicketWork},
};
use jiff::SignedDuration;

use super::desk::Desk;

impl Desk<'_> {
    /// A notification that came to an end an hour ago, not stored yet.
    async fn past(&self, status: NotificationStatus, outcome: Option<OutcomeKind>) -> PastNotification {
        let (user, due_at) = (self.registered().await, self.after(-3_600));
        let attempt = outcome.map(|outcome| Attempt {
            number: 1,
            opened_at: due_at,
            closed_at: Some(due_at + SignedDuration::from_millis(250)),
            outcome: Some(outcome),
            code: Some(250),
            answer: Some("taken ✅".to_owned()),
            provider_id: Some("a1".to_owned()),
            elapsed_us: Some(250_000),
            mimicked: true,
        });
        let attempt = attempt.map(|attempt| (self.worker(), attempt));
        PastNotification { planned: self.welcome(user.id, due_at), status, attempt }
    }
}

pub async fn a_past_notification_reads_back_with_its_attempt(desk: &Desk<'_>) {
    use NotificationStatus::{Cancelled, Failed, Sent, Unknown};
    for (status, outcome) in [
        (Sent, Some(OutcomeKind::Sent)),
        (Failed, Some(OutcomeKind::Permanent)),
        (Unknown, Some(OutcomeKind::Unknown)),
        (Cancelled, None),
    ] {
        let past = desk.past(status, outcome).await;
        desk.write(async |tx| tx.seed().notifications(std::slice::from_ref(&past)).await).await;
        let id = past.planned.id;
        let found = desk.read(async |tx| tx.notifications().find(id).await).await.expect("it is there");
        assert_eq!(
            (found.status, found.due_at, found.user_id),
            (status, past.planned.due_at, past.planned.user_id)
        );
        assert_eq!(found.attempts, u16::from(outcome.is_some()));
        assert_eq!(found.possible_duplicate, status == Unknown);
        let attempts: Vec<_> = past.attempt.into_iter().map(|(_, attempt)| attempt).collect();
        assert_eq!(desk.attempts(id).await, attempts);
    }
}

pub async fn a_past_notification_is_never_due(desk: &Desk<'_>) {
    let past = desk.past(NotificationStatus::Sent, Some(OutcomeKind::Sent)).await;
    let quota = Quota { channel_id: past.planned.channel_id, limit: 9 };
    desk.write(async |tx| tx.seed().notifications(&[past]).await).await;
    let (worker, horizon) = (desk.worker(), desk.now() + HORIZON);
    let claimed = desk.write(async |tx| tx.deliveries().claim(worker, &[quota], horizon).await).await;
    assert!(claimed.is_empty(), "{claimed:?}");
}

pub async fn work_that_is_made_up_reads_back(desk: &Desk<'_>) {
    let number = desk.write(async |tx| tx.tickets().take_numbers(1).await).await;
    let ticket = desk.ticket(number, None);
    desk.write(async |tx| tx.tickets().insert(std::slice::from_ref(&ticket)).await).await;
    let work = TicketWork { assignee: None, priority: Priority::Urgent, version: 3 };
    desk.write(async |tx| tx.seed().work(&[(ticket.id, work)]).await).await;
    let found = desk.read(async |tx| tx.ticket_work().of_tickets(&[ticket.id]).await).await;
    assert_eq!(found, [(ticket.id, work)]);
}
