//! `ChangeTicket`, `AddNote`.

use std::sync::Arc;

use application::{
    jobs::CheckLedger,
    ports::{Page, TicketFilter},
    routing::{SetTopic, TopicChange},
    tickets::{
        AddNote, AddNoteError, BulkChange, ChangeTicket, ChangeTicketError, ChangeTickets, Chosen, NOTE_MAX,
    },
};
use domain::{
    agent::{Role, StaffMember},
    channel::CHAT_CHANNEL_ID,
    ids::{AgentId, TicketId},
    message::Content,
    notification::{Notification, Purpose},
    ticket::TicketStatus,
    ticket_work::{Deed, Priority, TicketChange, TicketEvent},
    topic::Slug,
};
use port_contracts::{Fault, Operation};

use crate::{desk::Desk, talk::agent};

fn changing(desk: &Desk) -> ChangeTicket {
    ChangeTicket { storage: desk.storage(), clock: desk.clock(), ids: Arc::clone(&desk.ids) as _ }
}

fn noting(desk: &Desk) -> AddNote {
    AddNote { storage: desk.storage(), clock: desk.clock(), ids: Arc::clone(&desk.ids) as _ }
}

/// A desk with a ticket.
async fn asked() -> (Desk, TicketId) {
    let desk = Desk::open().await;
    let answer = desk.ask("sales", "ana@example.com").await;
    let reference = answer.reference.expect("a ticket").parse().expect("a reference");
    let id = desk.ticket(reference).await.id;
    (desk, id)
}

async fn events(desk: &Desk, id: TicketId) -> Vec<TicketEvent> {
    desk.look(async |tx| tx.ticket_work().events_of(id, Page::first(99)).await).await
}

async fn member(desk: &Desk, active: bool) -> AgentId {
    let id = AgentId::from_uuid(desk.request_id().as_uuid());
    let member = StaffMember {
        id,
        email: format!("{id}@example.com"),
        password_hash: String::new(),
        role: Role::Agent,
        created_at: desk.clock().now(),
        deactivated_at: (!active).then(|| desk.clock().now()),
    };
    desk.change(async |tx| tx.agents().insert(&member).await).await;
    id
}

fn to(status: TicketStatus) -> TicketChange {
    TicketChange { status: Some(status), ..TicketChange::default() }
}

/// What chats are owed, the oldest first.
async fn owed_to_chats(desk: &Desk) -> Vec<Notification> {
    let mut owed = desk.notifications().await;
    owed.retain(|one| one.channel_id == CHAT_CHANNEL_ID);
    owed.sort_by_key(|one| one.id);
    owed
}

#[tokio::test]
async fn a_chat_is_brought_up_to_date_each_time_that_its_ticket_moves() {
    let desk = Desk::open().await;
    let rules = TopicChange {
        reference_field: Some("ticket_ref".parse().ok()),
        status_field: Some("ticket_status".parse().ok()),
        resume_at: Some("1010178/Nkqgn6xkf".parse().ok()),
        ..TopicChange::default()
    };
    let support = Slug::parse("support").expect("a slug");
    let set = SetTopic { storage: desk.storage(), audit: desk.audit() };
    set.execute(&support, rules, None).await.expect("it is set");
    let asked = desk.ask_in_chat(None).await;
    let id = desk.ticket(asked).await.id;
    let agent = agent(Role::Agent);
    for status in [TicketStatus::Pending, TicketStatus::Resolved] {
        changing(&desk).execute(&agent, id, &to(status), None).await.expect("it may");
    }
    let owed = owed_to_chats(&desk).await;
    let purposes: Vec<_> = owed.iter().map(|one| one.purpose).collect();
    assert_eq!(purposes, [Purpose::ChatFields, Purpose::ChatFields, Purpose::ChatResumed]);
    let ledger = CheckLedger { storage: desk.storage(), clock: desk.clock() };
    assert_eq!(
        ledger.execute().await.expect("storage works"),
        [],
        "what was planned beside calls is in the ledger"
    );

    let Content::ChatUpdate { update } = desk.open_attempt(owed[2].id).await.message.content else {
        panic!("it is about the chat")
    };
    let written: Vec<_> = update.writes.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(written, [("ticket_ref", asked.to_string().as_str()), ("ticket_status", "resolved")]);
    assert_eq!(update.resume_at.map(|point| point.to_string()).as_deref(), Some("1010178/Nkqgn6xkf"));
}

