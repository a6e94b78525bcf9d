//! Ringing dispatchers.

use std::sync::Arc;

use application::ports::NotificationQueue;

use super::at_once;

pub async fn a_ring_wakes_who_waits(queue: Arc<dyn NotificationQueue>) {
    let waiting = {
        let queue = Arc::clone(&queue);
        tokio::spawn(async move { queue.rung().await })
    };
    queue.ring();
    waiting.await.expect("it woke");
}

pub async fn a_ring_before_the_wait_counts(queue: Arc<dyn NotificationQueue>) {
    for _ in 0..3 {
        queue.ring();
        queue.rung().await;
    }
}

pub async fn many_rings_may_count_as_one(queue: Arc<dyn NotificationQueue>) {
    for _ in 0..10_000 {
        queue.ring();
    }
    queue.rung().await;
}

pub async fn nobody_wakes_without_a_ring(queue: Arc<dyn NotificationQueue>) {
    assert!(at_once(queue.rung()).await.is_none());
    queue.ring();
    queue.rung().await;
    assert!(at_once(queue.rung()).await.is_none(), "a ring wakes once");
    // A wait that was given up takes no ring with it.
    queue.ring();
    queue.rung().await;
}
