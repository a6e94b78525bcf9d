//! Tickets as staff sees them: with the work on them.

use std::collections::HashMap;

use domain::{
    ids::TicketId,
    ticket::{Reference, Ticket},
    ticket_work::TicketWork,
};

use crate::ports::{StorageError, Transaction};

/// A ticket, and the work on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TicketAsWorkedOn {
    /// The ticket.
    pub ticket: Ticket,
    /// Who works on it.
    pub work: TicketWork,
}

/// Tickets with the work on them, in their order.
pub async fn with_work(
    tx: &mut Transaction,
    tickets: Vec<Ticket>,
) -> Result<Vec<TicketAsWorkedOn>, StorageError> {
    let ids: Vec<_> = tickets.iter().map(|ticket| ticket.id).collect();
    let works: HashMap<_, _> = tx.ticket_work().of_tickets(&ids).await?.into_iter().collect();
    let known = |ticket: Ticket| {
        let work = works.get(&ticket.id).copied().unwrap_or_default();
        TicketAsWorkedOn { ticket, work }
    };
    Ok(tickets.into_iter().map(known).collect())
}

/// A ticket with the work on it, if there is one.
pub(crate) async fn with_its_work(
    tx: &mut Transaction,
    ticket: Option<Ticket>,
) -> Result<Option<TicketAsWorkedOn>, StorageError> {
    Ok(with_work(tx, ticket.into_iter().collect()).await?.pop())
}

/// The ticket that somebody names: by its id, or by what people call it.
pub async fn find_named(tx: &mut Transaction, name: &str) -> Result<Option<TicketAsWorkedOn>, StorageError> {
    let ticket = match (name.parse::<TicketId>(), name.parse::<Reference>()) {
        (Ok(id), _) => tx.tickets().find(id).await?,
        (_, Ok(reference)) => tx.tickets().by_reference(reference).await?,
        _ => None,
    };
    with_its_work(tx, ticket).await
}
