//! What members of staff do about tickets.

use application::ports::{Page, StorageError, TicketFilter};
use domain::{
    agent::{Role, StaffMember},
    ids::{AgentId, TicketEventId, TicketId},
    ticket::{Ticket, TicketStatus},
    ticket_work::{Changed, Deed, Priority, TicketEvent, TicketWork},
    topic::Slug,
};

use super::Desk;

pub async fn a_ticket_that_nobody_worked_on_has_no_work(desk: &Desk<'_>) {
    let ticket = written(desk, 1).await;
    assert_eq!(work_of(desk, &ticket).await, None);
}

pub async fn a_change_of_a_ticket_is_kept(desk: &Desk<'_>) {
    let (ticket, other) = (written(desk, 1).await, written(desk, 2).await);
    let agent = agent(desk).await;
    let first = changed(TicketStatus::Pending, work(Some(agent), Priority::Urgent, 1));
    desk.write(async |tx| tx.ticket_work().change(&ticket, 0, &first).await).await;
    let now = Ticket { status: first.status, topic: first.topic.clone(), ..ticket.clone() };
    assert_eq!(find(desk, ticket.id).await, now);
    assert_eq!(work_of(desk, &ticket).await, Some(first.work));
    let second = changed(TicketStatus::Open, work(None, Priority::Low, 2));
    desk.write(async |tx| tx.ticket_work().change(&now, 1, &second).await).await;
    assert_eq!(work_of(desk, &ticket).await, Some(second.work));
    assert_eq!((find(desk, other.id).await, work_of(desk, &other).await), (other.clone(), None));
}

pub async fn of_two_changes_of_one_ticket_the_later_is_stale(desk: &Desk<'_>) {
    let ticket = written(desk, 1).await;
    let mine = changed(ticket.status, work(None, Priority::High, 1));
    desk.write(async |tx| tx.ticket_work().change(&ticket, 0, &mine).await).await;
    let read = Ticket { topic: mine.topic.clone(), ..ticket.clone() };
    for (read, version) in
        [(&ticket, 1), (&read, 0), (&Ticket { status: TicketStatus::Closed, ..read.clone() }, 1)]
    {
        let late = desk.try_write(async |tx| tx.ticket_work().change(read, version, &mine).await).await;
        assert!(matches!(late, Err(StorageError::Stale)), "{late:?}");
    }
    assert_eq!(work_of(desk, &ticket).await, Some(mine.work));
}

pub async fn what_was_done_about_a_ticket_is_listed_newest_first(desk: &Desk<'_>) {
    let (ticket, other) = (written(desk, 1).await, written(desk, 2).await);
    let agent = agent(desk).await;
    let done = [
        event(desk, ticket.id, Some(agent), Deed::Status, Some("open"), Some("pending")),
        event(desk, ticket.id, None, Deed::Assignee, None, Some("somebody")),
        event(desk, ticket.id, Some(agent), Deed::Note, None, Some("Call back\nat noon ☎")),
    ];
    let elsewhere = event(desk, other.id, Some(agent), Deed::Note, None, Some("Other"));
    desk.write(async |tx| {
        tx.ticket_work().record(&done).await?;
        tx.ticket_work().record(std::slice::from_ref(&elsewhere)).await
    })
    .await;
    let page = async |page| desk.read(async |tx| tx.ticket_work().events_of(ticket.id, page).await).await;
    let newest_first: Vec<_> = done.iter().rev().cloned().collect();
    assert_eq!(page(Page::first(9)).await, newest_first);
    let rest = Page { before: Some(done[1].id.as_uuid()), limit: 9 };
    assert_eq!(page(rest).await, newest_first[2..]);
    assert_eq!(page(Page::first(1)).await, newest_first[..1]);
}

/// The list has those of these tickets that are at `places`, in that order.
async fn assert_lists(desk: &Desk<'_>, tickets: &[Ticket], filter: TicketFilter, places: &[usize]) {
    let page = desk.read(async |tx| tx.tickets().page(&filter, Page::first(9)).await).await;
    let ids: Vec<_> = page.iter().map(|ticket| ticket.id).collect();
    let expected: Vec<_> = places.iter().map(|place| tickets[*place].id).collect();
    assert_eq!(ids, expected, "{filter:?}");
}

pub async fn the_tickets_of_an_agent_are_listed(desk: &Desk<'_>) {
    let tickets = [written(desk, 1).await, written(desk, 2).await, written(desk, 3).await];
    let agent = agent(desk).await;
    for ticket in &tickets[..2] {
        let taken = changed(ticket.status, work(Some(agent), Priority::Normal, 1));
        desk.write(async |tx| tx.ticket_work().change(ticket, 0, &taken).await).await;
    }
    let lists = async |filter, places: &[usize]| assert_lists(desk, &tickets, filter, places).await;
    let own = TicketFilter { assignee: Some(Some(agent)), ..TicketFilter::default() };
    lists(own.clone(), &[1, 0]).await;
    let open = TicketFilter { status: Some(TicketStatus::Open), ..own.clone() };
    lists(open, &[1, 0]).await;
    let pricing = TicketFilter { topic: Some(Slug::restore("pricing".to_owned())), ..own.clone() };
    lists(pricing, &[1, 0]).await;
    let closed = TicketFilter { status: Some(TicketStatus::Closed), ..own };
    lists(closed, &[]).await;
    let another = Some(Some(AgentId::from_uuid(desk.id())));
    lists(TicketFilter { assignee: another, ..TicketFilter::default() }, &[]).await;
}

