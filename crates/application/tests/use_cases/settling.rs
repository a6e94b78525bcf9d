//! `SettleAttempts`: which attempts are opened and closed, and by whom.

use application::{delivery::CancelNotification, ports::StorageError};
use domain::{
    channel::{ChannelKind, PERSON_CHANNEL_ID},
    notification::{NotificationStatus, OutcomeKind},
    retry::Outcome,
};
use port_contracts::{Fault, Operation};

use crate::desk::{BEGIN, Desk, OTHER_WORKER, seconds};

#[tokio::test]
async fn what_ended_is_closed_and_what_is_due_is_opened_with_one_commit() {
    let desk = Desk::open().await;
    let mails = desk.plan_over(PERSON_CHANNEL_ID, 2, BEGIN).await;
    let first = desk.open_attempt(mails[0]).await;
    let before = desk.storage.commits();
    let ended = desk.ended(first, Outcome::Sent);
    let opened = desk.settle().execute(&[ended], &mails[1..]).await.expect("storage works");
    assert_eq!(desk.storage.commits(), before + 1);
    assert_eq!(opened.iter().map(|attempt| attempt.message.id).collect::<Vec<_>>(), mails[1..]);
    assert_eq!(desk.status(mails[0]).await, NotificationStatus::Sent);
    assert_eq!(desk.status(mails[1]).await, NotificationStatus::Sending);
}

#[tokio::test]
async fn an_attempt_says_what_is_to_be_sent() {
    let desk = Desk::open().await;
    let mail = desk.plan_mail(BEGIN).await;
    let attempt = desk.open_attempt(mail).await;
    assert_eq!((attempt.number, attempt.tries, attempt.unknowns), (1, 1, 0));
    assert_eq!(
        (attempt.message.id, attempt.message.due_at, attempt.channel_id),
        (mail, BEGIN, PERSON_CHANNEL_ID)
    );
    let person = attempt.message.content.person().expect("a person");
    assert_eq!(person.name.as_deref(), Some("Ana"));
}

#[tokio::test]
async fn an_id_is_only_a_hint() {
    let desk = Desk::open().await;
    let mails = desk.plan_over(PERSON_CHANNEL_ID, 4, BEGIN).await;
    let [due, cancelled, sending, sent] = mails[..] else { panic!("four mails") };
    let later = desk.plan_mail(BEGIN + seconds(1)).await;
    CancelNotification { audit: desk.audit(), storage: desk.storage() }
        .execute(cancelled)
        .await
        .expect("it waits");
    desk.open_attempt(sending).await;
    desk.try_to_send(sent, Outcome::Sent).await;
    let paused = desk.channel("team-email").await.id;
    let held_back = desk.plan_over(paused, 1, BEGIN).await[0];
    desk.change(async |tx| tx.channels().set_paused(paused, Some(BEGIN)).await).await;
    let erased = desk.plan_mail(BEGIN).await;
    let user = desk.notification(erased).await.user_id.expect("a person");
    desk.change(async |tx| tx.users().erase(user, BEGIN).await).await;

    let hints = [cancelled, sending, sent, later, held_back, erased, due, due];
    let opened = desk.open_attempts(&hints).await;
    assert_eq!(opened.iter().map(|attempt| attempt.message.id).collect::<Vec<_>>(), [due]);
}

#[tokio::test]
async fn of_two_workers_that_were_given_the_same_hint_one_sends() {
    let desk = Desk::open().await;
    let mail = desk.plan_mail(BEGIN).await;
    assert_eq!(desk.open_attempts(&[mail]).await.len(), 1);
    let other = desk.settle_of(OTHER_WORKER).execute(&[], &[mail]).await.expect("storage works");
    assert_eq!(other, []);
}

#[tokio::test]
async fn only_the_worker_that_opened_an_attempt_closes_it() {
    let desk = Desk::open().await;
    let mail = desk.plan_mail(BEGIN).await;
    let attempt = desk.open_attempt(mail).await;
    let stranger = desk.ended(attempt.clone(), Outcome::Permanent);
    desk.settle_of(OTHER_WORKER).execute(&[stranger], &[]).await.expect("it is no error");
    assert_eq!(desk.status(mail).await, NotificationStatus::Sending);
    desk.settle().execute(&[desk.ended(attempt, Outcome::Sent)], &[]).await.expect("storage works");
    assert_eq!(desk.status(mail).await, NotificationStatus::Sent);
}

