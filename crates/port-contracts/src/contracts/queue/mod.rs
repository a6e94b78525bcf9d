//! What every queue promises.

mod delivery;
mod rings;

use std::{future::poll_fn, pin::pin, sync::Arc, task::Poll};

use application::ports::{NotificationQueue, Received, Subscription};
use domain::{
    channel::ChannelKind,
    dispatch::Claimed,
    ids::{ChannelId, NotificationId, RequestId},
};
use jiff::SignedDuration;
use uuid::Uuid;

use crate::TEST_BEGINS;

/// A queue of its own for one case, empty.
pub trait QueueUnderTest: Send + Sync {
    /// The queue.
    fn queue(&self) -> Arc<dyn NotificationQueue>;
}

/// Calls a macro with the name of every case, module by module: the one list of them.
#[doc(hidden)]
#[macro_export]
macro_rules! for_each_queue_case {
    ([$macro:path] $($arguments:tt)*) => {
        $macro! {
            ($($arguments)*)
            delivery {
                what_is_published_arrives_as_it_was
                what_is_published_first_waits_for_a_subscriber
                nothing_to_publish_is_published_without_ado
                each_notification_goes_to_one_of_several_subscribers
                kinds_are_kept_apart
                no_more_than_the_prefetch_is_held
                what_is_acknowledged_makes_room
                a_receive_that_is_given_up_loses_nothing
                what_a_subscriber_leaves_behind_goes_to_another
                publishing_more_than_fits_neither_hangs_nor_harms
            }
            rings {
                a_ring_wakes_who_waits
                a_ring_before_the_wait_counts
                many_rings_may_count_as_one
                nobody_wakes_without_a_ring
            }
        }
    };
}

macro_rules! export_cases {
    (() $($module:ident { $($case:ident)+ })+) => {
        /// The cases: one promise each.
        #[doc(hidden)]
        pub mod queue_cases {
            $(pub use super::$module::{$($case),+};)+
        }
    };
}

for_each_queue_case!([export_cases]);

/// Makes one test of each promise of the queue port. The argument is an `async fn` without parameters that gives a
/// fresh [`QueueUnderTest`].
#[macro_export]
macro_rules! queue_contract {
    ($fixture:path) => {
        $crate::for_each_queue_case!([$crate::queue_contract_tests] $fixture);
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! queue_contract_tests {
    (($fixture:path) $($module:ident { $($case:ident)+ })+) => {$($(
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $case() {
            let fixture = $fixture().await;
            $crate::queue_cases::$case($crate::QueueUnderTest::queue(&fixture)).await;
        }
    )+)+};
}

/// So many notifications of a kind, the first with number `from`.
fn notifications(kind: ChannelKind, from: u32, count: u32) -> Vec<Claimed> {
    let one = |number: u32| Claimed {
        id: NotificationId::from_uuid(Uuid::from_u128(number.into())),
        channel_id: ChannelId::from_uuid(Uuid::from_u128((1_000_000 + number % 7).into())),
        kind,
        due_at: TEST_BEGINS + SignedDuration::from_micros(number.into()),
        request_id: RequestId::from_uuid(Uuid::from_u128((2_000_000 + number).into())),
    };
    (from..from + count).map(one).collect()
}

/// Takes until there are as many.
async fn take(subscription: &mut dyn Subscription, count: usize) -> Vec<Received> {
    let mut taken = Vec::new();
    while taken.len() < count {
        let received = subscription.receive().await.expect("it receives");
        assert!(!received.is_empty(), "it waits until there is one");
        taken.extend(received);
    }
    taken
}

async fn acknowledge(subscription: &mut dyn Subscription, received: &[Received]) {
    let tags: Vec<_> = received.iter().map(|received| received.tag).collect();
    subscription.acknowledge(&tags).await.expect("it acknowledges");
}

/// What was taken, without tags, sorted.
fn sorted(received: impl IntoIterator<Item = Received>) -> Vec<Claimed> {
    let mut claimed: Vec<_> = received.into_iter().map(|received| received.claimed).collect();
    claimed.sort_by_key(|claimed| claimed.id);
    claimed
}

/// What `future` gives at once, if anything; then it is given up.
async fn at_once<T>(future: impl Future<Output = T>) -> Option<T> {
    let mut future = pin!(future);
    poll_fn(|context| match future.as_mut().poll(context) {
        Poll::Ready(value) => Poll::Ready(Some(value)),
        Poll::Pending => Poll::Ready(None),
    })
    .await
}
