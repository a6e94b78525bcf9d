//! Notifications that were handed over and wait for their due time.

use std::collections::BTreeMap;

use application::ports::Received;
use domain::ids::NotificationId;
use jiff::Timestamp;

use crate::open_attempts::OpenAttempts;

/// Ordered by due time. An id that is handed over twice waits once.
#[derive(Default)]
pub(crate) struct Waiting(BTreeMap<(Timestamp, NotificationId), Received>);

impl Waiting {
    /// Adds a notification. Answers the tag of an equal one that waited already.
    pub(crate) fn add(&mut self, received: Received) -> Option<u64> {
        let key = (received.claimed.due_at, received.claimed.id);
        self.0.insert(key, received).map(|earlier| earlier.tag)
    }

    /// Takes what is due by `now` and fits beside what is `open`, earliest first.
    pub(crate) fn take_due(&mut self, now: Timestamp, open: &OpenAttempts) -> Vec<Received> {
        let mut open = open.clone();
        let due: Vec<_> = self
            .0
            .range(..=(now, NotificationId::MAX))
            .filter(|(_, received)| open.try_open(received.claimed.channel_id))
            .map(|(key, _)| *key)
            .collect();
        due.iter().filter_map(|key| self.0.remove(key)).collect()
    }

    /// How many wait.
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// When the next notification falls due whose channel has room.
    pub(crate) fn next_due(&self, open: &OpenAttempts) -> Option<Timestamp> {
        let fits = self.0.iter().find(|(_, received)| open.has_room(received.claimed.channel_id));
        fits.map(|((due_at, _), _)| *due_at)
    }
}

#[cfg(test)]
mod tests {
    use domain::{
        channel::ChannelKind,
        dispatch::Claimed,
        ids::{ChannelId, RequestId},
    };
    use uuid::Uuid;

    use super::*;

    const ONE: ChannelId = ChannelId::from_uuid(Uuid::from_u128(1));
    const OTHER: ChannelId = ChannelId::from_uuid(Uuid::from_u128(2));

    fn at(second: i64) -> Timestamp {
        Timestamp::constant(second, 0)
    }

    /// Its tag is its id.
    fn received(id: u8, channel_id: ChannelId, due: i64) -> Received {
        let id_of = NotificationId::from_uuid(Uuid::from_u128(id.into()));
        let claimed = Claimed {
            id: id_of,
            channel_id,
            kind: ChannelKind::Email,
            due_at: at(due),
            request_id: RequestId::MAX,
        };
        Received { claimed, tag: id.into() }
    }

    fn waiting(all: &[Received]) -> Waiting {
        let mut waiting = Waiting::default();
        assert!(all.iter().all(|one| waiting.add(*one).is_none()));
        waiting
    }

    fn tags(taken: &[Received]) -> Vec<u64> {
        taken.iter().map(|one| one.tag).collect()
    }

    #[test]
    fn what_is_due_is_taken_once_earliest_first() {
        let mut waiting = waiting(&[received(1, ONE, 30), received(2, ONE, 10), received(3, ONE, 20)]);
        let open = OpenAttempts::new(32);
        assert_eq!(waiting.next_due(&open), Some(at(10)));
        assert_eq!(tags(&waiting.take_due(at(9), &open)), [0; 0]);
        assert_eq!(tags(&waiting.take_due(at(20), &open)), [2, 3]);
        assert_eq!(tags(&waiting.take_due(at(60), &open)), [1]);
        assert_eq!(waiting.next_due(&open), None);
    }

    #[test]
    fn what_is_handed_over_twice_waits_once_under_its_last_tag() {
        let mut waiting = waiting(&[received(1, ONE, 10)]);
        let again = Received { tag: 77, ..received(1, ONE, 10) };
        assert_eq!(waiting.add(again), Some(1));
        assert_eq!(tags(&waiting.take_due(at(10), &OpenAttempts::new(32))), [77]);
    }

    #[test]
    fn a_channel_without_room_does_not_hold_up_another() {
        let first: Vec<_> = (1..=8).map(|id| received(id, ONE, 1)).collect();
        let mut waiting = waiting(&[&first[..], &[received(9, OTHER, 2)]].concat());
        let mut open = OpenAttempts::new(5);
        let taken = waiting.take_due(at(2), &open);
        assert_eq!(taken.last().map(|one| one.claimed.channel_id), Some(OTHER));
        for one in &taken {
            open.open(one.claimed.channel_id);
        }
        assert_eq!(tags(&waiting.take_due(at(2), &open)), [0; 0]);
        open.close(OTHER);
        waiting.add(received(10, OTHER, 3));
        assert_eq!(waiting.next_due(&open), Some(at(3)), "the first channel has no room");
    }

    #[test]
    fn looking_takes_no_room() {
        let mut waiting = waiting(&[received(1, ONE, 1)]);
        let open = OpenAttempts::new(1);
        assert_eq!(waiting.take_due(at(1), &open).len(), 1);
        assert!(open.has_room(ONE) && open.is_empty());
    }
}
