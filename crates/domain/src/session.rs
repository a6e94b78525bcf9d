//! Who is signed in to the panel.

use jiff::{SignedDuration, Timestamp};

use crate::{
    bot::SecretDigest,
    ids::{AgentId, SessionId},
};

/// A session ends so long after it began, whatever is done in it (OWASP ASVS 5, requirement 7.3.2, asks for such an
/// end; two weeks are common where people work every day).
pub const SESSION_LIFETIME: SignedDuration = SignedDuration::from_hours(14 * 24);

/// A session ends when nothing was done in it for so long: over night, but not over lunch.
pub const SESSION_IDLE: SignedDuration = SignedDuration::from_hours(12);

/// When a session was last used is written so often at most.
const SEEN_EVERY: SignedDuration = SignedDuration::from_mins(1);

/// What is kept of the name of a browser.
pub const CLIENT_MAX: usize = 200;

/// Somebody who is signed in on one browser.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Its id.
    pub id: SessionId,
    /// Who is signed in.
    pub agent_id: AgentId,
    /// SHA-256 of the secret that the browser keeps.
    pub digest: SecretDigest,
    /// What the browser calls itself.
    pub client: String,
    /// When it began.
    pub created_at: Timestamp,
    /// When it was last used, to the minute.
    pub seen_at: Timestamp,
}

impl Session {
    /// Whether it goes on at `now`.
    pub fn is_live(&self, now: Timestamp) -> bool {
        now.duration_since(self.created_at) < SESSION_LIFETIME
            && now.duration_since(self.seen_at) < SESSION_IDLE
    }

    /// Whether it is to be written that it was used at `now`.
    pub fn is_seen_anew(&self, now: Timestamp) -> bool {
        now.duration_since(self.seen_at) >= SEEN_EVERY
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn session(seen_after: SignedDuration) -> Session {
        let created_at = Timestamp::UNIX_EPOCH;
        Session {
            id: SessionId::from_uuid(Uuid::from_u128(1)),
            agent_id: AgentId::from_uuid(Uuid::from_u128(2)),
            digest: SecretDigest::of("secret"),
            client: "Firefox".to_owned(),
            created_at,
            seen_at: created_at + seen_after,
        }
    }

    fn after(age: SignedDuration) -> Timestamp {
        Timestamp::UNIX_EPOCH + age
    }

    #[test]
    fn a_session_ends_when_nothing_was_done_for_long() {
        let session = session(SignedDuration::from_hours(1));
        assert!(session.is_live(after(SignedDuration::from_mins(13 * 60 - 1))));
        assert!(!session.is_live(after(SignedDuration::from_hours(13))));
    }

    #[test]
    fn a_session_ends_in_the_end_however_much_is_done() {
        let just_before = SESSION_LIFETIME - SignedDuration::from_secs(1);
        assert!(session(just_before).is_live(after(just_before)));
        assert!(!session(just_before).is_live(after(SESSION_LIFETIME)));
    }

    #[test]
    fn that_it_was_used_is_written_once_a_minute() {
        let session = session(SignedDuration::ZERO);
        assert!(!session.is_seen_anew(after(SignedDuration::from_secs(59))));
        assert!(session.is_seen_anew(after(SignedDuration::from_secs(60))));
    }
}