#[tokio::test]
async fn what_stays_where_it_stands_owes_its_chat_nothing() {
    let desk = Desk::open().await;
    let rules = TopicChange { status_field: Some("ticket_status".parse().ok()), ..TopicChange::default() };
    let asked = desk.ask_in_chat(None).await;
    let set = SetTopic { storage: desk.storage(), audit: desk.audit() };
    set.execute(&Slug::parse("support").expect("a slug"), rules, None).await.expect("it is set");
    let id = desk.ticket(asked).await.id;
    let urgent = TicketChange { priority: Some(Priority::Urgent), ..TicketChange::default() };
    changing(&desk).execute(&agent(Role::Agent), id, &urgent, None).await.expect("it may");
    assert_eq!(owed_to_chats(&desk).await, []);
}

#[tokio::test]
async fn a_change_is_written_with_what_was_done_and_by_whom() {
    let (desk, id) = asked().await;
    let (me, bea) = (agent(Role::Agent), member(&desk, true).await);
    let wanted = TicketChange {
        status: Some(TicketStatus::Pending),
        topic: Some(Slug::parse("support").expect("a slug")),
        priority: Some(Priority::High),
        assignee: Some(Some(bea)),
    };
    let changed = changing(&desk).execute(&me, id, &wanted, Some(0)).await.expect("it may");
    assert_eq!((changed.ticket.status, changed.work.assignee), (TicketStatus::Pending, Some(bea)));
    let found = desk.look(async |tx| tx.tickets().find(id).await).await.expect("the ticket");
    assert_eq!(found, changed.ticket);
    let done = events(&desk, id).await;
    let deeds: Vec<_> = done.iter().rev().map(|event| event.deed).collect();
    assert_eq!(deeds, [Deed::Status, Deed::Topic, Deed::Priority, Deed::Assignee]);
    assert!(done.iter().all(|event| event.agent_id == Some(me.id())));
}

#[tokio::test]
async fn a_change_that_is_none_is_not_told() {
    let (desk, id) = asked().await;
    let same = changing(&desk).execute(&agent(Role::Agent), id, &to(TicketStatus::Open), None).await;
    assert_eq!(same.expect("it may").work.version, 0);
    assert_eq!(events(&desk, id).await, []);
}

#[tokio::test]
async fn who_has_seen_an_older_state_changes_nothing() {
    let (desk, id) = asked().await;
    let me = agent(Role::Agent);
    let change = changing(&desk);
    change.execute(&me, id, &to(TicketStatus::Pending), Some(0)).await.expect("it may");
    let late = change.execute(&me, id, &to(TicketStatus::Resolved), Some(0)).await;
    assert!(matches!(late, Err(ChangeTicketError::Stale)), "{late:?}");
    change.execute(&me, id, &to(TicketStatus::Resolved), Some(1)).await.expect("it was looked at");
}

#[tokio::test]
async fn what_cannot_be_is_refused_and_nothing_is_written() {
    let (desk, id) = asked().await;
    let (me, gone) = (agent(Role::Agent), member(&desk, false).await);
    let change = changing(&desk);
    let run = async |wanted: TicketChange| change.execute(&me, id, &wanted, None).await;
    let elsewhere =
        TicketChange { topic: Some(Slug::parse("nowhere").expect("a slug")), ..to(TicketStatus::Pending) };
    assert!(matches!(run(elsewhere).await, Err(ChangeTicketError::Topic(_))));
    let to_nobody = TicketChange { assignee: Some(Some(gone)), ..to(TicketStatus::Pending) };
    assert!(matches!(run(to_nobody).await, Err(ChangeTicketError::Assignee)));
    assert!(matches!(run(to(TicketStatus::Closed)).await, Err(ChangeTicketError::Status(_))));
    let viewer = change.execute(&agent(Role::Viewer), id, &to(TicketStatus::Pending), None).await;
    assert!(matches!(viewer, Err(ChangeTicketError::NotAllowed)));
    desk.storage.fail_next(Operation::TicketWorkRecord, Fault::Unavailable);
    assert!(matches!(run(to(TicketStatus::Pending)).await, Err(ChangeTicketError::Storage(_))));
    let found = desk.look(async |tx| tx.tickets().find(id).await).await.expect("the ticket");
    assert_eq!((found.status, events(&desk, id).await), (TicketStatus::Open, Vec::new()));
}