#[tokio::test]
async fn an_attempt_that_was_closed_for_its_worker_stays_as_it_was_closed() {
    let desk = Desk::open().await;
    let mail = desk.plan_mail(BEGIN).await;
    let attempt = desk.open_attempt(mail).await;
    let lost = desk.ended(attempt.clone(), Outcome::Unknown);
    desk.settle().execute(&[lost], &[]).await.expect("storage works");
    let late = desk.ended(attempt, Outcome::Sent);
    desk.settle().execute(&[late], &[]).await.expect("it is no error");
    assert_eq!(desk.status(mail).await, NotificationStatus::Retrying);
    assert_eq!(desk.attempts(mail).await[0].outcome, Some(OutcomeKind::Unknown));
}

#[tokio::test]
async fn when_a_step_fails_nothing_is_written_and_the_same_can_be_given_again() {
    let steps = [
        Operation::Begin,
        Operation::DeliveriesClose,
        Operation::ChannelsNoteResults,
        Operation::DeliveriesOpen,
        Operation::Commit,
    ];
    for step in steps {
        for fault in [Fault::Unavailable, Fault::Conflict] {
            let desk = Desk::open().await;
            let mails = desk.plan_over(PERSON_CHANNEL_ID, 2, BEGIN).await;
            let ended = [desk.ended(desk.open_attempt(mails[0]).await, Outcome::Sent)];
            desk.storage.fail_next(step, fault);
            let failed = desk.settle().execute(&ended, &mails[1..]).await;
            assert!(failed.is_err(), "{step:?}");
            let statuses = [desk.status(mails[0]).await, desk.status(mails[1]).await];
            assert_eq!(statuses, [NotificationStatus::Sending, NotificationStatus::Scheduled], "{step:?}");
            let opened = desk.settle().execute(&ended, &mails[1..]).await.expect("it works now");
            assert_eq!(
                (opened.len(), desk.status(mails[0]).await),
                (1, NotificationStatus::Sent),
                "{step:?}"
            );
        }
    }
}

#[tokio::test]
async fn an_end_that_was_written_but_not_confirmed_can_be_given_again() {
    let desk = Desk::open().await;
    let mail = desk.plan_mail(BEGIN).await;
    let ended = [desk.ended(desk.open_attempt(mail).await, Outcome::Unknown)];
    desk.storage.fail_next(Operation::CommitAnswer, Fault::Unavailable);
    let failed = desk.settle().execute(&ended, &[]).await;
    assert!(matches!(failed, Err(StorageError::Unavailable(_))));
    let written = desk.notification(mail).await;
    desk.settle().execute(&ended, &[]).await.expect("it works now");
    assert_eq!(desk.notification(mail).await, written);
    assert_eq!(desk.attempts(mail).await.len(), 1);
}

#[tokio::test]
async fn an_attempt_that_was_opened_and_not_confirmed_is_closed_as_not_begun_and_due_at_once() {
    let desk = Desk::open().await;
    let begun = desk.plan_mail(BEGIN).await;
    let attempt = desk.open_attempt(begun).await;
    let others = desk.plan_mail(BEGIN).await;
    desk.settle_of(OTHER_WORKER).execute(&[], &[others]).await.expect("storage works");
    let alert = desk.plan_over(desk.channel("sales-slack").await.id, 1, BEGIN).await[0];
    desk.open_attempt(alert).await;
    let doubtful = desk.plan_mail(BEGIN).await;
    desk.storage.fail_next(Operation::CommitAnswer, Fault::Unavailable);
    assert!(desk.settle().execute(&[], &[doubtful]).await.is_err());
    assert_eq!(desk.status(doubtful).await, NotificationStatus::Sending);

    desk.clock.advance(seconds(3));
    let known = [(begun, attempt.number)];
    desk.settle().close_unbegun(ChannelKind::Email, &known).await.expect("storage works");
    let again = desk.notification(doubtful).await;
    assert_eq!((again.status, again.due_at), (NotificationStatus::Retrying, BEGIN + seconds(3)));
    assert!(!again.possible_duplicate, "nothing was sent");
    for id in [begun, others, alert] {
        assert_eq!(desk.status(id).await, NotificationStatus::Sending, "somebody sends it");
    }
    let attempt = desk.open_attempt(doubtful).await;
    assert_eq!((attempt.number, attempt.unknowns, attempt.message.possible_duplicate), (2, 0, false));
}
