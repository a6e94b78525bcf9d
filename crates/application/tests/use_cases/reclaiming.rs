//! `BeatHeart`, `ReclaimNotifications` and `StopWorker`: workers live, die and leave.

use application::delivery::{BeatHeart, Gone, Reclaimed, StopWorker};
use domain::{
    channel::PERSON_CHANNEL_ID,
    ids::WorkerId,
    notification::{NotificationStatus, OutcomeKind},
    retry::Outcome,
};
use port_contracts::{Fault, Operation};

use crate::desk::{BEGIN, Desk, OTHER_WORKER, WORKER, seconds};

async fn beat(desk: &Desk, worker_id: WorkerId) {
    let beaten = BeatHeart { storage: desk.storage(), worker_id }.execute().await;
    assert_eq!(beaten.expect("storage works"), application::ports::Clock::now(&*desk.clock));
}

async fn workers(desk: &Desk) -> Vec<WorkerId> {
    desk.look(async |snapshot| snapshot.workers().all().await).await
}

const NOTHING: Reclaimed = Reclaimed { unknown: 0, released: 0 };

async fn take_back(desk: &Desk, gone: Gone) -> Reclaimed {
    desk.reclaim().execute(gone).await.expect("storage works")
}

fn silent(seconds_ago: i64, desk: &Desk) -> Gone {
    Gone::SilentSince(application::ports::Clock::now(&*desk.clock) - seconds(seconds_ago))
}

#[tokio::test]
async fn what_a_dead_worker_was_sending_is_due_again_at_once_as_a_possible_duplicate() {
    let desk = Desk::open().await;
    beat(&desk, WORKER).await;
    let mail = desk.plan_mail(BEGIN).await;
    desk.hand_over().await;
    desk.open_attempt(mail).await;
    desk.clock.advance(seconds(6));
    let rings = desk.queue.rings();
    assert_eq!(take_back(&desk, silent(5, &desk)).await, Reclaimed { unknown: 1, released: 0 });

    let mail = desk.notification(mail).await;
    assert_eq!((mail.status, mail.due_at), (NotificationStatus::Retrying, BEGIN + seconds(6)));
    assert!(mail.possible_duplicate);
    let attempt = desk.attempts(mail.id).await.remove(0);
    assert_eq!((attempt.outcome, attempt.closed_at), (Some(OutcomeKind::Unknown), Some(BEGIN + seconds(6))));
    assert_eq!(attempt.elapsed_us, None, "nobody was there to measure");
    assert_eq!(desk.queue.rings(), rings + 1);
    assert_eq!(desk.hand_over().await.len(), 1);
}

#[tokio::test]
async fn what_a_dead_worker_had_not_begun_goes_back_unmarked() {
    let desk = Desk::open().await;
    beat(&desk, WORKER).await;
    let mail = desk.plan_mail(BEGIN + seconds(1)).await;
    desk.hand_over().await;
    assert_eq!(desk.status(mail).await, NotificationStatus::Queued);
    assert_eq!(take_back(&desk, Gone::AllBut(OTHER_WORKER)).await, Reclaimed { unknown: 0, released: 1 });
    let mail = desk.notification(mail).await;
    assert_eq!((mail.status, mail.due_at), (NotificationStatus::Scheduled, BEGIN + seconds(1)));
    assert!(!mail.possible_duplicate);
    assert_eq!(desk.hand_over().await.len(), 1);
}

#[tokio::test]
async fn a_worker_with_a_heartbeat_keeps_what_it_has() {
    let desk = Desk::open().await;
    beat(&desk, WORKER).await;
    let mails = desk.plan_over(PERSON_CHANNEL_ID, 2, BEGIN).await;
    desk.hand_over().await;
    desk.open_attempt(mails[0]).await;
    desk.clock.advance(seconds(5));
    assert_eq!(take_back(&desk, silent(5, &desk)).await, NOTHING);
    assert_eq!(take_back(&desk, Gone::AllBut(WORKER)).await, NOTHING);
    assert_eq!(desk.status(mails[0]).await, NotificationStatus::Sending);
    assert_eq!(desk.status(mails[1]).await, NotificationStatus::Queued);
    assert_eq!(desk.queue.rings(), 0);
}

#[tokio::test]
async fn the_dead_are_forgotten_and_the_living_are_not() {
    let desk = Desk::open().await;
    beat(&desk, WORKER).await;
    desk.clock.advance(seconds(6));
    beat(&desk, OTHER_WORKER).await;
    take_back(&desk, silent(5, &desk)).await;
    assert_eq!(workers(&desk).await, [OTHER_WORKER]);
}