#[tokio::test]
async fn a_note_is_kept_with_its_lines_and_its_author() {
    let (desk, id) = asked().await;
    let me = agent(Role::Agent);
    let add = noting(&desk);
    let note = add.execute(&me, id, " She called,\r\ntwice. ").await.expect("a note");
    assert_eq!(note.after.as_deref(), Some("She called,\ntwice."));
    assert_eq!(events(&desk, id).await, [note]);
    for text in ["", " \n ", &"a".repeat(NOTE_MAX + 1)] {
        assert!(matches!(add.execute(&me, id, text).await, Err(AddNoteError::Text)), "{}", text.len());
    }
    assert!(matches!(add.execute(&agent(Role::Viewer), id, "No").await, Err(AddNoteError::NotAllowed)));
    let nowhere = TicketId::from_uuid(desk.request_id().as_uuid());
    assert!(matches!(add.execute(&me, nowhere, "Lost").await, Err(AddNoteError::Unknown)));
}

fn changing_many(desk: &Desk) -> ChangeTickets {
    ChangeTickets { storage: desk.storage(), clock: desk.clock(), ids: Arc::clone(&desk.ids) as _ }
}

/// A desk with so many tickets, the newest first.
async fn asked_times(count: usize) -> (Desk, Vec<TicketId>) {
    let desk = Desk::open().await;
    for n in 0..count {
        desk.ask("sales", &format!("ana{n}@example.com")).await;
    }
    let all = TicketFilter::default();
    let tickets = desk.look(async |tx| tx.tickets().page(&all, Page::first(u16::MAX)).await).await;
    (desk, tickets.into_iter().map(|ticket| ticket.id).collect())
}

#[tokio::test]
async fn a_whole_list_is_changed_and_nothing_else() {
    let (desk, ids) = asked_times(120).await;
    let me = agent(Role::Agent);
    changing(&desk).execute(&me, ids[7], &to(TicketStatus::Pending), None).await.expect("it may");
    let open = TicketFilter { status: Some(TicketStatus::Open), ..TicketFilter::default() };
    let listed = Chosen::Listed(Box::new(open));
    let bulk = changing_many(&desk).execute(&me, &listed, &to(TicketStatus::Resolved)).await;
    assert_eq!(bulk.expect("it may"), BulkChange { changed: 119, stayed: 0, is_cut: false });
    let standing = async |status| {
        let filter = TicketFilter { status: Some(status), ..TicketFilter::default() };
        desk.look(async |tx| tx.tickets().page(&filter, Page::first(u16::MAX)).await).await.len()
    };
    assert_eq!((standing(TicketStatus::Resolved).await, standing(TicketStatus::Pending).await), (119, 1));
    assert_eq!(events(&desk, ids[0]).await[0].agent_id, Some(me.id()));
}

#[tokio::test]
async fn what_cannot_be_changed_or_is_gone_stays_and_is_counted() {
    let (desk, mut ids) = asked_times(3).await;
    let me = agent(Role::Agent);
    changing(&desk).execute(&me, ids[1], &to(TicketStatus::Resolved), None).await.expect("it may");
    ids.push(TicketId::from_uuid(desk.request_id().as_uuid()));
    let chosen = Chosen::These(ids.clone());
    let bulk = changing_many(&desk).execute(&me, &chosen, &to(TicketStatus::Pending)).await;
    assert_eq!(bulk.expect("it may"), BulkChange { changed: 2, stayed: 2, is_cut: false });
    let viewer = changing_many(&desk).execute(&agent(Role::Viewer), &chosen, &to(TicketStatus::Open)).await;
    assert!(matches!(viewer, Err(ChangeTicketError::NotAllowed)));
}

#[tokio::test]
async fn a_bulk_change_that_lost_a_race_is_run_again() {
    let (desk, ids) = asked_times(2).await;
    desk.storage.fail_next(Operation::TicketWorkChange, Fault::Stale);
    let chosen = Chosen::These(ids);
    let bulk = changing_many(&desk).execute(&agent(Role::Agent), &chosen, &to(TicketStatus::Pending)).await;
    assert_eq!(bulk.expect("it may").changed, 2);
}
