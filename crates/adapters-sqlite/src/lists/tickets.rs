//! Which tickets a page has.

use application::ports::{Page, TicketFilter};
use diesel::{
    QueryResult, SqliteConnection,
    sql_types::{Binary, Nullable, Text},
};
use domain::{ticket::TicketStatus, ticket_work::Priority, topic::Slug};

use super::{Statement, Tables, ids, phrase};
use crate::columns::{Id, Named};

const TABLES: Tables = Tables { entries: "ticket_search", texts: "ticket_texts", id: "ticket_id" };

/// A ticket of which the row of its work is as what follows says.
const WORK: &str = "EXISTS (SELECT 1 FROM ticket_work WHERE ticket_work.ticket_id = tickets.id AND";

/// The ids of a page, newest first.
pub(crate) fn ticket_ids(
    connection: &mut SqliteConnection,
    filter: &TicketFilter,
    page: Page,
) -> QueryResult<Vec<Id>> {
    // The index of topics has them status by status.
    let statuses = match filter {
        TicketFilter {
            topic: Some(_),
            status: None,
            user_id: None,
            needle: None,
            origin: None,
            assignee: None,
            priority: None,
            ..
        } => TicketStatus::ALL,
        _ => return page_of(connection, filter, page),
    };
    let mut ids = Vec::new();
    for &status in statuses {
        let standing = TicketFilter { status: Some(status), ..filter.clone() };
        ids.extend(page_of(connection, &standing, page)?);
    }
    ids.sort_unstable_by(|a, b| b.cmp(a));
    ids.truncate(page.limit.into());
    Ok(ids)
}

fn page_of(connection: &mut SqliteConnection, filter: &TicketFilter, page: Page) -> QueryResult<Vec<Id>> {
    let TicketFilter { needle, origin, user_id, status, topic, assignee, priority, created } = filter;
    let bind = |statement: Statement| {
        statement
            .bind::<Text, _>(phrase(needle.as_ref()))
            .bind::<Nullable<Binary>, _>(user_id.map(Id::from))
            .bind::<Nullable<Text>, _>(status.map(Named))
            .bind::<Nullable<Text>, _>(topic.as_ref().map(Slug::to_string))
            .bind::<Nullable<Text>, _>(origin.clone())
            .bind::<Nullable<Binary>, _>(assignee.flatten().map(Id::from))
            .bind::<Nullable<Text>, _>(priority.map(Named))
    };
    ids(connection, &sql(filter), page, *created, bind)
}

fn sql(filter: &TicketFilter) -> String {
    let of_ticket = of_ticket(filter);
    let of_texts = if of_ticket.is_empty() {
        String::new()
    } else {
        format!(" AND EXISTS (SELECT 1 FROM tickets WHERE tickets.id = ticket_id{of_ticket})")
    };
    let own = if filter.origin.is_some() { " AND origin = ?9" } else { "" };
    if filter.needle.is_some() {
        return TABLES.search(&format!("{own}{of_texts}"), "?5", "?12");
    }
    if filter.origin.is_some() {
        return format!(
            "SELECT ticket_id AS id FROM ticket_search WHERE ticket_id < ?1 AND ticket_id >= ?2{own}{of_texts}
             ORDER BY ticket_id DESC LIMIT ?12"
        );
    }
    if let Some(indexed) = indexed_work(filter) {
        return format!(
            "SELECT ticket_id AS id FROM ticket_work
             WHERE {indexed} AND ticket_id < ?1 AND ticket_id >= ?2{of_texts}
             ORDER BY ticket_id DESC LIMIT ?12"
        );
    }
    format!("SELECT id FROM tickets WHERE id < ?1 AND id >= ?2{of_ticket} ORDER BY id DESC LIMIT ?12")
}

/// What of the work on tickets an index leads to. Nobody's tickets, and those of normal priority, need no row there.
fn indexed_work(filter: &TicketFilter) -> Option<&'static str> {
    match (filter.assignee, filter.priority) {
        (Some(Some(_)), _) => Some("assignee_id = ?10"),
        (_, Some(Priority::Low | Priority::High | Priority::Urgent)) => {
            Some("priority = ?11 AND priority <> 'normal'")
        }
        _ => None,
    }
}

/// What is asked of the work on a ticket.
fn of_work(filter: &TicketFilter) -> String {
    let assignee = match filter.assignee {
        Some(Some(_)) => format!(" AND {WORK} assignee_id = ?10)"),
        Some(None) => format!(" AND NOT {WORK} assignee_id IS NOT NULL)"),
        None => String::new(),
    };
    let priority = match filter.priority {
        Some(Priority::Normal) => format!(" AND NOT {WORK} priority <> 'normal')"),
        Some(_) => format!(" AND {WORK} priority = ?11)"),
        None => String::new(),
    };
    assignee + &priority
}

/// What is asked of the ticket itself, and of the work on it.
fn of_ticket(filter: &TicketFilter) -> String {
    let asked = [
        (filter.user_id.is_some(), " AND user_id = ?6"),
        (filter.status.is_some(), " AND status = ?7"),
        (filter.topic.is_some(), " AND topic = ?8"),
        (filter.created.is_limited(), " AND created_at >= ?3 AND created_at < ?4"),
    ];
    let own: String =
        asked.into_iter().filter(|(is_asked, _)| *is_asked).map(|(_, condition)| condition).collect();
    own + &of_work(filter)
}
