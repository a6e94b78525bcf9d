//! Which due notifications are handed over to workers: fairness between channels, pace, and probes.

use jiff::{SignedDuration, Timestamp};

use crate::{
    channel::{ChannelKind, FAILURES_UNTIL_PROBING},
    ids::{ChannelId, NotificationId, RequestId},
    quiet_hours::QuietHours,
};

/// How far ahead of their due time notifications are handed over.
pub const HORIZON: SignedDuration = SignedDuration::from_secs(2);

/// A notification that was handed over and not sent is handed over again so long after its due time: the message
/// to the worker was only a hint, and may be lost.
pub const HAND_OVER_AGAIN_AFTER: SignedDuration = SignedDuration::from_secs(5);

/// For each unit of concurrency this many notifications of a kind are handed over; the rest wait in the table.
pub const HANDED_OVER_PER_SLOT: usize = 4;

/// A worker that was silent for so long is dead, and what it had is given to others.
pub const WORKER_DEAD_AFTER: SignedDuration = SignedDuration::from_secs(5);

/// A worker that could not tell that it lives for so long opens no attempt. Less than [`WORKER_DEAD_AFTER`], so that
/// it stops before others take over.
pub const WORKER_MUTE_AFTER: SignedDuration = SignedDuration::from_secs(3);

/// How much of the free room one busy channel may take: see [`may_take`].
const SHARE_OF_FREE: usize = 4;

/// Whether a channel that already has `taken` places may take one more of the `free` ones.
///
/// A dynamic threshold, as in packet switches that share one buffer (Choudhury and Hahne, 1998): a channel alone
/// fills four fifths of the room and never its last place, so a slow channel leaves room for the next one. The first
/// place is always allowed.
pub const fn may_take(taken: usize, free: usize) -> bool {
    free > 0 && (taken == 0 || taken < SHARE_OF_FREE * (free - 1))
}

/// What the dispatcher must know of a channel that is not paused and has something due within the horizon.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChannelLoad {
    /// Which channel.
    pub channel_id: ChannelId,
    /// Its kind, which shares one room.
    pub kind: ChannelKind,
    /// Its pace.
    pub interval: Option<SignedDuration>,
    /// When nothing is sent over it.
    pub quiet_hours: Option<QuietHours>,
    /// When its pace allows the next message.
    pub next_slot_at: Option<Timestamp>,
    /// How many attempts failed running through the channel's own fault.
    pub failures: u32,
    /// How many of its notifications are handed over and not closed.
    pub handed_over: usize,
    /// At most how many more are due within the horizon (counted up to the room of the kind).
    pub due: usize,
}

/// How many notifications of a channel to hand over now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quota {
    /// Which channel.
    pub channel_id: ChannelId,
    /// At most so many; never 0.
    pub limit: usize,
}

impl ChannelLoad {
    fn wants(&self, now: Timestamp) -> usize {
        let mut wants = self.due;
        if self.failures >= FAILURES_UNTIL_PROBING {
            wants = wants.min(1_usize.saturating_sub(self.handed_over));
        }
        match self.interval {
            Some(interval) => wants.min(self.slots_within_horizon(interval, now)),
            None => wants,
        }
    }

    fn first_slot(&self, now: Timestamp) -> Timestamp {
        self.next_slot_at.map_or(now, |slot| slot.max(now))
    }

    fn slots_within_horizon(&self, interval: SignedDuration, now: Timestamp) -> usize {
        let room = HORIZON - self.first_slot(now).duration_since(now);
        if room.is_negative() {
            return 0;
        }
        let slots = room.as_micros() / interval.as_micros().max(1) + 1;
        usize::try_from(slots).unwrap_or(usize::MAX)
    }
}

/// Shares `capacity` places per kind, counting what is already handed over, between the channels that have
/// something due: one place after the other, so that each gets its turn.
pub fn share(loads: &[ChannelLoad], capacity: usize, now: Timestamp) -> Vec<Quota> {
    let mut quotas = Vec::new();
    for &kind in ChannelKind::ALL {
        let of_kind: Vec<_> = loads.iter().filter(|load| load.kind == kind).collect();
        share_kind(&of_kind, capacity, now, &mut quotas);
    }
    quotas
}

