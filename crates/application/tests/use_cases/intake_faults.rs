//! `TakeCalls` while the database fails: all of a batch is stored, or nothing.

use application::ports::Page;
use domain::{
    answer::{Answer, Sentence, Verdict},
    ids::RequestId,
    intake::{IdentityClash, IntakeRow, PendingCall},
    notification::Notification,
    user::User,
};
use port_contracts::{Fault, Operation};
use serde_json::json;

use crate::desk::Desk;

/// Every step of a unit of work that takes calls.
const STEPS: [Operation; 15] = [
    Operation::Begin,
    Operation::IntakeKeptAnswers,
    Operation::UsersByIdentities,
    Operation::TopicsRouting,
    Operation::TicketsTakeNumbers,
    Operation::UsersInsert,
    Operation::UsersUpdate,
    Operation::UsersAddIdentities,
    Operation::TicketsInsert,
    Operation::NotificationsInsert,
    Operation::TimelineRecordClashes,
    Operation::QuarantineHold,
    Operation::IntakeRecord,
    Operation::IntakeKeep,
    Operation::Commit,
];

/// Two people are known who turn out to be one.
async fn desk_with_ana_and_a_phone() -> Desk {
    let desk = Desk::open().await;
    desk.register("Ana", "ana@example.com").await;
    desk.take(desk.users_call(&json!({"phone": "+34600111222"}))).await;
    desk
}

/// A batch that has something to write in every table.
fn batch(desk: &Desk) -> Vec<PendingCall> {
    vec![
        desk.users_call(&json!({"email": "ana@example.com", "phone": "+34600111222", "origin": "spring"})),
        desk.tickets_call(&json!({"description": "How?", "email": "bea@example.com"})),
        desk.users_call(&json!({"name": "nobody"})),
    ]
}

/// All that a batch could have changed.
#[derive(Debug, PartialEq)]
struct Stored {
    users: Vec<User>,
    clashes: Vec<IdentityClash>,
    tickets: usize,
    notifications: Vec<Notification>,
    held: Vec<RequestId>,
    ledger: Vec<IntakeRow>,
}

async fn stored(desk: &Desk) -> Stored {
    let users = desk.users().await;
    let (mut clashes, mut tickets) = (Vec::new(), 0);
    for user in &users {
        clashes.extend(desk.look(async |snapshot| snapshot.timeline().clashes_of(user.id).await).await);
        tickets +=
            desk.look(async |snapshot| snapshot.tickets().of_user(user.id, Page::first(9)).await).await.len();
    }
    let (notifications, held, ledger) =
        (desk.notifications().await, desk.held().await, desk.storage.intake_rows());
    Stored { users, clashes, tickets, notifications, held, ledger }
}

fn is_put_off(answer: &Answer) -> bool {
    (answer.result, answer.sentence, answer.user_id) == (Verdict::Retry, Sentence::TryAgain, None)
}

#[tokio::test]
async fn whichever_step_fails_every_answer_is_retry_and_nothing_is_stored() {
    for step in STEPS {
        let desk = desk_with_ana_and_a_phone().await;
        let before = stored(&desk).await;
        desk.storage.fail_next(step, Fault::Unavailable);
        let calls = batch(&desk);
        let answers = desk.take_calls().execute(&calls).await;
        assert!(answers.iter().all(is_put_off), "{step:?}: {answers:?}");
        let asked: Vec<_> = calls.iter().map(|call| call.request_id).collect();
        assert_eq!(answers.iter().map(|answer| answer.request_id).collect::<Vec<_>>(), asked, "{step:?}");
        assert_eq!(stored(&desk).await, before, "{step:?}");
    }
}

#[tokio::test]
async fn a_batch_that_failed_is_taken_whole_when_it_comes_again() {
    for step in STEPS {
        let desk = desk_with_ana_and_a_phone().await;
        let calls = batch(&desk);
        desk.storage.fail_next(step, Fault::Unavailable);
        desk.take_calls().execute(&calls).await;
        let answers = desk.take_calls().execute(&calls).await;
        let results: Vec<_> = answers.iter().map(|answer| answer.result).collect();
        assert_eq!(results, [Verdict::Ok, Verdict::Ok, Verdict::Invalid], "{step:?}");
        let after = stored(&desk).await;
        assert_eq!((after.users.len(), after.clashes.len() / 2, after.tickets), (3, 1, 1), "{step:?}");
        assert_eq!((after.notifications.len(), after.held.len(), after.ledger.len()), (3, 1, 5), "{step:?}");
    }
}

#[tokio::test]
async fn a_conflict_at_any_write_is_met_by_a_second_run() {
    for step in STEPS {
        let desk = desk_with_ana_and_a_phone().await;
        desk.storage.fail_next(step, Fault::Conflict);
        let answers = desk.take_calls().execute(&batch(&desk)).await;
        let results: Vec<_> = answers.iter().map(|answer| answer.result).collect();
        assert_eq!(results, [Verdict::Ok, Verdict::Ok, Verdict::Invalid], "{step:?}");
        assert_eq!(stored(&desk).await.ledger.len(), 5, "{step:?}");
    }
}

#[tokio::test]
async fn a_database_that_goes_away_between_two_runs_puts_the_batch_off() {
    let desk = Desk::open().await;
    desk.storage.fail_next(Operation::UsersInsert, Fault::Conflict);
    desk.storage.fail_next(Operation::UsersInsert, Fault::Unavailable);
    let answer = desk.register("Ana", "ana@example.com").await;
    assert!(is_put_off(&answer));
    assert_eq!(desk.users().await, []);
}

#[tokio::test]
async fn a_call_whose_commit_was_done_but_not_confirmed_is_a_replay_when_it_comes_again() {
    let desk = Desk::open().await;
    desk.storage.fail_next(Operation::CommitAnswer, Fault::Unavailable);
    let first = desk.register("Ana", "ana@example.com").await;
    let again = desk.register("Ana", "ana@example.com").await;
    assert!(is_put_off(&first));
    assert_eq!((again.result, again.created, again.replayed), (Verdict::Ok, Some(true), Some(true)));
    assert_eq!((desk.users().await.len(), desk.notifications().await.len()), (1, 1));
}

#[tokio::test]
async fn calls_are_taken_again_as_soon_as_the_database_is_back() {
    let desk = Desk::open().await;
    desk.storage.go_away();
    assert!(is_put_off(&desk.register("Ana", "ana@example.com").await));
    desk.storage.come_back();
    assert_eq!(desk.register("Ana", "ana@example.com").await.result, Verdict::Ok);
}