#[tokio::test]
async fn looking_for_the_dead_writes_nothing_when_there_are_none() {
    let desk = Desk::open().await;
    beat(&desk, WORKER).await;
    let before = desk.storage.commits();
    take_back(&desk, silent(5, &desk)).await;
    take_back(&desk, Gone::AllBut(WORKER)).await;
    assert_eq!(desk.storage.commits(), before);
}

#[tokio::test]
async fn what_was_unknown_too_often_is_not_sent_again_after_a_crash() {
    let desk = Desk::open().await;
    let slack = desk.channel("sales-slack").await.id;
    let alert = desk.plan_over(slack, 1, BEGIN).await[0];
    desk.try_to_send(alert, Outcome::Unknown).await;
    desk.clock.advance(seconds(10));
    beat(&desk, WORKER).await;
    desk.open_attempt(alert).await;
    take_back(&desk, Gone::AllBut(OTHER_WORKER)).await;
    assert_eq!(desk.status(alert).await, NotificationStatus::Unknown);
}

#[tokio::test]
async fn a_worker_that_was_taken_for_dead_cannot_close_what_was_taken_from_it() {
    let desk = Desk::open().await;
    beat(&desk, WORKER).await;
    let mail = desk.plan_mail(BEGIN).await;
    let attempt = desk.open_attempt(mail).await;
    take_back(&desk, Gone::AllBut(OTHER_WORKER)).await;
    let again = desk.settle_of(OTHER_WORKER).execute(&[], &[mail]).await.expect("storage works");
    assert_eq!((again[0].number, again[0].message.possible_duplicate), (2, true));
    desk.settle().execute(&[desk.ended(attempt, Outcome::Permanent)], &[]).await.expect("it is no error");
    assert_eq!(desk.status(mail).await, NotificationStatus::Sending);
}

#[tokio::test]
async fn taking_back_is_all_or_nothing() {
    let steps = [
        Operation::DeliveriesAbandoned,
        Operation::DeliveriesClose,
        Operation::DeliveriesRelease,
        Operation::WorkersForget,
        Operation::Commit,
    ];
    for step in steps {
        let desk = Desk::open().await;
        beat(&desk, WORKER).await;
        let mails = desk.plan_over(PERSON_CHANNEL_ID, 2, BEGIN).await;
        desk.hand_over().await;
        desk.open_attempt(mails[0]).await;
        desk.storage.fail_next(step, Fault::Unavailable);
        assert!(desk.reclaim().execute(Gone::AllBut(OTHER_WORKER)).await.is_err(), "{step:?}");
        let statuses = [desk.status(mails[0]).await, desk.status(mails[1]).await];
        assert_eq!(statuses, [NotificationStatus::Sending, NotificationStatus::Queued], "{step:?}");
        assert_eq!((workers(&desk).await, desk.queue.rings()), (vec![WORKER], 0), "{step:?}");
        let taken = take_back(&desk, Gone::AllBut(OTHER_WORKER)).await;
        assert_eq!(taken, Reclaimed { unknown: 1, released: 1 }, "{step:?}");
    }
}

#[tokio::test]
async fn a_worker_that_stops_hands_back_what_it_had_not_begun_and_is_forgotten() {
    let desk = Desk::open().await;
    beat(&desk, WORKER).await;
    beat(&desk, OTHER_WORKER).await;
    let mail = desk.plan_mail(BEGIN + seconds(1)).await;
    desk.hand_over().await;
    let stop = StopWorker { storage: desk.storage(), worker_id: WORKER };
    assert_eq!(stop.execute().await.expect("storage works"), 1);
    assert_eq!(desk.status(mail).await, NotificationStatus::Scheduled);
    assert_eq!(workers(&desk).await, [OTHER_WORKER]);
}

#[tokio::test]
async fn a_worker_that_stops_with_an_attempt_open_is_remembered_so_that_somebody_closes_it() {
    let desk = Desk::open().await;
    beat(&desk, WORKER).await;
    let mails = desk.plan_over(PERSON_CHANNEL_ID, 2, BEGIN).await;
    desk.hand_over().await;
    desk.open_attempt(mails[0]).await;
    let stop = StopWorker { storage: desk.storage(), worker_id: WORKER };
    assert_eq!(stop.execute().await.expect("storage works"), 1);
    assert_eq!(desk.status(mails[0]).await, NotificationStatus::Sending);
    assert_eq!(workers(&desk).await, [WORKER]);
    desk.clock.advance(seconds(6));
    assert_eq!(take_back(&desk, silent(5, &desk)).await, Reclaimed { unknown: 1, released: 0 });
    assert_eq!(desk.status(mails[0]).await, NotificationStatus::Retrying);
}