fn share_kind(loads: &[&ChannelLoad], capacity: usize, now: Timestamp, quotas: &mut Vec<Quota>) {
    let handed_over: usize = loads.iter().map(|load| load.handed_over).sum();
    let mut free = capacity.saturating_sub(handed_over);
    let mut given = vec![0; loads.len()];
    let wants: Vec<_> = loads.iter().map(|load| load.wants(now)).collect();
    loop {
        let before = free;
        for (index, load) in loads.iter().enumerate() {
            if given[index] < wants[index] && may_take(load.handed_over + given[index], free) {
                given[index] += 1;
                free -= 1;
            }
        }
        if free == before {
            break;
        }
    }
    let with_some = loads.iter().zip(given).filter(|&(_, limit)| limit > 0);
    quotas.extend(with_some.map(|(load, limit)| Quota { channel_id: load.channel_id, limit }));
}

/// A notification that was claimed for handing over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Claimed {
    /// Which one.
    pub id: NotificationId,
    /// Over which channel it goes.
    pub channel_id: ChannelId,
    /// The kind of that channel.
    pub kind: ChannelKind,
    /// When it may go out.
    pub due_at: Timestamp,
    /// The call or request that planned it, whose trace goes on with it.
    pub request_id: RequestId,
}

/// Before anything was due.
const LONG_AGO: Timestamp = Timestamp::UNIX_EPOCH;

/// What falls due over a channel from one moment to another waits until then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deferral {
    /// Over which channel.
    pub channel_id: ChannelId,
    /// What is due from then on.
    pub from: Timestamp,
    /// Is due then.
    pub until: Timestamp,
}

/// What has to wait for the end of quiet hours that are, or that begin within the horizon. What is overdue counts as due
/// now.
pub fn deferrals(loads: &[ChannelLoad], now: Timestamp) -> Vec<Deferral> {
    let deferral = |load: &ChannelLoad| {
        let rest = load.quiet_hours.as_ref()?.rest(now, now.checked_add(HORIZON).ok()?)?;
        let from = if rest.from <= now { LONG_AGO } else { rest.from };
        Some(Deferral { channel_id: load.channel_id, from, until: rest.until })
    };
    loads.iter().filter_map(deferral).collect()
}

