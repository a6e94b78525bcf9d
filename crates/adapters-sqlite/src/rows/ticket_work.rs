//! What members of staff do about tickets.

use diesel::prelude::*;
use domain::{
    ids::TicketId,
    ticket_work::{Deed, Priority, TicketEvent, TicketWork},
};

use crate::{
    columns::{At, Id, Named},
    schema::{ticket_events, ticket_work},
};

#[derive(Insertable, AsChangeset, Queryable, Selectable)]
#[diesel(table_name = ticket_work, treat_none_as_default_value = false, treat_none_as_null = true)]
pub(crate) struct TicketWorkRow {
    ticket_id: Id,
    assignee_id: Option<Id>,
    priority: Named<Priority>,
    version: i64,
}

impl TicketWorkRow {
    pub(crate) fn new(ticket: TicketId, work: &TicketWork) -> Self {
        Self {
            ticket_id: ticket.into(),
            assignee_id: work.assignee.map(Id::from),
            priority: Named(work.priority),
            version: work.version.into(),
        }
    }
}

impl From<TicketWorkRow> for (TicketId, TicketWork) {
    fn from(row: TicketWorkRow) -> Self {
        let work = TicketWork {
            assignee: row.assignee_id.map(Into::into),
            priority: row.priority.0,
            version: u32::try_from(row.version).unwrap_or(u32::MAX),
        };
        (row.ticket_id.into(), work)
    }
}

#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = ticket_events, treat_none_as_default_value = false)]
pub(crate) struct TicketEventRow {
    id: Id,
    ticket_id: Id,
    agent_id: Option<Id>,
    kind: Named<Deed>,
    before: Option<String>,
    after: Option<String>,
    at: At,
}

impl From<&TicketEvent> for TicketEventRow {
    fn from(event: &TicketEvent) -> Self {
        Self {
            id: event.id.into(),
            ticket_id: event.ticket_id.into(),
            agent_id: event.agent_id.map(Id::from),
            kind: Named(event.deed),
            before: event.before.clone(),
            after: event.after.clone(),
            at: At(event.at),
        }
    }
}

impl From<TicketEventRow> for TicketEvent {
    fn from(row: TicketEventRow) -> Self {
        Self {
            id: row.id.into(),
            ticket_id: row.ticket_id.into(),
            agent_id: row.agent_id.map(Into::into),
            deed: row.kind.0,
            before: row.before,
            after: row.after,
            at: row.at.0,
        }
    }
}
