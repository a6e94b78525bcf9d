//! The fakes that record: a channel and a queue.

use std::{sync::Arc, time::Duration};

use application::ports::{Channel, Clock, NotificationQueue, Receipt};
use domain::{
    channel::{ChannelKind, Target},
    dispatch::Claimed,
    ids::{ChannelId, NotificationId, RequestId, UserId},
    language::Language,
    message::{Content, Message, Person},
    retry::Outcome,
    user::Origin,
};
use port_contracts::{InMemoryQueue, RecordingChannel, RuntimeClock, TEST_BEGINS};
use uuid::Uuid;

fn message(number: u128) -> Message {
    let person = Person {
        id: UserId::from_uuid(Uuid::from_u128(number)),
        name: None,
        email: None,
        phone: None,
        language: Language::ENGLISH,
        origin: Origin::default(),
    };
    Message {
        id: NotificationId::from_uuid(Uuid::from_u128(number)),
        request_id: RequestId::from_uuid(Uuid::from_u128(number)),
        kind: ChannelKind::Email,
        channel: "person".to_owned(),
        target: Target::Person,
        due_at: TEST_BEGINS,
        possible_duplicate: false,
        content: Content::Welcome { person },
    }
}

#[tokio::test]
async fn a_channel_answers_as_told_and_then_takes_everything() {
    let channel = RecordingChannel::new();
    let refused = Receipt { code: Some(550), ..Receipt::new(Outcome::Permanent) };
    channel.answer_next(refused.clone());
    assert_eq!(channel.deliver(&message(1)).await, refused);
    assert_eq!(channel.deliver(&message(2)).await, Receipt::new(Outcome::Sent));
    assert_eq!(channel.messages(), [message(1), message(2)]);
    assert_eq!((channel.running(), channel.most_running()), (0, 1));
}

#[tokio::test]
async fn a_channel_that_hangs_delivers_when_it_is_released() {
    let channel = Arc::new(RecordingChannel::new());
    channel.hang();
    let deliveries: Vec<_> = [1, 2]
        .map(|number| {
            let channel = Arc::clone(&channel);
            tokio::spawn(async move { channel.deliver(&message(number)).await })
        })
        .into();
    assert_eq!(channel.wait_for(2).await.len(), 2);
    assert_eq!(channel.running(), 2);
    channel.release();
    for delivery in deliveries {
        assert_eq!(delivery.await.expect("it ends"), Receipt::new(Outcome::Sent));
    }
    assert_eq!((channel.running(), channel.most_running()), (0, 2));
}

#[tokio::test]
async fn a_delivery_that_is_given_up_does_not_run_any_more() {
    let channel = RecordingChannel::new();
    let message = message(1);
    channel.hang();
    tokio::select! {
        biased;
        _ = channel.deliver(&message) => panic!("it hangs"),
        _ = channel.wait_for(1) => {}
    }
    assert_eq!(channel.running(), 0);
}

#[tokio::test]
async fn a_queue_remembers_what_was_published_and_fails_when_told() {
    let queue = InMemoryQueue::new();
    let (id, channel_id) = (NotificationId::MAX, ChannelId::MAX);
    let claimed =
        Claimed { id, channel_id, kind: ChannelKind::Slack, due_at: TEST_BEGINS, request_id: RequestId::MAX };
    queue.fail_next_publish();
    assert!(queue.publish(&[claimed]).await.is_err());
    assert_eq!(queue.published(), []);
    queue.publish(&[claimed]).await.expect("it works again");
    queue.ring();
    queue.ring();
    assert_eq!((queue.published(), queue.rings()), (vec![claimed], 2));
}

#[tokio::test(start_paused = true)]
async fn a_runtime_clock_goes_with_the_paused_time() {
    let clock = RuntimeClock::start();
    assert_eq!(clock.now(), TEST_BEGINS);
    tokio::time::sleep(Duration::from_hours(1)).await;
    assert_eq!(clock.now(), TEST_BEGINS + Duration::from_hours(1));
}
