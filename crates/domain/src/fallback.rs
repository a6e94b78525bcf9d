//! What is told over another channel because it failed for good over the first.

use std::fmt;

use jiff::Timestamp;

use crate::{
    channel::Channel,
    ids::{ChannelId, IdSource, NotificationId, RequestId, TicketId, UserId},
    notification::{NewNotification, Purpose},
};

/// A notification that failed for good, and in whose place none was planned yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undelivered {
    /// Which one.
    pub id: NotificationId,
    /// What it says.
    pub purpose: Purpose,
    /// Whom it is about.
    pub user_id: Option<UserId>,
    /// Which ticket it is about.
    pub ticket_id: Option<TicketId>,
    /// The call that made it.
    pub request_id: RequestId,
    /// The channels over which this was tried: its own, then that of the one in whose place it was planned, and so on.
    pub tried: Vec<ChannelId>,
}

/// A notification that is planned in the place of one that failed for good.
#[derive(Clone, PartialEq, Eq)]
pub struct Fallback {
    /// The one that failed.
    pub instead_of: NotificationId,
    /// The one that says the same over another channel.
    pub planned: NewNotification,
}

impl fmt::Debug for Fallback {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fallback")
            .field("instead_of", &self.instead_of)
            .field("id", &self.planned.id)
            .finish_non_exhaustive()
    }
}

/// Plans what is told over other channels, due at once: the same content over the fallback of the channel that failed.
/// A chain ends at a channel that has no fallback, whose fallback was tried already, or may not stand in for it. What is
/// for a chat alone goes nowhere else.
pub fn fall_back(
    undelivered: &[Undelivered],
    channels: &[Channel],
    now: Timestamp,
    ids: &mut dyn IdSource,
) -> Vec<Fallback> {
    let told = undelivered.iter().filter(|failed| !failed.purpose.is_for_a_chat_alone());
    let planned = told.filter_map(|failed| {
        let channel_id = next_channel(&failed.tried, channels)?;
        let planned = NewNotification {
            id: NotificationId::from_uuid(ids.next_id()),
            purpose: failed.purpose,
            channel_id,
            user_id: failed.user_id,
            ticket_id: failed.ticket_id,
            request_id: failed.request_id,
            due_at: now,
            created_at: now,
        };
        Some(Fallback { instead_of: failed.id, planned })
    });
    planned.collect()
}

fn next_channel(tried: &[ChannelId], channels: &[Channel]) -> Option<ChannelId> {
    let known = |id: ChannelId| channels.iter().find(|channel| channel.id == id);
    let failed = known(*tried.first()?)?;
    let fallback = known(failed.fallback?)?;
    (fallback.can_stand_in_for(failed) && !tried.contains(&fallback.id)).then_some(fallback.id)
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::channel::{ChannelKind, Target};

    const NOW: Timestamp = Timestamp::UNIX_EPOCH;

    fn id(n: u128) -> ChannelId {
        ChannelId::from_uuid(Uuid::from_u128(n))
    }

    fn channel(n: u128, fallback: Option<u128>) -> Channel {
        Channel {
            id: id(n),
            name: format!("channel {n}"),
            kind: ChannelKind::Slack,
            target: Target::Team,
            interval: None,
            paused_at: None,
            fallback: fallback.map(id),
            quiet_hours: None,
            created_at: NOW,
        }
    }

    fn undelivered(tried: &[u128]) -> Undelivered {
        Undelivered {
            id: NotificationId::from_uuid(Uuid::from_u128(100)),
            purpose: Purpose::TicketOpened,
            user_id: Some(UserId::from_uuid(Uuid::from_u128(200))),
            ticket_id: Some(TicketId::from_uuid(Uuid::from_u128(300))),
            request_id: RequestId::from_uuid(Uuid::from_u128(400)),
            tried: tried.iter().map(|&n| id(n)).collect(),
        }
    }

    fn planned(tried: &[u128], channels: &[Channel]) -> Vec<Fallback> {
        let mut next = 500;
        let mut ids = || {
            next += 1;
            Uuid::from_u128(next)
        };
        fall_back(&[undelivered(tried)], channels, NOW, &mut ids)
    }

    fn told(tried: &[u128], channels: &[Channel]) -> Option<ChannelId> {
        planned(tried, channels).first().map(|fallback| fallback.planned.channel_id)
    }

    #[test]
    fn what_is_for_a_chat_alone_goes_nowhere_else() {
        let failed = Undelivered { purpose: Purpose::ChatFields, ..undelivered(&[1]) };
        let channels = [channel(1, Some(2)), channel(2, None)];
        assert_eq!(fall_back(&[failed], &channels, NOW, &mut || Uuid::nil()), []);
    }

    #[test]
    fn the_same_is_told_over_the_fallback_at_once() {
        let failed = undelivered(&[1]);
        let expected = Fallback {
            instead_of: failed.id,
            planned: NewNotification {
                id: NotificationId::from_uuid(Uuid::from_u128(501)),
                purpose: failed.purpose,
                channel_id: id(2),
                user_id: failed.user_id,
                ticket_id: failed.ticket_id,
                request_id: failed.request_id,
                due_at: NOW,
                created_at: NOW,
            },
        };
        assert_eq!(planned(&[1], &[channel(1, Some(2)), channel(2, None)]), [expected]);
    }

    #[test]
    fn without_a_fallback_nothing_is_told() {
        assert_eq!(told(&[1], &[channel(1, None), channel(2, None)]), None);
    }

    #[test]
    fn a_chain_ends_when_a_channel_repeats() {
        let circle = [channel(1, Some(2)), channel(2, Some(3)), channel(3, Some(1))];
        assert_eq!(told(&[1], &circle), Some(id(2)));
        assert_eq!(told(&[2, 1], &circle), Some(id(3)));
        assert_eq!(told(&[3, 2, 1], &circle), None);
        assert_eq!(told(&[1], &[channel(1, Some(1))]), None);
    }

    #[test]
    fn a_person_is_never_told_what_was_for_a_team() {
        let person = Channel { target: Target::Person, ..channel(2, Some(1)) };
        let channels = [channel(1, Some(2)), person];
        assert_eq!((told(&[1], &channels), told(&[2], &channels)), (None, None));
    }
}
