//! What was made on each day, and what there is.

use std::{collections::BTreeMap, slice::from_ref};

use domain::{
    ids::{NotificationId, RequestId, TicketId, UserId, first_uuid_at},
    intake::{CallPath, IntakeOutcome, IntakeRow},
    ledger::{LedgerCounts, Made, day_of, end_of},
    notification::{NewNotification, NotificationStatus},
    ticket::Ticket,
    user::User,
};
use jiff::{Timestamp, civil::Date};
use uuid::Uuid;

use super::{
    desk::{Desk, TICK},
    traces::leave_traces,
};

impl Desk<'_> {
    /// An id like those that are made at `at`.
    pub(super) fn id_at(&self, at: Timestamp) -> Uuid {
        let random = self.id().as_u128() & ((1 << 80) - 1);
        Uuid::from_u128(first_uuid_at(at).as_u128() | random)
    }

    pub(super) async fn day(&self, day: Date) -> LedgerCounts {
        self.read(async |tx| tx.ledger().day(day).await).await
    }

    /// Stores a call that arrived at `at` and made a user, a ticket and a notification, with what it made.
    pub(super) async fn call_at(&self, at: Timestamp) -> (IntakeRow, NotificationId) {
        let user = User { id: UserId::from_uuid(self.id_at(at)), created_at: at, ..self.stranger() };
        let number = self.write(async |tx| tx.tickets().take_numbers(1).await).await;
        let ticket = self.ticket(number, Some(&user));
        let ticket = Ticket { id: TicketId::from_uuid(self.id_at(at)), created_at: at, ..ticket };
        let id = NotificationId::from_uuid(self.id_at(at));
        let planned = NewNotification { id, created_at: at, ..self.welcome(user.id, self.now()) };
        let made = Made { users: 1, tickets: 1, notifications: 1 };
        let call = call(self, IntakeOutcome::Ticketed, made, at);
        self.write(async |tx| {
            tx.users().insert(from_ref(&user)).await?;
            tx.tickets().insert(from_ref(&ticket)).await?;
            tx.notifications().insert(from_ref(&planned)).await?;
            tx.intake().record(from_ref(&call)).await
        })
        .await;
        (call, id)
    }
}

fn call(desk: &Desk<'_>, outcome: IntakeOutcome, made: Made, received_at: Timestamp) -> IntakeRow {
    let small = |count: u64| u16::try_from(count).expect("few are made at once");
    IntakeRow {
        request_id: RequestId::from_uuid(desk.id_at(received_at)),
        bot_id: desk.bot.id,
        path: CallPath::Tickets,
        outcome,
        user_id: None,
        ticket_id: None,
        users_made: small(made.users),
        tickets_made: small(made.tickets),
        notifications_made: small(made.notifications),
        received_at,
    }
}

pub async fn a_day_without_calls_is_empty_and_balanced(desk: &Desk<'_>) {
    let counts = desk.day(day_of(desk.now())).await;
    assert_eq!(counts, LedgerCounts::default());
    assert!(counts.is_balanced());
}

pub async fn a_day_counts_calls_by_outcome_and_what_they_made(desk: &Desk<'_>) {
    let at = desk.now();
    let made = Made { users: 1, tickets: 2, notifications: 3 };
    let rows: Vec<_> = IntakeOutcome::ALL.iter().map(|&outcome| call(desk, outcome, made, at)).collect();
    let again = call(desk, IntakeOutcome::Invalid, Made::default(), at);
    desk.write(async |tx| {
        tx.intake().record(&rows).await?;
        tx.intake().record(&[again]).await
    })
    .await;
    let mut outcomes: BTreeMap<_, _> = IntakeOutcome::ALL.iter().map(|&outcome| (outcome, 1)).collect();
    outcomes.insert(IntakeOutcome::Invalid, 2);
    let made = Made { users: 5, tickets: 10, notifications: 15 };
    let expected = LedgerCounts { outcomes, made, ..LedgerCounts::default() };
    assert_eq!(desk.day(day_of(at)).await, expected, "these rows are missing, and the ledger shows it");
}

pub async fn a_day_counts_notifications_where_they_stand(desk: &Desk<'_>) {
    let worker = desk.worker();
    for &status in NotificationStatus::ALL {
        desk.standing(worker, status).await;
    }
    let counts = desk.day(day_of(desk.now())).await;
    let one_each: BTreeMap<_, _> = NotificationStatus::ALL.iter().map(|&status| (status, 1)).collect();
    assert_eq!(counts.notifications, one_each);
}

pub async fn a_day_ends_at_midnight(desk: &Desk<'_>) {
    let today = day_of(desk.now());
    let end = end_of(today);
    for at in [desk.now(), end - TICK, end] {
        desk.call_at(at).await;
    }
    for (day, calls) in [(today.yesterday(), 0), (Ok(today), 2), (today.tomorrow(), 1)] {
        let counts = desk.day(day.expect("a day")).await;
        assert_eq!(
            (counts.received(), counts.users, counts.tickets, counts.planned()),
            (calls, calls, calls, calls)
        );
        assert!(counts.is_balanced());
    }
}

pub async fn what_no_call_made_counts_as_made(desk: &Desk<'_>) {
    let (at, made) = (desk.now(), Made { users: 2, tickets: 0, notifications: 1 });
    desk.call_at(at).await;
    for _ in 0..2 {
        desk.write(async |tx| tx.ledger().made_without_call(at, made).await).await;
    }
    let counts = desk.day(day_of(at)).await;
    assert_eq!(counts.made, Made { users: 5, tickets: 1, notifications: 3 });
    assert_eq!(counts.received(), 1, "nobody called");
}

pub async fn erasing_leaves_the_ledger_as_it_was(desk: &Desk<'_>) {
    let worker = desk.worker();
    let traces = leave_traces(desk, worker).await;
    let (made_at, planned_at) = (day_of(traces.user.created_at), day_of(desk.now()));
    let before = (desk.day(made_at).await.users, desk.day(planned_at).await);
    desk.write(async |tx| tx.users().erase(traces.user.id, desk.now()).await).await;
    let (users, after) = (desk.day(made_at).await.users, desk.day(planned_at).await);
    assert_eq!((users, after.tickets, after.planned()), (before.0, before.1.tickets, before.1.planned()));
    let expected = [(NotificationStatus::Failed, 1), (NotificationStatus::Cancelled, 3)];
    assert_eq!(after.notifications, expected.into(), "what waited will never be sent");
}
