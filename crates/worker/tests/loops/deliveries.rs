//! Notifications go out: when they are due, once, over their own kind.

use std::{sync::Arc, time::Duration};

use application::ports::{NotificationQueue, Receipt};
use domain::{
    channel::ChannelKind,
    notification::{NotificationStatus, OutcomeKind},
    retry::{Fault, Outcome},
};
use port_contracts::RecordingChannel;

use crate::{
    office::{Office, after, begin, until},
    wires::PanickingOnce,
};

/// What passes on an idle machine between a due time and its delivery: tokio counts in milliseconds.
const TICK_MS: i64 = 2;

fn mail() -> Arc<RecordingChannel> {
    Arc::new(RecordingChannel::new())
}

#[tokio::test(start_paused = true)]
async fn a_notification_is_delivered_at_its_due_time_and_not_before() {
    let (office, mail) = (Office::open().await, mail());
    let id = office.plan(7_130).await;
    office.start(mail.clone());
    let messages = mail.wait_for(1).await;
    assert!(office.now() >= after(7_130), "it is {}", office.now());
    assert!(office.now() <= after(7_130 + TICK_MS), "it is {}", office.now());
    assert_eq!((messages[0].id, messages[0].possible_duplicate), (id, false));
    office.wait_until(id, NotificationStatus::Sent).await;
    let attempt = office.attempts(id).await.remove(0);
    assert!(attempt.opened_at >= after(7_130));
}

#[tokio::test(start_paused = true)]
async fn what_was_sent_is_not_sent_again() {
    let (office, mail) = (Office::open().await, mail());
    let id = office.plan(0).await;
    office.start(mail.clone());
    until(&office, 120_000).await;
    assert_eq!((mail.messages().len(), office.status(id).await), (1, NotificationStatus::Sent));
    assert_eq!(office.outcomes(id).await, [Some(OutcomeKind::Sent)]);
}

#[tokio::test(start_paused = true)]
async fn a_ring_delivers_at_once() {
    let (office, mail) = (Office::open().await, mail());
    office.start(mail.clone());
    until(&office, 1_010).await;
    office.plan(1_010).await;
    office.queue.ring();
    mail.wait_for(1).await;
    assert!(office.now() <= after(1_010 + TICK_MS), "it is {}", office.now());
}

#[tokio::test(start_paused = true)]
async fn without_a_ring_a_poll_finds_what_is_due() {
    let (office, mail) = (Office::open().await, mail());
    office.start(mail.clone());
    until(&office, 1_010).await;
    office.plan(1_010).await;
    mail.wait_for(1).await;
    assert!(office.now() <= after(1_010 + 250 + TICK_MS), "it is {}", office.now());
}

#[tokio::test(start_paused = true)]
async fn an_earlier_one_that_comes_later_overtakes_one_that_waits() {
    let (office, mail) = (Office::open().await, mail());
    let late = office.plan(1_900).await;
    office.start(mail.clone());
    until(&office, 500).await;
    assert_eq!(office.status(late).await, NotificationStatus::Queued);
    let early = office.plan(1_000).await;
    office.queue.ring();
    let messages = mail.wait_for(2).await;
    assert_eq!(messages.iter().map(|message| message.id).collect::<Vec<_>>(), [early, late]);
}

#[tokio::test(start_paused = true)]
async fn many_are_delivered_each_once() {
    let (office, mail) = (Office::open().await, mail());
    let mut ids = Vec::new();
    for due_ms in 0..300 {
        ids.push(office.plan(due_ms * 10).await);
    }
    office.start(mail.clone());
    mail.wait_for(ids.len()).await;
    until(&office, 60_000).await;
    let mut delivered: Vec<_> = mail.messages().iter().map(|message| message.id).collect();
    delivered.sort_unstable();
    assert_eq!(delivered, ids);
    assert_eq!(office.count(NotificationStatus::Sent).await, ids.len());
}

