//! The way of notifications.

use std::sync::Arc;

use application::ports::NotificationQueue;
use domain::channel::ChannelKind::{Email, Slack};

use super::{acknowledge, at_once, notifications, sorted, take};

/// More than any case publishes.
const PLENTY: u16 = 10_000;

pub async fn what_is_published_arrives_as_it_was(queue: Arc<dyn NotificationQueue>) {
    let published = notifications(Email, 0, 50);
    let mut subscription = queue.subscribe(Email, PLENTY).await.expect("it subscribes");
    for portion in published.chunks(20) {
        queue.publish(portion).await.expect("it publishes");
    }
    let received = take(&mut *subscription, published.len()).await;
    assert_eq!(sorted(received), published);
}

pub async fn what_is_published_first_waits_for_a_subscriber(queue: Arc<dyn NotificationQueue>) {
    let published = notifications(Email, 0, 3);
    queue.publish(&published).await.expect("it publishes");
    let mut subscription = queue.subscribe(Email, PLENTY).await.expect("it subscribes");
    assert_eq!(sorted(take(&mut *subscription, 3).await), published);
}

pub async fn nothing_to_publish_is_published_without_ado(queue: Arc<dyn NotificationQueue>) {
    queue.publish(&[]).await.expect("it publishes");
}

pub async fn each_notification_goes_to_one_of_several_subscribers(queue: Arc<dyn NotificationQueue>) {
    let published = notifications(Email, 0, 60);
    let mut first = queue.subscribe(Email, 20).await.expect("it subscribes");
    let mut second = queue.subscribe(Email, 20).await.expect("it subscribes");
    let mut third = queue.subscribe(Email, 20).await.expect("it subscribes");
    queue.publish(&published).await.expect("it publishes");
    // None is acknowledged, so each of the three has to take a third.
    let (first, second, third) =
        tokio::join!(take(&mut *first, 20), take(&mut *second, 20), take(&mut *third, 20));
    assert_eq!(sorted(first.into_iter().chain(second).chain(third)), published);
}

pub async fn kinds_are_kept_apart(queue: Arc<dyn NotificationQueue>) {
    let mut mails = queue.subscribe(Email, PLENTY).await.expect("it subscribes");
    let mut chats = queue.subscribe(Slack, PLENTY).await.expect("it subscribes");
    let mixed: Vec<_> = notifications(Email, 0, 5).into_iter().chain(notifications(Slack, 5, 7)).collect();
    queue.publish(&mixed).await.expect("it publishes");
    assert_eq!(sorted(take(&mut *mails, 5).await), mixed[..5]);
    assert_eq!(sorted(take(&mut *chats, 7).await), mixed[5..]);
}

pub async fn no_more_than_the_prefetch_is_held(queue: Arc<dyn NotificationQueue>) {
    let published = notifications(Email, 0, 10);
    let mut full = queue.subscribe(Email, 3).await.expect("it subscribes");
    queue.publish(&published).await.expect("it publishes");
    let held = take(&mut *full, 3).await;
    assert_eq!(held.len(), 3);
    let mut other = queue.subscribe(Email, PLENTY).await.expect("it subscribes");
    let rest = tokio::select! {
        biased;
        more = full.receive() => panic!("it was given {more:?} beyond its prefetch"),
        rest = take(&mut *other, 7) => rest,
    };
    assert_eq!(sorted(held.into_iter().chain(rest)), published);
}

pub async fn what_is_acknowledged_makes_room(queue: Arc<dyn NotificationQueue>) {
    let published = notifications(Email, 0, 9);
    let mut subscription = queue.subscribe(Email, 4).await.expect("it subscribes");
    queue.publish(&published).await.expect("it publishes");
    let first = take(&mut *subscription, 4).await;
    acknowledge(&mut *subscription, &first[..3]).await;
    let second = take(&mut *subscription, 3).await;
    assert_eq!(second.len(), 3);
    acknowledge(&mut *subscription, &first[3..]).await;
    acknowledge(&mut *subscription, &second).await;
    let third = take(&mut *subscription, 2).await;
    assert_eq!(sorted(first.into_iter().chain(second).chain(third)), published);
}

pub async fn a_receive_that_is_given_up_loses_nothing(queue: Arc<dyn NotificationQueue>) {
    let published = notifications(Email, 0, 100);
    let mut subscription = queue.subscribe(Email, PLENTY).await.expect("it subscribes");
    let mut received = Vec::new();
    for portion in published.chunks(5) {
        for _ in 0..3 {
            received.extend(at_once(subscription.receive()).await.transpose().expect("it receives"));
        }
        queue.publish(portion).await.expect("it publishes");
    }
    let mut received: Vec<_> = received.into_iter().flatten().collect();
    received.extend(take(&mut *subscription, published.len() - received.len()).await);
    assert_eq!(sorted(received), published);
}

pub async fn what_a_subscriber_leaves_behind_goes_to_another(queue: Arc<dyn NotificationQueue>) {
    let published = notifications(Email, 0, 5);
    let mut leaving = queue.subscribe(Email, PLENTY).await.expect("it subscribes");
    let mut staying = queue.subscribe(Email, PLENTY).await.expect("it subscribes");
    assert!(at_once(leaving.receive()).await.is_none());
    queue.publish(&published).await.expect("it publishes");
    drop(leaving);
    assert_eq!(sorted(take(&mut *staying, 5).await), published);
}

pub async fn publishing_more_than_fits_neither_hangs_nor_harms(queue: Arc<dyn NotificationQueue>) {
    let flood = notifications(Email, 0, 20_000);
    let mut accepted = Vec::new();
    for portion in flood.chunks(500) {
        match queue.publish(portion).await {
            Ok(()) => accepted.extend_from_slice(portion),
            // Some of these may have been taken: they would be handed over again later.
            Err(_) => break,
        }
    }
    assert!(!accepted.is_empty(), "an empty queue takes five hundred");
    let mut subscription = queue.subscribe(Email, 500).await.expect("it subscribes");
    let mut received = Vec::new();
    while received.len() < accepted.len() {
        let some = take(&mut *subscription, 1).await;
        acknowledge(&mut *subscription, &some).await;
        received.extend(some);
    }
    let received = sorted(received);
    assert!(accepted.iter().all(|claimed| received.binary_search_by_key(&claimed.id, |c| c.id).is_ok()));

    let late = notifications(Email, 100_000, 5);
    queue.publish(&late).await.expect("there is room again");
    let mut seen = Vec::new();
    while !late.iter().all(|claimed| seen.contains(claimed)) {
        let some = take(&mut *subscription, 1).await;
        acknowledge(&mut *subscription, &some).await;
        seen.extend(sorted(some));
    }
}
