//! One subscriber of a lane.

use std::{collections::HashSet, sync::Arc};

use application::ports::{QueueError, Received, Subscription};
use async_trait::async_trait;

use super::lane::Lane;

/// Takes part in a lane, and holds at most `prefetch` notifications unacknowledged.
#[derive(Debug)]
pub(super) struct LaneSubscription {
    lane: Arc<Lane>,
    prefetch: usize,
    held: HashSet<u64>,
    last_tag: u64,
}

impl LaneSubscription {
    pub(super) fn new(lane: Arc<Lane>, prefetch: u16) -> Self {
        Self { lane, prefetch: prefetch.into(), held: HashSet::new(), last_tag: 0 }
    }

    fn hold(&mut self) -> u64 {
        self.last_tag += 1;
        self.held.insert(self.last_tag);
        self.last_tag
    }
}

#[async_trait]
impl Subscription for LaneSubscription {
    async fn receive(&mut self) -> Result<Vec<Received>, QueueError> {
        let room = self.prefetch.saturating_sub(self.held.len());
        if room == 0 {
            // Only an acknowledgement makes room, and for that this wait has to be given up.
            return std::future::pending().await;
        }
        let taken = self.lane.take(room).await;
        Ok(taken.into_iter().map(|claimed| Received { claimed, tag: self.hold() }).collect())
    }

    async fn acknowledge(&mut self, tags: &[u64]) -> Result<(), QueueError> {
        for tag in tags {
            self.held.remove(tag);
        }
        Ok(())
    }
}
