//! Which tickets a page has.

use application::ports::{Page, TicketFilter};
use diesel::{
    QueryResult,
    sql_types::{Nullable, Text, Uuid},
};
use diesel_async::AsyncPgConnection;
use domain::{ticket::TicketStatus, ticket_work::Priority, topic::Slug};

use super::{List, Range, Texts, pattern};
use crate::{
    columns::{Id, Named},
    statement::Statement,
};

const TEXTS: Texts = Texts { table: "ticket_search", id: "ticket_id" };

/// A ticket of which the row of its work is as what follows says.
const WORK: &str = "EXISTS (SELECT FROM ticket_work WHERE ticket_work.ticket_id = tickets.id AND";

/// The ids of a page, newest first.
pub(crate) async fn ticket_ids(
    connection: &mut AsyncPgConnection,
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
        _ => return page_of(connection, filter, page).await,
    };
    let mut ids = Vec::new();
    for &status in statuses {
        let standing = TicketFilter { status: Some(status), ..filter.clone() };
        ids.extend(page_of(connection, &standing, page).await?);
    }
    ids.sort_unstable_by(|a, b| b.cmp(a));
    ids.truncate(page.limit.into());
    Ok(ids)
}

async fn page_of(
    connection: &mut AsyncPgConnection,
    filter: &TicketFilter,
    page: Page,
) -> QueryResult<Vec<Id>> {
    let TicketFilter { needle, origin, user_id, status, topic, assignee, priority, created } = filter;
    let pattern = pattern(needle.as_ref());
    let (user, status, assignee) =
        (user_id.map(Id::from), status.map(Named), assignee.flatten().map(Id::from));
    let bind = |statement: Statement<'static>| {
        statement
            .bind::<Text, _>(pattern.clone())
            .bind::<Nullable<Uuid>, _>(user)
            .bind::<Nullable<Text>, _>(status)
            .bind::<Nullable<Text>, _>(topic.as_ref().map(Slug::to_string))
            .bind::<Nullable<Text>, _>(origin.clone())
            .bind::<Nullable<Uuid>, _>(assignee)
            .bind::<Nullable<Text>, _>(priority.map(Named))
    };
    let list = List { page, created: *created, bind: &bind };
    let of_ticket = of_ticket(filter);
    let of_texts = if of_ticket.is_empty() {
        String::new()
    } else {
        format!(" AND EXISTS (SELECT FROM tickets WHERE tickets.id = ticket_id{of_ticket})")
    };
    let (by_origin, own) = match origin {
        Some(_) => (Range::new("ticket_id", &["origin"], &["$10"]), " AND origin = $10"),
        None => (Range::new("ticket_id", &[], &[]), ""),
    };
    if needle.is_some() {
        return list.search(connection, &TEXTS, &by_origin, [own, &of_texts]).await;
    }
    let sql = if origin.is_some() {
        let Range { condition, order } = by_origin;
        format!(
            "SELECT ticket_id AS id FROM ticket_search WHERE {condition}{of_texts} ORDER BY {order} LIMIT $5"
        )
    } else if let Some((Range { condition, order }, indexed)) = range_of_work(filter) {
        format!(
            "SELECT ticket_id AS id FROM ticket_work
             WHERE {indexed} AND {condition}{of_texts} ORDER BY {order} LIMIT $5"
        )
    } else {
        let Range { condition, order } = range(filter);
        format!("SELECT id FROM tickets WHERE {condition}{of_ticket} ORDER BY {order} LIMIT $5")
    };
    list.ids(connection, sql).await
}

/// The index that leads to the fewest.
fn range(filter: &TicketFilter) -> Range {
    match filter {
        TicketFilter { user_id: Some(_), .. } => Range::new("id", &["user_id"], &["$7"]),
        TicketFilter { topic: Some(_), status: Some(_), .. } => {
            Range::new("id", &["topic", "status"], &["$9", "$8"])
        }
        TicketFilter { status: Some(_), .. } => Range::new("id", &["status"], &["$8"]),
        _ => Range::new("id", &[], &[]),
    }
}

/// The index of the work on tickets that leads to the fewest, and which of the work is in it. Nobody's tickets, and those
/// of normal priority, need no row there.
fn range_of_work(filter: &TicketFilter) -> Option<(Range, &'static str)> {
    match (filter.assignee, filter.priority) {
        (Some(Some(_)), _) => {
            Some((Range::new("ticket_id", &["assignee_id"], &["$11"]), "assignee_id = $11"))
        }
        (_, Some(Priority::Low | Priority::High | Priority::Urgent)) => {
            let range = Range::new("ticket_id", &["priority"], &["$12"]);
            Some((range, "priority = $12 AND priority <> 'normal'"))
        }
        _ => None,
    }
}

/// What is asked of the work on a ticket.
fn of_work(filter: &TicketFilter) -> String {
    let assignee = match filter.assignee {
        Some(Some(_)) => format!(" AND {WORK} assignee_id = $11)"),
        Some(None) => format!(" AND NOT {WORK} assignee_id IS NOT NULL)"),
        None => String::new(),
    };
    let priority = match filter.priority {
        Some(Priority::Normal) => format!(" AND NOT {WORK} priority <> 'normal')"),
        Some(_) => format!(" AND {WORK} priority = $12)"),
        None => String::new(),
    };
    assignee + &priority
}

/// What is asked of the ticket itself, and of the work on it.
fn of_ticket(filter: &TicketFilter) -> String {
    let asked = [
        (filter.user_id.is_some(), " AND user_id = $7"),
        (filter.status.is_some(), " AND status = $8"),
        (filter.topic.is_some(), " AND topic = $9"),
        (filter.created.is_limited(), " AND created_at >= $3 AND created_at < $4"),
    ];
    let own: String =
        asked.into_iter().filter(|(is_asked, _)| *is_asked).map(|(_, condition)| condition).collect();
    own + &of_work(filter)
}