pub async fn the_tickets_that_nobody_works_on_are_listed(desk: &Desk<'_>) {
    let tickets = [written(desk, 1).await, written(desk, 2).await, written(desk, 3).await];
    let (agent, mut tickets_as_read) = (agent(desk).await, tickets.clone());
    for (place, assignee, version) in [(0, Some(agent), 1), (1, Some(agent), 1), (1, None, 2)] {
        let changed = changed(tickets[place].status, work(assignee, Priority::Normal, version));
        let read = &mut tickets_as_read[place];
        desk.write(async |tx| tx.ticket_work().change(read, version - 1, &changed).await).await;
        read.topic = changed.topic;
    }
    let lists = async |filter, places: &[usize]| assert_lists(desk, &tickets, filter, places).await;
    let nobodys = TicketFilter { assignee: Some(None), ..TicketFilter::default() };
    lists(nobodys.clone(), &[2, 1]).await;
    let pricing = TicketFilter { topic: Some(Slug::restore("pricing".to_owned())), ..nobodys.clone() };
    lists(pricing, &[1]).await;
    let closed = TicketFilter { status: Some(TicketStatus::Closed), ..nobodys };
    lists(closed, &[]).await;
}

pub async fn tickets_are_listed_by_how_much_they_matter(desk: &Desk<'_>) {
    let tickets =
        [written(desk, 1).await, written(desk, 2).await, written(desk, 3).await, written(desk, 4).await];
    let agent = agent(desk).await;
    for (ticket, assignee, priority) in [
        (&tickets[0], Some(agent), Priority::Urgent),
        (&tickets[1], None, Priority::Urgent),
        (&tickets[2], Some(agent), Priority::Normal),
    ] {
        let changed = changed(ticket.status, work(assignee, priority, 1));
        desk.write(async |tx| tx.ticket_work().change(ticket, 0, &changed).await).await;
    }
    let lists = async |filter, places: &[usize]| assert_lists(desk, &tickets, filter, places).await;
    let of = |priority| TicketFilter { priority: Some(priority), ..TicketFilter::default() };
    lists(of(Priority::Urgent), &[1, 0]).await;
    lists(of(Priority::Normal), &[3, 2]).await;
    lists(of(Priority::Low), &[]).await;
    lists(TicketFilter { assignee: Some(Some(agent)), ..of(Priority::Urgent) }, &[0]).await;
    lists(TicketFilter { assignee: Some(None), ..of(Priority::Urgent) }, &[1]).await;
    let closed = TicketFilter { status: Some(TicketStatus::Closed), ..of(Priority::Urgent) };
    lists(closed, &[]).await;
}

pub async fn erasing_a_user_takes_the_notes_on_its_tickets(desk: &Desk<'_>) {
    let user = desk.registered().await;
    let ticket = desk.ticket(1, Some(&user));
    let note = event(desk, ticket.id, None, Deed::Note, None, Some("Ana called"));
    let status = event(desk, ticket.id, None, Deed::Status, Some("open"), Some("pending"));
    desk.write(async |tx| {
        tx.tickets().insert(std::slice::from_ref(&ticket)).await?;
        tx.ticket_work().record(&[note, status.clone()]).await?;
        tx.users().erase(user.id, desk.now()).await
    })
    .await;
    let left = desk.read(async |tx| tx.ticket_work().events_of(ticket.id, Page::first(9)).await).await;
    assert_eq!(left, [status]);
}

async fn written(desk: &Desk<'_>, number: u64) -> Ticket {
    let ticket = desk.ticket(number, None);
    desk.write(async |tx| tx.tickets().insert(std::slice::from_ref(&ticket)).await).await;
    ticket
}

async fn agent(desk: &Desk<'_>) -> AgentId {
    let member = StaffMember {
        id: AgentId::from_uuid(desk.id()),
        email: "ana@example.com".to_owned(),
        password_hash: "$argon2id$v=19$hash".to_owned(),
        role: Role::Agent,
        created_at: desk.now(),
        deactivated_at: None,
    };
    desk.write(async |tx| tx.agents().insert(&member).await).await;
    member.id
}

const fn work(assignee: Option<AgentId>, priority: Priority, version: u32) -> TicketWork {
    TicketWork { assignee, priority, version }
}

fn changed(status: TicketStatus, work: TicketWork) -> Changed {
    Changed { status, topic: Slug::restore("pricing".to_owned()), work, deeds: Vec::new() }
}

fn event(
    desk: &Desk<'_>,
    ticket_id: TicketId,
    agent_id: Option<AgentId>,
    deed: Deed,
    before: Option<&str>,
    after: Option<&str>,
) -> TicketEvent {
    TicketEvent {
        id: TicketEventId::from_uuid(desk.id()),
        ticket_id,
        agent_id,
        deed,
        before: before.map(str::to_owned),
        after: after.map(str::to_owned),
        at: desk.now(),
    }
}

async fn find(desk: &Desk<'_>, id: TicketId) -> Ticket {
    desk.read(async |tx| tx.tickets().find(id).await).await.expect("the ticket is there")
}

async fn work_of(desk: &Desk<'_>, ticket: &Ticket) -> Option<TicketWork> {
    let found = desk.read(async |tx| tx.ticket_work().of_tickets(&[ticket.id]).await).await;
    found.first().map(|(_, work)| *work)
}
