//! Tickets.

use std::{collections::BTreeSet, slice::from_ref, sync::Arc};

use application::ports::{Storage, StorageError, atomically};
use domain::{
    ids::TicketId,
    ticket::{Chat, Reference, Ticket},
};
use serde_json::Map;
use tokio::task::JoinSet;

use super::{
    desk::{Desk, let_others_go_on},
    paging::assert_pages,
};

pub async fn a_ticket_reads_back_as_it_was_written(desk: &Desk<'_>) {
    let user = desk.registered().await;
    let full = desk.opened_ticket(Some(&user)).await;
    let bare = Ticket {
        id: TicketId::from_uuid(desk.id()),
        reference: Reference::new(9_000_000_000),
        user_id: None,
        topic_asked: None,
        chat: Chat::default(),
        reply_to: None,
        fields: Map::new(),
        ..full.clone()
    };
    desk.write(async |tx| tx.tickets().insert(from_ref(&bare)).await).await;
    for ticket in [full, bare] {
        let found = desk.read(async |tx| tx.tickets().by_reference(ticket.reference).await).await;
        assert_same(&found.expect("the ticket is known"), &ticket);
        let found = desk.read(async |tx| tx.tickets().find(ticket.id).await).await;
        assert_same(&found.expect("the ticket is known"), &ticket);
    }
    let unknown = TicketId::from_uuid(desk.id());
    assert_eq!(desk.read(async |tx| tx.tickets().find(unknown).await).await, None);
}

/// Field by field, as `Debug` says nothing of what is personal.
fn assert_same(found: &Ticket, expected: &Ticket) {
    assert_eq!(
        (found.id, found.reference, found.user_id),
        (expected.id, expected.reference, expected.user_id)
    );
    assert_eq!(
        (found.bot_id, &found.topic, &found.topic_asked),
        (expected.bot_id, &expected.topic, &expected.topic_asked)
    );
    assert_eq!((&found.description, found.status), (&expected.description, expected.status));
    assert_eq!((&found.chat, &found.reply_to), (&expected.chat, &expected.reply_to));
    assert_eq!((&found.language, &found.fields), (&expected.language, &expected.fields));
    assert_eq!(found.created_at, expected.created_at);
}

pub async fn an_unknown_reference_is_no_ticket(desk: &Desk<'_>) {
    desk.opened_ticket(None).await;
    let found = desk.read(async |tx| tx.tickets().by_reference(Reference::new(123_456_789)).await).await;
    assert_eq!(found, None);
}

pub async fn a_block_of_numbers_is_the_takers_alone(desk: &Desk<'_>) {
    let first = desk.write(async |tx| tx.tickets().take_numbers(5).await).await;
    assert!(first >= 1, "a reference counts from 1");
    let second = desk.write(async |tx| tx.tickets().take_numbers(1).await).await;
    assert!(second >= first + 5, "{second} is one of the five from {first}");
    let (third, fourth) = desk
        .write(async |tx| Ok((tx.tickets().take_numbers(2).await?, tx.tickets().take_numbers(1).await?)))
        .await;
    assert!(third > second && fourth >= third + 2, "{third} and {fourth} in one unit of work");
}

pub async fn numbers_never_repeat_when_many_take_them_at_once(desk: &Desk<'_>) {
    let mut takers = JoinSet::new();
    for count in [1_usize, 2, 3, 5, 8, 13, 21, 34] {
        takers.spawn(take_numbers(desk.storage(), count));
    }
    let taken: Vec<u64> = takers.join_all().await.into_iter().flatten().collect();
    assert_eq!(taken.len(), 87);
    assert_eq!(taken.iter().collect::<BTreeSet<_>>().len(), 87, "{taken:?}");
}

async fn take_numbers(storage: Arc<dyn Storage>, count: usize) -> Vec<u64> {
    loop {
        let outcome = atomically(&*storage, async |tx| {
            let first = tx.tickets().take_numbers(count).await;
            let_others_go_on().await;
            first
        })
        .await;
        match outcome {
            Ok(first) => return (first..first + count as u64).collect(),
            Err(StorageError::Conflict(_) | StorageError::Stale) => {}
            Err(StorageError::Unavailable(error)) => panic!("the storage is away: {error}"),
        }
    }
}

pub async fn the_tickets_of_a_user_are_listed_newest_first(desk: &Desk<'_>) {
    let [user, other] = [desk.registered().await, desk.registered().await];
    let mut newest_first = Vec::new();
    for _ in 0..5 {
        desk.opened_ticket(Some(&other)).await;
        newest_first.insert(0, desk.opened_ticket(Some(&user)).await.id.as_uuid());
        desk.opened_ticket(None).await;
    }
    assert_pages(&newest_first, async |page| {
        let listed = desk.read(async |tx| tx.tickets().of_user(user.id, page).await).await;
        listed.iter().map(|ticket| ticket.id.as_uuid()).collect()
    })
    .await;
}
