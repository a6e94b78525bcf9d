//! The queue loses, repeats and breaks: a message is only a hint.

use std::sync::Arc;

use application::ports::NotificationQueue;
use domain::{
    channel::{ChannelKind, PERSON_CHANNEL_ID},
    dispatch::Claimed,
    ids::RequestId,
    notification::NotificationStatus,
};
use port_contracts::RecordingChannel;

use crate::{
    office::{Office, after, begin, until},
    wires::ShakyQueue,
};

fn recording() -> Arc<RecordingChannel> {
    Arc::new(RecordingChannel::new())
}

#[tokio::test(start_paused = true)]
async fn a_lost_hand_over_comes_again_five_seconds_after_the_due_time() {
    let (office, mail, queue) = (Office::open().await, recording(), Arc::new(ShakyQueue::default()));
    let id = office.plan(1_500).await;
    queue.lose_next(1);
    begin(office.worker_at(queue, mail.clone()));
    assert_eq!(mail.wait_for(1).await[0].id, id);
    let expected = after(1_500 + 5_000)..=after(1_500 + 5_000 + 2_300);
    assert!(expected.contains(&office.now()), "it is {}", office.now());
}

#[tokio::test(start_paused = true)]
async fn a_hand_over_that_failed_comes_again() {
    let (office, mail) = (Office::open().await, recording());
    let id = office.plan(0).await;
    office.queue.fail_next_publish();
    office.start(mail.clone());
    assert_eq!(mail.wait_for(1).await[0].id, id);
}

#[tokio::test(start_paused = true)]
async fn what_is_handed_over_many_times_is_sent_once() {
    let (office, mail, queue) = (Office::open().await, recording(), Arc::new(ShakyQueue::default()));
    let id = office.plan(1_500).await;
    begin(office.worker_at(queue.clone(), mail.clone()));
    until(&office, 1_000).await;
    let hint = |due_ms| Claimed {
        id,
        channel_id: PERSON_CHANNEL_ID,
        kind: ChannelKind::Email,
        due_at: after(due_ms),
        request_id: RequestId::MAX,
    };
    for due_ms in [1_500, 1_500, 1_400, 1_600, 0] {
        queue.publish(&[hint(due_ms)]).await.expect("the queue works");
    }
    office.wait_until(id, NotificationStatus::Sent).await;
    queue.publish(&[hint(1_500)]).await.expect("the queue works");
    until(&office, 30_000).await;
    assert_eq!(mail.messages().len(), 1);
    assert_eq!(queue.misused_tags(), [0; 0]);
}

#[tokio::test(start_paused = true)]
async fn hints_give_back_their_room_whatever_becomes_of_them() {
    let (office, mail, queue) = (Office::open().await, recording(), Arc::new(ShakyQueue::default()));
    let sent = office.plan(0).await;
    begin(office.worker_at(queue.clone(), mail.clone()));
    office.wait_until(sent, NotificationStatus::Sent).await;
    let hint = Claimed {
        id: sent,
        channel_id: PERSON_CHANNEL_ID,
        kind: ChannelKind::Email,
        due_at: after(0),
        request_id: RequestId::MAX,
    };
    for _ in 0..500 {
        queue.publish(&[hint]).await.expect("the queue works");
    }
    office.plan_over(PERSON_CHANNEL_ID, 60, 1_000).await;
    mail.wait_for(61).await;
    assert!(office.now() <= after(1_300), "it is {}", office.now());
}

#[tokio::test(start_paused = true)]
async fn repeated_hints_for_what_waits_take_no_room() {
    let (office, mail, queue) = (Office::open().await, recording(), Arc::new(ShakyQueue::default()));
    let waiting = office.plan(1_900).await;
    begin(office.worker_at(queue.clone(), mail.clone()));
    until(&office, 500).await;
    let hint = Claimed {
        id: waiting,
        channel_id: PERSON_CHANNEL_ID,
        kind: ChannelKind::Email,
        due_at: after(1_900),
        request_id: RequestId::MAX,
    };
    for _ in 0..500 {
        queue.publish(&[hint]).await.expect("the queue works");
    }
    let earlier = office.plan(1_000).await;
    assert_eq!(mail.wait_for(1).await[0].id, earlier);
    assert!(office.now() <= after(1_010), "it is {}", office.now());
}

