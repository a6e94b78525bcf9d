//! How often each bot may call this process.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use domain::{ids::BotId, rate_limit::RateLimit};
use jiff::{SignedDuration, Timestamp};

/// One rate limit for each bot that called.
pub(crate) struct BotLimits {
    /// The limit of a bot that has not called yet; none if there is no limit.
    fresh: Option<RateLimit>,
    by_bot: Mutex<HashMap<BotId, RateLimit>>,
}

impl BotLimits {
    pub(crate) fn per_second(calls: u32) -> Self {
        Self { fresh: RateLimit::per_second(calls), by_bot: Mutex::default() }
    }

    /// Takes one call of `bot`, or says how long it has to wait.
    pub(super) fn take(&self, bot: BotId, now: Timestamp) -> Result<(), SignedDuration> {
        let Some(fresh) = self.fresh else { return Ok(()) };
        let mut by_bot = self.by_bot.lock().unwrap_or_else(PoisonError::into_inner);
        by_bot.entry(bot).or_insert(fresh).take(now)
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    const NOW: Timestamp = Timestamp::UNIX_EPOCH;

    fn taken(limits: &BotLimits, bot: u128) -> usize {
        let bot = BotId::from_uuid(Uuid::from_u128(bot));
        (0..100).take_while(|_| limits.take(bot, NOW).is_ok()).count()
    }

    #[test]
    fn each_bot_has_its_own_limit() {
        let limits = BotLimits::per_second(2);
        assert_eq!([taken(&limits, 1), taken(&limits, 2), taken(&limits, 1)], [8, 8, 0]);
    }

    #[test]
    fn zero_means_no_limit() {
        assert_eq!(taken(&BotLimits::per_second(0), 1), 100);
    }
}
