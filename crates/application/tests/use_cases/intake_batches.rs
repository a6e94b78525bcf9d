//! `TakeCalls`: what one batch of calls becomes.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use application::{
    intake::TakeCalls,
    ports::{Storage, StorageError, UnitOfWork},
};
use async_trait::async_trait;
use domain::{
    answer::Verdict,
    bot_call::Field,
    channel::{ChannelKind, PERSON_CHANNEL_ID},
    intake::{IntakeOutcome, IntakeRow, IntakeRules, PendingCall},
    notification::{NotificationStatus, Purpose},
    ticket::TicketStatus,
};
use jiff::{SignedDuration, Timestamp};
use port_contracts::{Fault, Operation};
use serde_json::json;

use crate::desk::{BEGIN, Desk, WELCOME_DELAY};

#[tokio::test]
async fn a_registered_person_is_stored_and_owed_a_welcome_mail_after_the_delay() {
    let desk = Desk::open().await;
    let answer = desk.register("Ana", "Ana@Example.com").await;
    assert_eq!((answer.result, answer.created, answer.replayed), (Verdict::Ok, Some(true), Some(false)));

    let [user] = &desk.users().await[..] else { panic!("one user") };
    assert_eq!(Some(user.id), answer.user_id);
    assert_eq!(user.email.as_ref().map(ToString::to_string).as_deref(), Some("ana@example.com"));
    assert_eq!(user.first_origin.source.as_deref(), Some("landing"));
    let [mail] = &desk.notifications().await[..] else { panic!("one notification") };
    assert_eq!((mail.purpose, mail.channel_id), (Purpose::Welcome, PERSON_CHANNEL_ID));
    assert_eq!((mail.due_at, mail.status), (BEGIN + WELCOME_DELAY, NotificationStatus::Scheduled));
    assert_eq!((mail.user_id, mail.request_id), (answer.user_id, answer.request_id));
}

#[tokio::test]
async fn a_ticket_tells_the_channels_of_its_topic_at_once() {
    let desk = Desk::open().await;
    let answer = desk.ask("Ventas", "ana@example.com").await;
    assert_eq!((answer.reference.as_deref(), answer.topic.as_deref()), (Some("T-000001"), Some("sales")));
    assert_eq!((answer.status, &answer.channels[..]), (Some(TicketStatus::Open), &[ChannelKind::Slack][..]));

    let slack = desk.channel("sales-slack").await.id;
    let planned = desk.notifications().await;
    let news =
        planned.iter().find(|planned| planned.purpose == Purpose::TicketOpened).expect("the team is told");
    assert_eq!((news.channel_id, news.due_at), (slack, BEGIN));
    let reference = "T-000001".parse().expect("a reference");
    let ticket = desk.look(async |snapshot| snapshot.tickets().by_reference(reference).await).await;
    let ticket = ticket.expect("it was written");
    assert_eq!((news.ticket_id, ticket.user_id), (Some(ticket.id), answer.user_id));
}

#[tokio::test]
async fn a_batch_is_one_commit_and_answers_in_the_order_of_its_calls() {
    let desk = Desk::open().await;
    let calls = [
        desk.users_call(&json!({"name": "Ana", "email": "ana@example.com"})),
        desk.users_call(&json!({"name": "nobody"})),
        desk.tickets_call(&json!({"description": "How?", "email": "ana@example.com"})),
        desk.users_call(&json!({"name": "Ana", "email": "ana@example.com"})),
    ];
    let before = desk.storage.commits();
    let answers = desk.take_calls().execute(&calls).await;

    assert_eq!(desk.storage.commits(), before + 1);
    let asked: Vec<_> = calls.iter().map(|call| call.request_id).collect();
    assert_eq!(answers.iter().map(|answer| answer.request_id).collect::<Vec<_>>(), asked);
    let results: Vec<_> = answers.iter().map(|answer| (answer.result, answer.replayed)).collect();
    let ok = |replayed| (Verdict::Ok, Some(replayed));
    assert_eq!(results, [ok(false), (Verdict::Invalid, None), ok(false), ok(true)]);
    assert_eq!((answers[1].field, answers[2].user_id), (Some(Field::Email), answers[0].user_id));
    assert_eq!(desk.users().await.len(), 1);
    assert_eq!(desk.held().await, [asked[1]]);
}

#[tokio::test]
async fn every_call_has_one_row_in_the_ledger_with_its_outcome() {
    let desk = Desk::open().await;
    desk.register("Ana", "ana@example.com").await;
    desk.take(desk.users_call(&json!({"name": "Ana María", "email": "ana@example.com"}))).await;
    desk.ask("sales", "ana@example.com").await;
    desk.ask("sales", "ana@example.com").await;
    desk.take(desk.users_call(&json!({}))).await;
    let rows = desk.storage.intake_rows();
    let made = |row: &IntakeRow| (row.users_made, row.tickets_made, row.notifications_made);
    let outcomes: Vec<_> = rows.iter().map(|row| (row.outcome, made(row))).collect();
    let expected = [
        (IntakeOutcome::Registered, (1, 0, 1)),
        (IntakeOutcome::Recognised, (0, 0, 0)),
        (IntakeOutcome::Ticketed, (0, 1, 1)),
        (IntakeOutcome::Replayed, (0, 0, 0)),
        (IntakeOutcome::Invalid, (0, 0, 0)),
    ];
    assert_eq!(outcomes, expected);
}

