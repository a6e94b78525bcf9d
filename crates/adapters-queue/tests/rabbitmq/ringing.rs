//! Rings go from process to process.

use std::{sync::Arc, time::Duration};

use adapters_queue::RabbitMqQueue;
use application::ports::NotificationQueue;
use tokio::time::timeout;

use crate::{
    broker::{Names, PATIENCE, mails, publish_when_possible},
    proxy::{Proxy, Way},
};

/// Rings until the other wakes: the first rings may come before it is known that it listens.
async fn ring_until_woken(ringing: &RabbitMqQueue, listening: &RabbitMqQueue) {
    let ring = async {
        loop {
            ringing.ring();
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let woken = async {
        tokio::select! {
            () = listening.rung() => {}
            () = ring => {}
        }
    };
    timeout(PATIENCE, woken).await.expect("it wakes");
}

#[tokio::test]
async fn a_ring_wakes_other_processes() {
    let names = Names::fresh().await;
    let (ringing, listening) = (names.queue().await, names.queue().await);
    ring_until_woken(&ringing, &listening).await;
    ring_until_woken(&listening, &ringing).await;
}

#[tokio::test]
async fn rings_find_their_way_again_after_an_outage() {
    let (names, proxy) = (Names::fresh().await, Proxy::new(Way::Open).await);
    let (ringing, listening) = (names.queue().await, proxy.queue(&names).await);
    ring_until_woken(&ringing, &listening).await;
    proxy.turn(Way::Open);
    publish_when_possible(&listening, &mails(1, 1)).await;
    ring_until_woken(&ringing, &listening).await;
}

#[tokio::test]
async fn the_last_of_many_rings_is_not_left_out() {
    let names = Names::fresh().await;
    let (ringing, listening) = (Arc::new(names.queue().await), names.queue().await);
    ring_until_woken(&ringing, &listening).await;
    // Whatever was still under way has come when two rings in a row have.
    for _ in 0..50 {
        ringing.ring();
        ringing.ring();
        timeout(PATIENCE, listening.rung()).await.expect("it wakes");
    }
}

#[tokio::test]
async fn nobody_is_woken_by_the_echo_of_his_own_ring() {
    let names = Names::fresh().await;
    let (own, other) = (names.queue().await, names.queue().await);
    ring_until_woken(&own, &other).await;
    ring_until_woken(&other, &own).await;
    for _ in 0..20 {
        own.ring();
        own.rung().await;
        timeout(PATIENCE, other.rung()).await.expect("it wakes");
        // By now the broker has told everybody.
        own.publish(&mails(1, 1)).await.expect("it publishes");
    }
    let woken = timeout(Duration::ZERO, own.rung()).await;
    assert!(woken.is_err(), "it woke by its own ring");
}