/// Moves the due times of a paced channel's claimed notifications (earliest due first) to its slots. Answers when
/// the slot after the last is.
pub fn pace(load: &ChannelLoad, claimed: &mut [&mut Claimed], now: Timestamp) -> Option<Timestamp> {
    let interval = load.interval?;
    let mut slot = load.first_slot(now);
    for notification in claimed {
        slot = slot.max(notification.due_at);
        notification.due_at = slot;
        slot = slot.checked_add(interval).ok()?;
    }
    Some(slot)
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    const NOW: Timestamp = Timestamp::UNIX_EPOCH;

    fn load(id: u128, handed_over: usize, due: usize) -> ChannelLoad {
        ChannelLoad {
            channel_id: ChannelId::from_uuid(Uuid::from_u128(id)),
            kind: ChannelKind::Email,
            interval: None,
            quiet_hours: None,
            next_slot_at: None,
            failures: 0,
            handed_over,
            due,
        }
    }

    fn limits(loads: &[ChannelLoad], capacity: usize) -> Vec<usize> {
        share(loads, capacity, NOW).iter().map(|quota| quota.limit).collect()
    }

    #[test]
    fn a_channel_alone_leaves_a_fifth_of_the_room_free() {
        assert_eq!(limits(&[load(1, 0, 1_000)], 128), [102]);
        assert_eq!(limits(&[load(1, 102, 1_000)], 128), [0_usize; 0]);
    }

    #[test]
    fn a_slow_channel_leaves_room_for_another_of_its_kind() {
        let slow = load(1, 102, 1_000);
        assert_eq!(limits(&[slow, load(2, 0, 10)], 128), [10]);
    }

    #[test]
    fn the_last_place_is_kept_for_another_channel() {
        for capacity in 2..64 {
            let alone = limits(&[load(1, 0, 1_000)], capacity)[0];
            assert!(alone < capacity, "{alone} of {capacity}");
            assert_eq!(limits(&[load(1, alone, 1_000), load(2, 0, 1)], capacity), [1]);
        }
        assert_eq!(limits(&[load(1, 0, 1_000)], 1), [1]);
    }

    #[test]
    fn channels_of_a_kind_share_evenly() {
        let shares = limits(&[load(1, 0, 1_000), load(2, 0, 1_000)], 128);
        assert!(shares[0].abs_diff(shares[1]) <= 1, "{shares:?}");
    }

    #[test]
    fn no_more_than_the_room_is_handed_over() {
        let loads: Vec<_> = (1..=40).map(|id| load(id, 0, 50)).collect();
        assert_eq!(limits(&loads, 128).iter().sum::<usize>(), 127, "all but the last place");
    }

    #[test]
    fn every_kind_has_its_own_room() {
        let slack = ChannelLoad { kind: ChannelKind::Slack, ..load(2, 0, 4) };
        assert_eq!(limits(&[load(1, 128, 5), slack], 128), [4]);
    }

    #[test]
    fn a_failing_channel_gets_one_at_a_time() {
        let failing = ChannelLoad { failures: FAILURES_UNTIL_PROBING, ..load(1, 0, 9) };
        assert_eq!(limits(std::slice::from_ref(&failing), 128), [1]);
        assert_eq!(limits(&[ChannelLoad { handed_over: 1, ..failing }], 128), [0_usize; 0]);
    }

    #[test]
    fn a_paced_channel_gets_what_its_slots_within_the_horizon_allow() {
        let interval = Some(SignedDuration::from_secs(1));
        let paced = ChannelLoad { interval, ..load(1, 0, 9) };
        assert_eq!(limits(std::slice::from_ref(&paced), 128), [3]);
        let busy = ChannelLoad { next_slot_at: Some(NOW + HORIZON + HORIZON), ..paced };
        assert_eq!(limits(&[busy], 128), [0_usize; 0]);
    }

    #[test]
    fn pace_moves_due_times_to_the_slots_and_never_forward_in_time() {
        let interval = SignedDuration::from_secs(1);
        let load = ChannelLoad { interval: Some(interval), ..load(1, 0, 3) };
        let late = NOW + SignedDuration::from_millis(1_500);
        let mut claimed = [NOW - interval, NOW, late].map(|due_at| Claimed {
            id: NotificationId::from_uuid(Uuid::nil()),
            channel_id: load.channel_id,
            kind: load.kind,
            due_at,
            request_id: RequestId::MAX,
        });
        let next = pace(&load, &mut claimed.iter_mut().collect::<Vec<_>>(), NOW);
        let due: Vec<_> = claimed.iter().map(|c| c.due_at.duration_since(NOW).as_millis()).collect();
        assert_eq!(due, [0, 1_000, 2_000]);
        assert_eq!(next, Some(NOW + SignedDuration::from_secs(3)));
    }

    #[test]
    fn what_falls_into_quiet_hours_waits_for_their_end() {
        let night = "22:00-08:00 UTC".parse().ok();
        let at = |text: &str| text.parse::<Timestamp>().expect("a moment");
        let quiet = [load(2, 0, 1), ChannelLoad { quiet_hours: night, ..load(1, 0, 1) }];
        let deferred = |now| deferrals(&quiet, at(now)).first().map(|d| (d.channel_id, d.from, d.until));
        let (channel_id, morning) = (quiet[1].channel_id, at("2026-01-02T08:00:00Z"));
        let evening = at("2026-01-01T22:00:00Z");
        assert_eq!(deferred("2026-01-01T21:59:57Z"), None, "nothing beyond the horizon is looked at");
        assert_eq!(deferred("2026-01-01T21:59:59Z"), Some((channel_id, evening, morning)));
        assert_eq!(deferred("2026-01-01T22:00:00Z"), Some((channel_id, LONG_AGO, morning)));
        assert_eq!(deferred("2026-01-02T08:00:00Z"), None);
    }
}