#[tokio::test(start_paused = true)]
async fn each_kind_is_delivered_by_its_own_channel() {
    let (office, mail, slack) = (Office::open().await, mail(), mail());
    let alert = office.plan_over(office.channel("sales-slack").await, 1, 0).await[0];
    let letter = office.plan(0).await;
    let mut worker = office.worker(mail.clone());
    worker.channels.insert(ChannelKind::Slack, slack.clone());
    begin(worker);
    assert_eq!((mail.wait_for(1).await[0].id, slack.wait_for(1).await[0].id), (letter, alert));
    until(&office, 1_000).await;
    assert_eq!((mail.messages().len(), slack.messages().len()), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn slack_gets_one_message_a_second() {
    let (office, slack) = (Office::open().await, mail());
    office.plan_over(office.channel("sales-slack").await, 5, 0).await;
    let mut worker = office.worker(mail());
    worker.channels.insert(ChannelKind::Slack, slack.clone());
    begin(worker);
    slack.wait_for(1).await;
    let first = office.now();
    for count in 2..=5 {
        slack.wait_for(count).await;
        let waited = office.now().duration_since(first).as_millis();
        let due = (i128::try_from(count).expect("a small number") - 1) * 1_000;
        assert!((due..=due + i128::from(TICK_MS)).contains(&waited), "number {count} came after {waited} ms");
    }
}

#[tokio::test(start_paused = true)]
async fn what_failed_is_tried_again_when_it_is_due() {
    let (office, mail) = (Office::open().await, mail());
    let id = office.plan(0).await;
    let busy = Outcome::Temporary { fault: Fault::Recipient, retry_after: None };
    mail.answer_next(Receipt::new(busy));
    office.start(mail.clone());
    mail.wait_for(1).await;
    let failed_at = office.now();
    mail.wait_for(2).await;
    let waited = office.now().duration_since(failed_at).as_millis();
    assert!((10_000..=10_000 + i128::from(TICK_MS)).contains(&waited), "{waited} ms");
    office.wait_until(id, NotificationStatus::Sent).await;
}

#[tokio::test(start_paused = true)]
async fn what_is_cancelled_while_it_waits_in_the_worker_is_not_sent() {
    let (office, mail) = (Office::open().await, mail());
    let id = office.plan(1_500).await;
    office.start(mail.clone());
    until(&office, 1_000).await;
    assert_eq!(office.status(id).await, NotificationStatus::Queued);
    assert!(office.change(async |tx| tx.notifications().cancel(id).await).await);
    until(&office, 30_000).await;
    assert_eq!(mail.messages(), []);
}

#[tokio::test(start_paused = true)]
async fn what_waits_in_the_worker_for_a_paused_channel_goes_out_when_the_channel_goes_on() {
    let (office, mail) = (Office::open().await, mail());
    let team = office.channel("team-email").await;
    let id = office.plan_over(team, 1, 1_500).await[0];
    office.start(mail.clone());
    until(&office, 1_000).await;
    let now = office.now();
    office.change(async |tx| tx.channels().set_paused(team, Some(now)).await).await;
    until(&office, 60_000).await;
    assert_eq!(mail.messages(), []);
    office.change(async |tx| tx.channels().set_paused(team, None).await).await;
    mail.wait_for(1).await;
    office.wait_until(id, NotificationStatus::Sent).await;
}

#[tokio::test(start_paused = true)]
async fn a_delivery_that_panics_has_an_unknown_fate_and_the_next_goes_on() {
    let (office, mail) = (Office::open().await, Arc::new(PanickingOnce::default()));
    let id = office.plan(0).await;
    office.start(mail.clone());
    office.wait_until(id, NotificationStatus::Retrying).await;
    let other = office.plan(0).await;
    office.wait_until(other, NotificationStatus::Sent).await;
    office.wait_until(id, NotificationStatus::Sent).await;
    assert_eq!(office.outcomes(id).await, [Some(OutcomeKind::Unknown), Some(OutcomeKind::Sent)]);
    let sent = mail.then.messages();
    assert_eq!(sent.iter().map(|message| message.possible_duplicate).collect::<Vec<_>>(), [false, true]);
}

#[tokio::test(start_paused = true)]
async fn a_delivery_that_never_ends_has_an_unknown_fate_after_its_time() {
    let (office, mail) = (Office::open().await, mail());
    let id = office.plan(0).await;
    mail.hang();
    office.start(mail.clone());
    mail.wait_for(1).await;
    until(&office, 120_000).await;
    assert_eq!(office.status(id).await, NotificationStatus::Sending);
    office.wait_until(id, NotificationStatus::Retrying).await;
    assert!(office.now() <= after(131_000), "it is {}", office.now());
    assert_eq!(mail.running(), 0, "it was given up");
    mail.release();
    office.wait_until(id, NotificationStatus::Sent).await;
    let messages = mail.messages();
    assert_eq!(messages.iter().map(|message| message.possible_duplicate).collect::<Vec<_>>(), [false, true]);
}

#[tokio::test(start_paused = true)]
async fn an_attempt_says_how_long_it_took() {
    let (office, mail) = (Office::open().await, mail());
    let id = office.plan(0).await;
    mail.hang();
    office.start(mail.clone());
    mail.wait_for(1).await;
    tokio::time::sleep(Duration::from_millis(750)).await;
    mail.release();
    office.wait_until(id, NotificationStatus::Sent).await;
    assert_eq!(office.attempts(id).await[0].elapsed_us, Some(750_000));
}

#[tokio::test(start_paused = true)]
async fn expired_answers_are_deleted_from_time_to_time() {
    use domain::{
        answer::{Answer, Sentence, Verdict},
        ids::{BotId, RequestId},
        intake::{AnswerSlot, BoundAnswer, CallPath, Replay},
        language::Language,
    };
    let (office, mail) = (Office::open().await, mail());
    let slot = AnswerSlot { principal: BotId::MAX, scope: CallPath::Users, digest: [1; 32] };
    let answer = Answer::new(Verdict::Ok, Sentence::Registered, Language::ENGLISH, RequestId::MAX);
    let bound = BoundAnswer { replay: Replay { slot, body: [1; 32], expires_at: after(60_000) }, answer };
    let begin = office.now();
    office.change(async |tx| tx.intake().keep(std::slice::from_ref(&bound), begin).await).await;
    let kept = async || {
        office.look(async |snapshot| snapshot.intake().kept_answers(&[slot], begin).await).await.len()
    };
    office.start(mail);
    until(&office, 59_000).await;
    assert_eq!(kept().await, 1);
    until(&office, 66_000).await;
    assert_eq!(kept().await, 0);
}
