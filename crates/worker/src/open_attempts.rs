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

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn channel(number: u128) -> ChannelId {
        ChannelId::from_uuid(Uuid::from_u128(number))
    }

    /// Opens as many over a channel as there is room for.
    fn fill(open: &mut OpenAttempts, over: ChannelId) -> usize {
        std::iter::repeat_with(|| open.try_open(over)).take_while(|opened| *opened).count()
    }

    #[test]
    fn one_channel_never_takes_the_last_place() {
        for concurrency in 2..40 {
            let mut open = OpenAttempts::new(concurrency);
            let taken = fill(&mut open, channel(1));
            assert!((1..concurrency).contains(&taken), "{taken} of {concurrency}");
            assert!(open.has_room(channel(2)) && !open.has_room(channel(1)));
        }
    }

    #[test]
    fn many_channels_never_take_more_than_there_is() {
        for concurrency in 1..40 {
            let mut open = OpenAttempts::new(concurrency);
            let taken: usize = (0..50).map(|number| fill(&mut open, channel(number))).sum();
            assert_eq!(taken, concurrency);
        }
    }

    #[test]
    fn what_is_closed_makes_room_again() {
        let mut open = OpenAttempts::new(1);
        assert!(open.try_open(channel(1)) && !open.try_open(channel(2)));
        open.close(channel(1));
        assert!(open.is_empty() && open.try_open(channel(2)));
    }

    #[test]
    fn closing_what_is_not_open_makes_no_room() {
        let mut open = OpenAttempts::new(1);
        open.open(channel(1));
        open.close(channel(2));
        assert!(!open.has_room(channel(2)) && !open.is_empty());
    }
}
