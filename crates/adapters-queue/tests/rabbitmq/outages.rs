//! The broker goes away and comes back.

use std::time::Duration;

use adapters_queue::{BrokerError, BrokerHealth, RabbitMqQueue};
use application::ports::NotificationQueue;
use tokio::time::Instant;

use crate::{
    broker::{
        Names, PATIENCE, acknowledge, claimed, eventually, mails, publish_when_possible, subscribe, take,
        take_all,
    },
    proxy::{Proxy, Way},
};

async fn away(queue: &RabbitMqQueue) -> BrokerError {
    eventually(async || match queue.health() {
        BrokerHealth::Away(error) => Some((*error).clone()),
        _ => None,
    })
    .await
}

/// What is left in the queue: nothing, if the first thing that a newcomer gets is what is published now.
async fn assert_empty(queue: &RabbitMqQueue) {
    let marker = mails(9_999, 1);
    let mut newcomer = subscribe(queue).await;
    publish_when_possible(queue, &marker).await;
    assert_eq!(claimed(&take(&mut *newcomer, 1).await), marker);
}

#[tokio::test]
async fn after_a_cut_publishing_and_receiving_go_on_by_themselves() {
    let (names, proxy) = (Names::fresh().await, Proxy::new(Way::Open).await);
    let queue = proxy.queue(&names).await;
    let mut subscription = subscribe(&queue).await;
    for round in 0..3 {
        let published = mails(10 * round, 5);
        publish_when_possible(&queue, &published).await;
        take_all(&mut *subscription, &published).await;
        proxy.turn(Way::Open);
    }
}

#[tokio::test]
async fn while_the_broker_is_away_publishing_fails_at_once_and_ringing_harms_nothing() {
    let (names, proxy) = (Names::fresh().await, Proxy::new(Way::Open).await);
    let queue = proxy.queue(&names).await;
    proxy.turn(Way::Shut);
    let error = away(&queue).await;
    assert!(!error.needs_change(), "{error}");
    let began = Instant::now();
    for _ in 0..100 {
        queue.publish(&mails(1, 1)).await.expect_err("nobody is there");
        queue.publish(&[]).await.expect_err("nobody is there");
        queue.ring();
    }
    assert!(began.elapsed() < Duration::from_secs(1));
    queue.rung().await;
    proxy.turn(Way::Open);
    publish_when_possible(&queue, &mails(1, 1)).await;
    assert!(matches!(queue.health(), BrokerHealth::Connected));
}

#[tokio::test]
async fn a_queue_made_before_its_broker_connects_when_that_comes() {
    let (names, proxy) = (Names::fresh().await, Proxy::new(Way::Shut).await);
    let queue = RabbitMqQueue::new(&proxy.settings(&names)).expect("settings");
    let error = queue.connect().await.expect_err("nobody is there");
    assert!(matches!(*error, BrokerError::Unreachable(_)), "{error}");
    let mut subscription = subscribe(&queue).await;
    proxy.turn(Way::Open);
    publish_when_possible(&queue, &mails(1, 3)).await;
    assert_eq!(claimed(&take(&mut *subscription, 3).await), mails(1, 3));
}

#[tokio::test]
async fn a_broker_that_takes_connections_and_stays_silent_is_given_up() {
    let (names, proxy) = (Names::fresh().await, Proxy::new(Way::Silent).await);
    let queue = RabbitMqQueue::new(&proxy.settings(&names)).expect("settings");
    let error = queue.connect().await.expect_err("nobody speaks");
    assert!(matches!(*error, BrokerError::Silent), "{error}");
    proxy.turn(Way::Open);
    publish_when_possible(&queue, &mails(1, 1)).await;
}

#[tokio::test]
async fn what_was_unacknowledged_comes_again_and_its_old_tags_are_harmless() {
    let (names, proxy) = (Names::fresh().await, Proxy::new(Way::Open).await);
    let queue = proxy.queue(&names).await;
    let mut subscription = subscribe(&queue).await;
    queue.publish(&mails(1, 5)).await.expect("it publishes");
    let before = take(&mut *subscription, 5).await;
    proxy.turn(Way::Open);
    let again = take(&mut *subscription, 5).await;
    assert_eq!(claimed(&again), mails(1, 5));
    acknowledge(&mut *subscription, &before).await;
    acknowledge(&mut *subscription, &again[..2]).await;
    acknowledge(&mut *subscription, &before[..1]).await;
    drop(subscription);
    // The three that were never acknowledged are there, unharmed by acknowledgements of their former tags.
    let mut newcomer = subscribe(&queue).await;
    let rest = take(&mut *newcomer, 3).await;
    assert_eq!(claimed(&rest), claimed(&again[2..]));
    acknowledge(&mut *newcomer, &rest).await;
    drop(newcomer);
    assert_empty(&queue).await;
}

#[tokio::test]
async fn a_deleted_queue_is_made_again() {
    let names = Names::fresh().await;
    let queue = names.queue().await;
    let mut subscription = subscribe(&queue).await;
    queue.publish(&mails(1, 1)).await.expect("it publishes");
    take(&mut *subscription, 1).await;
    names.delete_queue("email").await;
    publish_when_possible(&queue, &mails(2, 1)).await;
    let received = eventually(async || {
        publish_when_possible(&queue, &mails(3, 1)).await;
        let received = tokio::time::timeout(Duration::from_secs(1), subscription.receive()).await;
        received.ok().and_then(Result::ok)
    })
    .await;
    assert!(!received.is_empty());
}

#[tokio::test]
async fn nothing_is_lost_without_a_word_when_a_queue_is_missing() {
    let names = Names::fresh().await;
    let queue = names.queue().await;
    names.delete_queue("email").await;
    queue.publish(&mails(1, 2)).await.expect_err("no queue takes it");
    publish_when_possible(&queue, &mails(1, 2)).await;
    assert_eq!(claimed(&take(&mut *subscribe(&queue).await, 2).await), mails(1, 2));
}

#[tokio::test]
async fn closing_is_quick_ends_subscriptions_and_leaves_the_rest_to_others() {
    let names = Names::fresh().await;
    let (leaving, staying) = (names.queue().await, names.queue().await);
    let mut subscription = subscribe(&leaving).await;
    leaving.publish(&mails(1, 4)).await.expect("it publishes");
    take(&mut *subscription, 4).await;
    let began = Instant::now();
    leaving.close().await;
    assert!(began.elapsed() < Duration::from_secs(2));
    let ended = tokio::time::timeout(PATIENCE, subscription.receive()).await.expect("it ends");
    ended.expect_err("it is closed");
    leaving.publish(&mails(5, 1)).await.expect_err("it is closed");
    assert_eq!(claimed(&take(&mut *subscribe(&staying).await, 4).await), mails(1, 4));
}

#[tokio::test]
async fn closing_is_quick_while_the_broker_is_away() {
    let (names, proxy) = (Names::fresh().await, Proxy::new(Way::Open).await);
    let queue = proxy.queue(&names).await;
    proxy.turn(Way::Silent);
    away(&queue).await;
    let began = Instant::now();
    queue.close().await;
    assert!(began.elapsed() < Duration::from_secs(2));
}

#[tokio::test]
async fn a_dropped_queue_leaves_the_rest_to_others() {
    let names = Names::fresh().await;
    let (leaving, staying) = (names.queue().await, names.queue().await);
    let mut subscription = subscribe(&leaving).await;
    leaving.publish(&mails(1, 4)).await.expect("it publishes");
    take(&mut *subscription, 4).await;
    drop(leaving);
    assert_eq!(claimed(&take(&mut *subscribe(&staying).await, 4).await), mails(1, 4));
}
