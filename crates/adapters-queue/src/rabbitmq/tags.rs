//! What is unacknowledged on one channel, and how to acknowledge with few words.

use std::collections::BTreeSet;

/// The low bits of a tag are the channel's delivery tag; the high bits tell the channels of a subscription apart, so
/// that a tag of an earlier one is known and left alone: on a new channel the broker counts from 1 again.
const DELIVERY_BITS: u32 = 40;

/// The tags of one channel.
#[derive(Debug)]
pub(super) struct Tags {
    generation: u64,
    unacknowledged: BTreeSet<u64>,
}

/// What is to be said to the broker.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Acknowledgements {
    /// Everything up to this delivery tag.
    pub(super) up_to: Option<u64>,
    /// These delivery tags as well.
    pub(super) single: Vec<u64>,
}

impl Tags {
    /// `generation` is different for each channel of a subscription.
    pub(super) const fn new(generation: u64) -> Self {
        Self { generation, unacknowledged: BTreeSet::new() }
    }

    /// Takes note of a delivery. Answers its tag.
    pub(super) fn hold(&mut self, delivery_tag: u64) -> u64 {
        self.unacknowledged.insert(delivery_tag);
        (self.generation << DELIVERY_BITS) | delivery_tag
    }

    /// Lets go of those of `tags` that are held here, and says how to tell the broker.
    pub(super) fn release(&mut self, tags: &[u64]) -> Acknowledgements {
        let mut released: BTreeSet<_> = tags.iter().filter_map(|&tag| self.delivery_tag(tag)).collect();
        released.retain(|tag| self.unacknowledged.remove(tag));
        let single = match self.unacknowledged.first() {
            Some(&oldest_left) => released.split_off(&oldest_left).into_iter().collect(),
            None => Vec::new(),
        };
        Acknowledgements { up_to: released.last().copied(), single }
    }

    fn delivery_tag(&self, tag: u64) -> Option<u64> {
        (tag >> DELIVERY_BITS == self.generation).then_some(tag & ((1 << DELIVERY_BITS) - 1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Holds the delivery tags 1 to `count`, and gives their tags.
    fn holding(generation: u64, count: u64) -> (Tags, Vec<u64>) {
        let mut tags = Tags::new(generation);
        let held = (1..=count).map(|tag| tags.hold(tag)).collect();
        (tags, held)
    }

    fn said(up_to: Option<u64>, single: &[u64]) -> Acknowledgements {
        Acknowledgements { up_to, single: single.to_vec() }
    }

    #[test]
    fn the_oldest_are_acknowledged_at_once() {
        let (mut tags, held) = holding(1, 5);
        assert_eq!(tags.release(&held[..3]), said(Some(3), &[]));
        assert_eq!(tags.release(&held[3..]), said(Some(5), &[]));
    }

    #[test]
    fn nothing_that_is_still_held_is_acknowledged_with_others() {
        let (mut tags, held) = holding(1, 6);
        assert_eq!(tags.release(&[held[4], held[0], held[1], held[3]]), said(Some(2), &[4, 5]));
        assert_eq!(tags.release(&[held[5]]), said(None, &[6]));
        assert_eq!(tags.release(&[held[2]]), said(Some(3), &[]));
    }

    #[test]
    fn a_tag_is_acknowledged_once() {
        let (mut tags, held) = holding(1, 2);
        assert_eq!(tags.release(&[held[0], held[0]]), said(Some(1), &[]));
        assert_eq!(tags.release(&[held[0], 999]), said(None, &[]));
    }

    #[test]
    fn tags_of_an_earlier_channel_are_left_alone() {
        let (_, earlier) = holding(1, 3);
        let (mut tags, held) = holding(2, 3);
        assert_eq!(tags.release(&earlier), said(None, &[]));
        assert_eq!(tags.release(&held), said(Some(3), &[]));
    }
}