#[tokio::test]
async fn a_thousand_equal_calls_make_one_user_one_mail_and_replays() {
    let desk = Desk::open().await;
    let calls: Vec<_> =
        (0..1_000).map(|_| desk.users_call(&json!({"name": "Ana", "email": "ana@example.com"}))).collect();
    let mut answers = Vec::new();
    for batch in calls.chunks(256) {
        answers.extend(desk.take_calls().execute(batch).await);
    }
    assert!(answers.iter().all(|answer| answer.result == Verdict::Ok && answer.created == Some(true)));
    assert_eq!(answers.iter().filter(|answer| answer.replayed == Some(true)).count(), 999);
    assert_eq!((desk.users().await.len(), desk.notifications().await.len()), (1, 1));
}

#[tokio::test]
async fn dispatchers_are_rung_only_when_something_is_due_soon() {
    let desk = Desk::open().await;
    desk.register("Ana", "ana@example.com").await;
    desk.take(desk.users_call(&json!({}))).await;
    assert_eq!(desk.queue.rings(), 0, "a welcome mail in a minute is not worth a ring");
    desk.ask("sales", "ana@example.com").await;
    assert_eq!(desk.queue.rings(), 1);
    let rules = IntakeRules { welcome_delay: SignedDuration::from_secs(2) };
    let call = desk.users_call(&json!({"email": "bea@example.com"}));
    TakeCalls { rules, ..desk.take_calls() }.execute(&[call]).await;
    assert_eq!(desk.queue.rings(), 2);
}

#[tokio::test]
async fn nobody_is_rung_for_what_was_not_committed() {
    let desk = Desk::open().await;
    desk.storage.fail_next(Operation::Commit, Fault::Unavailable);
    desk.ask("sales", "ana@example.com").await;
    assert_eq!(desk.queue.rings(), 0);
}

/// A database on which another process registers somebody just before the second unit of work of this one.
struct RacedStorage {
    shared: Arc<dyn Storage>,
    begun: AtomicUsize,
    rival: TakeCalls,
    rivals_call: PendingCall,
}

#[async_trait]
impl Storage for RacedStorage {
    async fn begin(&self) -> Result<Box<dyn UnitOfWork>, StorageError> {
        if self.begun.fetch_add(1, Ordering::Relaxed) == 1 {
            self.rival.execute(std::slice::from_ref(&self.rivals_call)).await;
        }
        self.shared.begin().await
    }

    async fn read(&self) -> Result<Box<dyn UnitOfWork>, StorageError> {
        self.shared.read().await
    }

    async fn now(&self) -> Result<Timestamp, StorageError> {
        self.shared.now().await
    }
}

#[tokio::test]
async fn after_a_conflict_a_batch_runs_again_and_sees_the_winner() {
    let desk = Desk::open().await;
    let raced = RacedStorage {
        shared: desk.storage(),
        begun: AtomicUsize::new(0),
        rival: desk.take_calls(),
        rivals_call: desk.users_call(&json!({"name": "Ana", "email": "ana@example.com"})),
    };
    desk.storage.fail_next(Operation::UsersAddIdentities, Fault::Conflict);
    let calls = [
        desk.users_call(&json!({"email": "ana@example.com", "phone": "+34600111222"})),
        desk.users_call(&json!({"email": "bea@example.com"})),
    ];
    let answers = desk.take_calls_of(Arc::new(raced)).execute(&calls).await;

    let [ana, bea] = &desk.users().await[..] else { panic!("two users") };
    assert_eq!((answers[0].created, answers[0].user_id), (Some(false), Some(ana.id)));
    assert_eq!((answers[0].name.as_deref(), ana.phone.is_some()), (Some("Ana"), true));
    assert_eq!((answers[1].created, answers[1].user_id), (Some(true), Some(bea.id)));
    assert_eq!(desk.notifications().await.len(), 2, "one welcome mail each");
}

#[tokio::test]
async fn after_two_conflicts_calls_run_one_by_one_and_a_bad_one_fails_alone() {
    let desk = Desk::open().await;
    for _ in 0..3 {
        desk.storage.fail_next(Operation::TicketsTakeNumbers, Fault::Conflict);
    }
    let calls = [
        desk.users_call(&json!({"email": "ana@example.com"})),
        desk.tickets_call(&json!({"description": "How?", "email": "bea@example.com"})),
        desk.users_call(&json!({"email": "eva@example.com"})),
    ];
    let before = desk.storage.commits();
    let answers = desk.take_calls().execute(&calls).await;

    let results: Vec<_> = answers.iter().map(|answer| answer.result).collect();
    assert_eq!(results, [Verdict::Ok, Verdict::Retry, Verdict::Ok]);
    assert_eq!(answers[1].request_id, calls[1].request_id);
    let emails: Vec<_> = desk.users().await.into_iter().filter_map(|user| user.email).collect();
    assert_eq!(
        emails.iter().map(domain::identity::EmailAddress::as_str).collect::<Vec<_>>(),
        ["ana@example.com", "eva@example.com"]
    );
    assert_eq!(desk.storage.commits(), before + 2);
}

#[tokio::test]
async fn one_conflict_does_not_take_a_batch_apart() {
    for fault in [Fault::Conflict, Fault::Stale] {
        let desk = Desk::open().await;
        desk.storage.fail_next(Operation::UsersInsert, fault);
        let calls = ["ana", "bea", "eva"].map(|name| desk.users_call(&json!({"customer_id": name})));
        let before = desk.storage.commits();
        let answers = desk.take_calls().execute(&calls).await;
        assert!(answers.iter().all(|answer| answer.created == Some(true)));
        assert_eq!(desk.storage.commits(), before + 1);
    }
}
