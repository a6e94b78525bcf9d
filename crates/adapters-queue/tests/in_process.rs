//! The queue in the process keeps the promises of the port, and its bounds.

use std::{
    future::{Ready, ready},
    sync::Arc,
};

use adapters_queue::{InProcessQueue, QueueFull};
use application::ports::NotificationQueue;
use domain::{
    channel::ChannelKind::{self, Email, Slack},
    dispatch::Claimed,
    ids::{ChannelId, NotificationId, RequestId},
};
use port_contracts::{QueueUnderTest, TEST_BEGINS, queue_contract};

const CAPACITY: usize = 1_000;

struct InProcess(Arc<InProcessQueue>);

impl QueueUnderTest for InProcess {
    fn queue(&self) -> Arc<dyn NotificationQueue> {
        Arc::clone(&self.0) as Arc<dyn NotificationQueue>
    }
}

fn in_process() -> Ready<InProcess> {
    ready(InProcess(Arc::new(InProcessQueue::new(CAPACITY))))
}

queue_contract!(in_process);

fn notifications(kind: ChannelKind, count: usize) -> Vec<Claimed> {
    let (id, channel_id) = (NotificationId::MAX, ChannelId::MAX);
    vec![Claimed { id, channel_id, kind, due_at: TEST_BEGINS, request_id: RequestId::MAX }; count]
}

#[tokio::test]
async fn a_full_lane_says_how_many_it_left_out_and_delays_no_other() {
    let queue = InProcessQueue::new(10);
    let mixed: Vec<_> = notifications(Email, 13).into_iter().chain(notifications(Slack, 10)).collect();
    let error = queue.publish(&mixed).await.expect_err("three mails are too many");
    assert_eq!(error.0.downcast_ref(), Some(&QueueFull { left_out: 3 }));
    let mut chats = queue.subscribe(Slack, 100).await.expect("it subscribes");
    assert_eq!(chats.receive().await.expect("it receives").len(), 10);
}

#[tokio::test]
async fn what_was_taken_makes_room_before_it_is_acknowledged() {
    let queue = InProcessQueue::new(10);
    let mut mails = queue.subscribe(Email, 100).await.expect("it subscribes");
    queue.publish(&notifications(Email, 10)).await.expect("it fits");
    mails.receive().await.expect("it receives");
    queue.publish(&notifications(Email, 10)).await.expect("it fits again");
}

#[tokio::test]
async fn an_acknowledgement_makes_room_once() {
    let queue = InProcessQueue::new(10);
    let mut mails = queue.subscribe(Email, 2).await.expect("it subscribes");
    queue.publish(&notifications(Email, 10)).await.expect("it fits");
    let first = mails.receive().await.expect("it receives")[0].tag;
    mails.acknowledge(&[first, first, 999]).await.expect("it acknowledges");
    assert_eq!(mails.receive().await.expect("it receives").len(), 1);
}
