//! How many attempts are open, by channel.

use std::collections::HashMap;

use domain::{dispatch::may_take, ids::ChannelId};

/// Counts open attempts of one kind against its concurrency, so that a slow channel leaves room for the others.
#[derive(Clone)]
pub(crate) struct OpenAttempts {
    by_channel: HashMap<ChannelId, usize>,
    free: usize,
}

impl OpenAttempts {
    pub(crate) fn new(concurrency: usize) -> Self {
        Self { by_channel: HashMap::new(), free: concurrency }
    }

    pub(crate) fn has_room(&self, channel: ChannelId) -> bool {
        may_take(self.by_channel.get(&channel).copied().unwrap_or(0), self.free)
    }

    /// Counts one more, if there is room for it.
    pub(crate) fn try_open(&mut self, channel: ChannelId) -> bool {
        let has_room = self.has_room(channel);
        if has_room {
            self.open(channel);
        }
        has_room
    }

    /// Counts one more, for which there is room.
    pub(crate) fn open(&mut self, channel: ChannelId) {
        *self.by_channel.entry(channel).or_default() += 1;
        self.free = self.free.saturating_sub(1);
    }

    /// Counts one less.
    pub(crate) fn close(&mut self, channel: ChannelId) {
        if let Some(count) = self.by_channel.get_mut(&channel) {
            *count -= 1;
            self.free += 1;
            if *count == 0 {
                self.by_channel.remove(&channel);
            }
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.by_channel.is_empty()
    }
}