#[tokio::test(start_paused = true)]
async fn an_id_that_nobody_knows_is_passed_over() {
    let (office, mail) = (Office::open().await, recording());
    office.start(mail.clone());
    let stranger = domain::ids::NotificationId::MAX;
    let hint = Claimed {
        id: stranger,
        channel_id: PERSON_CHANNEL_ID,
        kind: ChannelKind::Email,
        due_at: after(0),
        request_id: RequestId::MAX,
    };
    office.queue.publish(&[hint]).await.expect("the queue works");
    let id = office.plan(100).await;
    assert_eq!(mail.wait_for(1).await[0].id, id);
}

#[tokio::test(start_paused = true)]
async fn after_the_connection_broke_delivery_goes_on_with_what_was_not_acknowledged() {
    let (office, mail, queue) = (Office::open().await, recording(), Arc::new(ShakyQueue::default()));
    let ids = office.plan_over(PERSON_CHANNEL_ID, 20, 1_500).await;
    begin(office.worker_at(queue.clone(), mail.clone()));
    until(&office, 1_000).await;
    queue.cut();
    until(&office, 3_000).await;
    assert_eq!(mail.messages(), []);
    queue.repair();
    let mut delivered: Vec<_> = mail.wait_for(20).await.iter().map(|message| message.id).collect();
    delivered.sort_unstable();
    assert_eq!(delivered, ids);
    assert_eq!(queue.misused_tags(), [0; 0], "tags die with their subscription");
}

#[tokio::test(start_paused = true)]
async fn outcomes_are_written_while_the_queue_is_away() {
    let (office, mail, queue) = (Office::open().await, recording(), Arc::new(ShakyQueue::default()));
    let id = office.plan(0).await;
    mail.hang();
    begin(office.worker_at(queue.clone(), mail.clone()));
    mail.wait_for(1).await;
    queue.cut();
    until(&office, 1_000).await;
    mail.release();
    until(&office, 1_500).await;
    assert_eq!(office.status(id).await, NotificationStatus::Sent);
}

#[tokio::test(start_paused = true)]
async fn a_worker_that_starts_without_a_queue_waits_for_it_and_can_be_stopped() {
    let (office, mail, queue) = (Office::open().await, recording(), Arc::new(ShakyQueue::default()));
    let id = office.plan(0).await;
    queue.cut();
    let shift = begin(office.worker_at(queue.clone(), mail.clone()));
    until(&office, 2_000).await;
    queue.repair();
    assert_eq!(mail.wait_for(1).await[0].id, id);
    queue.cut();
    until(&office, 60_000).await;
    shift.stop().await;
    assert!(office.now() <= after(60_500), "it is {}", office.now());
    assert_eq!(office.status(id).await, NotificationStatus::Sent);
}

#[tokio::test(start_paused = true)]
async fn a_queue_that_breaks_again_and_again_doubles_nothing() {
    let (office, mail, queue) = (Office::open().await, recording(), Arc::new(ShakyQueue::default()));
    let ids = office.plan_over(PERSON_CHANNEL_ID, 200, 1_000).await;
    begin(office.worker_at(queue.clone(), mail.clone()));
    for second in 1..20 {
        until(&office, second * 1_000 + 1).await;
        queue.cut();
        until(&office, second * 1_000 + 300).await;
        queue.repair();
    }
    until(&office, 60_000).await;
    let mut delivered: Vec<_> = mail.messages().iter().map(|message| message.id).collect();
    delivered.sort_unstable();
    assert_eq!(delivered, ids);
    assert!(queue.published() >= 200);
    assert_eq!(queue.misused_tags(), [0; 0]);
}
