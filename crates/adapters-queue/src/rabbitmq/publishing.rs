//! Handing over with publisher confirms: a batch is written as a whole, then its confirms are awaited together.

use std::{
    future::{poll_fn, ready},
    pin::Pin,
    task::Poll,
    time::Duration,
};

use domain::dispatch::Claimed;
use lapin::{Channel, Confirmation, PublisherConfirm, options::BasicPublishOptions};
use metrics::histogram;
use tokio::time::Instant;

use super::{
    error::{BrokerError, PublishError},
    link::Link,
    message,
    names::Names,
};

/// From the first message of a batch to the last confirm.
pub(super) const CONFIRM_WITHIN: Duration = Duration::from_secs(5);

/// Hands `claimed` over. When it says so, the broker keeps them on disk, in a majority of its nodes.
pub(super) async fn publish(link: &Link, names: &Names, claimed: &[Claimed]) -> Result<(), PublishError> {
    if link.is_blocked() {
        return Err(PublishError::Blocked);
    }
    let began = Instant::now();
    let published = tokio::time::timeout(CONFIRM_WITHIN, publish_and_confirm(link, names, claimed)).await;
    let Ok(published) = published else {
        return Err(unconfirmed(link));
    };
    histogram!("frontdesk_queue_confirm_seconds").record(began.elapsed());
    published
}

/// A broker that blocks publishers confirms when it lets them go on. From any other, nothing is to be expected.
fn unconfirmed(link: &Link) -> PublishError {
    if link.is_blocked() {
        return PublishError::Blocked;
    }
    link.fault().report(BrokerError::Silent);
    PublishError::Unconfirmed
}

async fn publish_and_confirm(link: &Link, names: &Names, claimed: &[Claimed]) -> Result<(), PublishError> {
    let confirms = write(link, names, claimed).await?;
    let (mut nacked, mut returned) = (0, 0);
    for confirm in confirms {
        match confirm.await? {
            Confirmation::Ack(None) | Confirmation::NotRequested => {}
            Confirmation::Nack(None) => nacked += 1,
            Confirmation::Ack(Some(_)) | Confirmation::Nack(Some(_)) => returned += 1,
        }
    }
    if returned > 0 {
        // No queue took it, so one is missing: everything is declared on a new connection.
        link.fault().report(BrokerError::QueueDeleted);
    }
    match nacked + returned {
        0 => Ok(()),
        count => Err(PublishError::NotKept { count }),
    }
}

/// Puts all of `claimed` on the way before it waits for the first to be written, so that few packets carry them.
async fn write(link: &Link, names: &Names, claimed: &[Claimed]) -> lapin::Result<Vec<PublisherConfirm>> {
    let channel = link.publishing.lock().await;
    let mut writing = Vec::with_capacity(claimed.len());
    for one in claimed {
        writing.push(begin(write_one(&channel, names, one)).await);
    }
    let mut confirms = Vec::with_capacity(claimed.len());
    for written in writing {
        confirms.push(written.await?);
    }
    Ok(confirms)
}

async fn write_one(channel: &Channel, names: &Names, claimed: &Claimed) -> lapin::Result<PublisherConfirm> {
    let (body, properties) = (message::encode(claimed), message::properties(claimed));
    let (exchange, routing_key) = (names.notifications(), claimed.kind.as_str().into());
    let options = BasicPublishOptions { mandatory: true, ..BasicPublishOptions::default() };
    channel.basic_publish(exchange, routing_key, options, &body, properties).await
}

/// Polls `work` once, and answers what is left of it.
async fn begin<'a, T: Send + 'a>(
    work: impl Future<Output = T> + Send + 'a,
) -> Pin<Box<dyn Future<Output = T> + Send + 'a>> {
    let mut work = Box::pin(work);
    match poll_fn(|context| Poll::Ready(work.as_mut().poll(context))).await {
        Poll::Ready(value) => Box::pin(ready(value)),
        Poll::Pending => work,
    }
}
