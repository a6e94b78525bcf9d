//! Erasing at one replica while another one writes entries for searching.

use std::{slice::from_ref, sync::Arc};

use application::ports::{Changed, Storage as _, Transaction, atomically};
use domain::{
    ids::TicketId,
    language::Language,
    search::{TicketEntry, UserEntry},
    ticket::{Chat, Reference, Ticket, TicketStatus},
    topic::Slug,
    user::User,
};
use port_contracts::TEST_BEGINS;
use uuid::Uuid;

use crate::replicas::Replicas;

fn ticket_of(user: &User) -> Ticket {
    Ticket {
        id: TicketId::from_uuid(Uuid::from_u128(1)),
        reference: Reference::new(1),
        user_id: Some(user.id),
        bot_id: user.bot_id,
        topic: Slug::restore("support".to_owned()),
        topic_asked: None,
        description: "Nobody is to read this.".to_owned(),
        status: TicketStatus::Open,
        chat: Chat { customer: None, uuid: None },
        reply_to: None,
        language: Language::ENGLISH,
        fields: user.fields.clone(),
        created_at: TEST_BEGINS,
    }
}

/// An erasure at one replica, while entries for searching are written at the other that were read before it.
async fn erase_while_indexing(replicas: &Replicas, taken: &[&str]) {
    let user = replicas.users().await[0].id;
    let mut indexing = replicas.storages[0].begin().await.expect("it begins");
    let noted = indexing.search().take(99).await.expect("it is read");
    let storage = Arc::clone(&replicas.storages[1]);
    let erasing = tokio::spawn(async move {
        atomically(&*storage, async |tx| tx.users().erase(user, TEST_BEGINS).await).await
    });
    replicas.until_it_waits(&erasing).await;
    let users: Vec<_> = noted.users.iter().map(UserEntry::from).collect();
    let tickets: Vec<_> =
        noted.tickets.iter().map(|(ticket, origin)| TicketEntry::new(ticket, origin.clone())).collect();
    indexing.search().put(&users, &tickets).await.expect("it is written");
    indexing.commit().await.expect("it is committed");
    erasing.await.expect("it ends").expect("it is erased").expect("it was known");
    for entries in taken {
        assert_eq!(replicas.schema.number(&format!("SELECT count(*) FROM {entries}")).await, 0, "{entries}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_erasure_waits_for_entries_of_the_search_and_takes_them() {
    let replicas = Replicas::new().await;
    replicas.call_both(&[r#"{"name": "Ana", "email": "ana@example.com"}"#]).await;
    erase_while_indexing(&replicas, &["user_search"]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_erasure_waits_for_entries_of_tickets_that_are_indexed_alone() {
    let replicas = Replicas::new().await;
    replicas.call_both(&[r#"{"name": "Ana", "email": "ana@example.com"}"#]).await;
    let ticket = ticket_of(&replicas.users().await[0]);
    let changed = Changed { users: Vec::new(), tickets: vec![ticket.id] };
    let opened = async |tx: &mut Transaction| {
        tx.tickets().insert(from_ref(&ticket)).await?;
        tx.search().take(99).await?;
        tx.search().note(&changed).await
    };
    atomically(&*replicas.storages[0], opened).await.expect("it is written");
    erase_while_indexing(&replicas, &["ticket_search"]).await;
}
