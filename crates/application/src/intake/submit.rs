//! A call on its way in.

use std::sync::Arc;

use domain::{
    answer::Answer,
    bot::Bot,
    bot_call::{
        BotCall, Field, Fields, ReadingContext, RefusalCode, Refused, read_tickets_call, read_users_call,
    },
    ids::RequestId,
    intake::{CallPath, CallingBot, PendingCall, RawCall, Replay},
    text::IDEMPOTENCY_KEY_MAX,
};
use jiff::{SignedDuration, Timestamp};

use super::IntakeLane;
use crate::ports::Clock;

/// Reads a bot's call and waits for what becomes of it.
#[derive(Clone)]
pub struct SubmitCall {
    /// Where calls queue.
    pub lane: IntakeLane,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// How long an equal call without an idempotency key is a replay; none if zero.
    pub replay_window: SignedDuration,
}

impl SubmitCall {
    /// Takes a call of `bot` as it arrived.
    pub async fn execute(
        &self,
        bot: &Bot,
        request_id: RequestId,
        path: CallPath,
        raw: RawCall,
        key: Option<&str>,
    ) -> Answer {
        let call = pending_call(bot, request_id, path, raw, key, self.replay_window, self.clock.now());
        self.lane.submit(call).await
    }
}

/// Reads what arrived.
pub(crate) fn pending_call(
    bot: &Bot,
    request_id: RequestId,
    path: CallPath,
    raw: RawCall,
    key: Option<&str>,
    replay_window: SignedDuration,
    now: Timestamp,
) -> PendingCall {
    let context = ReadingContext { bot: bot.id, country: bot.default_country };
    let read = check_key(key).and_then(|()| read_call(path, &raw, context));
    let replay = read.as_ref().ok().and_then(|call| Replay::of(call, path, bot.id, key, replay_window, now));
    PendingCall { request_id, bot: CallingBot::from(bot), path, read, replay, raw, received_at: now }
}

fn read_call(path: CallPath, raw: &RawCall, context: ReadingContext) -> Result<BotCall, Refused> {
    let fields = Fields::read(&raw.query, &raw.body)?;
    match path {
        CallPath::Users => read_users_call(&fields, &context),
        CallPath::Tickets => read_tickets_call(&fields, &context),
        CallPath::Messages => Err(Refused::UNREADABLE),
    }
}

fn check_key(key: Option<&str>) -> Result<(), Refused> {
    match key {
        Some(key) if key.chars().count() > IDEMPOTENCY_KEY_MAX => {
            Err(Refused { field: Some(Field::IdempotencyKey), code: RefusalCode::IdempotencyKeyUnreadable })
        }
        _ => Ok(()),
    }
}
