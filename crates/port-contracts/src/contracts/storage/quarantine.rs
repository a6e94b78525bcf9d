//! Calls that could not be understood.

use std::slice::from_ref;

use application::ports::{HeldCall, HeldStatus, Page, QuarantineFilter, StorageError};
use domain::{
    bot::{Bot, BotKeys, Hook, HookSecret, Secret},
    bot_call::{Field, RefusalCode},
    ids::{BotId, RequestId},
    intake::{CallPath, QuarantineReason, Quarantined, RawCall},
};

use super::{desk::Desk, paging::assert_pages};

pub async fn a_held_call_reads_back_as_it_arrived(desk: &Desk<'_>) {
    let calls = [
        Quarantined { reason: reason(RefusalCode::EmailUnreadable, Some(Field::Email)), ..call(desk) },
        Quarantined {
            reason: reason(RefusalCode::BodyUnreadable, None),
            path: CallPath::Tickets,
            ..call(desk)
        },
        Quarantined { raw: RawCall::default(), ..call(desk) },
    ];
    desk.write(async |tx| tx.quarantine().hold(&calls).await).await;
    for call in calls {
        let found = find(desk, call.request_id).await.expect("it is held");
        assert_eq!((&found.call.raw.query, &found.call.raw.body), (&call.raw.query, &call.raw.body));
        assert_eq!(found, HeldCall { call, bot: desk.bot.name.clone(), status: HeldStatus::Held });
    }
    assert_eq!(find(desk, RequestId::from_uuid(desk.id())).await, None);
}

pub async fn a_closed_call_stays_readable(desk: &Desk<'_>) {
    let [released, discarded] = [hold(desk).await, hold(desk).await];
    let taken_as = HeldStatus::Released(RequestId::from_uuid(desk.id()));
    close(desk, &released, taken_as).await.expect("it was held");
    close(desk, &discarded, HeldStatus::Discarded).await.expect("it was held");
    for (call, status) in [(released, taken_as), (discarded, HeldStatus::Discarded)] {
        let found = find(desk, call.request_id).await.expect("it is kept");
        assert_eq!(found, HeldCall { call, bot: desk.bot.name.clone(), status });
    }
}

pub async fn a_call_is_closed_once(desk: &Desk<'_>) {
    let call = hold(desk).await;
    close(desk, &call, HeldStatus::Discarded).await.expect("it was held");
    let again = close(desk, &call, HeldStatus::Released(RequestId::from_uuid(desk.id()))).await;
    assert!(matches!(again, Err(StorageError::Stale)));
    assert_eq!(find(desk, call.request_id).await.map(|held| held.status), Some(HeldStatus::Discarded));
}

pub async fn an_unknown_call_cannot_be_closed(desk: &Desk<'_>) {
    let outcome = close(desk, &call(desk), HeldStatus::Discarded).await;
    assert!(matches!(outcome, Err(StorageError::Stale)));
}

pub async fn held_calls_are_listed_newest_first_by_bot_and_standing(desk: &Desk<'_>) {
    let other_bot = Bot {
        id: BotId::from_uuid(desk.id()),
        name: "other bot".to_owned(),
        keys: BotKeys::new(Secret::bot_key([8; 32]).digest()),
        hook: Hook::new(HookSecret::new([8; 32])),
        ..desk.bot.clone()
    };
    desk.write(async |tx| tx.bots().insert(&other_bot).await).await;
    let calls: Vec<_> = (0..8)
        .map(|n| Quarantined { bot_id: if n % 4 == 0 { other_bot.id } else { desk.bot.id }, ..call(desk) })
        .collect();
    desk.write(async |tx| tx.quarantine().hold(&calls).await).await;
    for closed in [0, 1, 6] {
        close(desk, &calls[closed], HeldStatus::Discarded).await.expect("it was held");
    }
    let only = |bot: &Bot| QuarantineFilter { bot_id: Some(bot.id), with_closed: false };
    let everything = QuarantineFilter { bot_id: None, with_closed: true };
    for (filter, expected) in [
        (QuarantineFilter::default(), [7, 5, 4, 3, 2].as_slice()),
        (everything, &[7, 6, 5, 4, 3, 2, 1, 0]),
        (only(&desk.bot), &[7, 5, 3, 2]),
        (only(&other_bot), &[4]),
        (QuarantineFilter { with_closed: true, ..only(&other_bot) }, &[4, 0]),
    ] {
        let expected: Vec<_> = expected.iter().map(|&n| calls[n].request_id.as_uuid()).collect();
        assert_pages(&expected, async |page| {
            list(desk, filter, page).await.iter().map(|held| held.call.request_id.as_uuid()).collect()
        })
        .await;
    }
    let named = list(desk, only(&other_bot), Page::first(1)).await;
    assert_eq!(named[0].bot, "other bot");
}

const fn reason(code: RefusalCode, field: Option<Field>) -> QuarantineReason {
    QuarantineReason { code, field }
}

fn call(desk: &Desk<'_>) -> Quarantined {
    Quarantined {
        request_id: RequestId::from_uuid(desk.id()),
        bot_id: desk.bot.id,
        path: CallPath::Users,
        reason: reason(RefusalCode::NothingIdentifies, None),
        raw: RawCall { query: "name=%F0%9F%91%8B".to_owned(), body: b"{\"a\": \"\xff\0\xc3\x28\"".to_vec() },
        received_at: desk.now(),
    }
}

async fn hold(desk: &Desk<'_>) -> Quarantined {
    let call = call(desk);
    desk.write(async |tx| tx.quarantine().hold(from_ref(&call)).await).await;
    call
}

async fn find(desk: &Desk<'_>, id: RequestId) -> Option<HeldCall> {
    desk.read(async |tx| tx.quarantine().find(id).await).await
}

async fn list(desk: &Desk<'_>, filter: QuarantineFilter, page: Page) -> Vec<HeldCall> {
    desk.read(async |tx| tx.quarantine().page(filter, page).await).await
}

async fn close(desk: &Desk<'_>, call: &Quarantined, status: HeldStatus) -> Result<(), StorageError> {
    desk.try_write(async |tx| tx.quarantine().close(call.request_id, status, desk.now()).await).await
}
