//! Private notes: members of staff read them, the person never does.

use std::sync::Arc;

use domain::{
    agent::{Agent, Role},
    ids::{TicketEventId, TicketId},
    text::multi_line,
    ticket_work::{Deed, TicketEvent},
};

use crate::ports::{Clock, Ids, Storage, StorageError, atomically};

/// The most characters of a note.
pub const NOTE_MAX: usize = 10_000;

/// Why a note is not written.
#[derive(Debug, thiserror::Error)]
pub enum AddNoteError {
    /// The agent's role does not allow it.
    #[error("only an agent may write notes")]
    NotAllowed,
    /// There is no such ticket.
    #[error("there is no such ticket")]
    Unknown,
    /// It is empty or too long.
    #[error("a note has 1 to {NOTE_MAX} characters")]
    Text,
    /// It could not be written.
    #[error("writing a note failed")]
    Storage(#[from] StorageError),
}

/// Writes private notes.
#[derive(Clone)]
pub struct AddNote {
    /// Where tickets are.
    pub storage: Arc<dyn Storage>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// New ids.
    pub ids: Arc<dyn Ids>,
}

impl AddNote {
    /// Writes a note on a ticket. Answers it as it was written.
    pub async fn execute(
        &self,
        agent: &Agent,
        ticket_id: TicketId,
        text: &str,
    ) -> Result<TicketEvent, AddNoteError> {
        if !agent.may(Role::Agent) {
            return Err(AddNoteError::NotAllowed);
        }
        let cleaned = multi_line(text, NOTE_MAX);
        if cleaned.cut || cleaned.text.is_empty() {
            return Err(AddNoteError::Text);
        }
        let note = TicketEvent {
            id: TicketEventId::from_uuid(self.ids.next()),
            ticket_id,
            agent_id: Some(agent.id()),
            deed: Deed::Note,
            before: None,
            after: Some(cleaned.text),
            at: self.clock.now(),
        };
        atomically(&*self.storage, async |tx| {
            tx.tickets().find(ticket_id).await?.ok_or(AddNoteError::Unknown)?;
            Ok(tx.ticket_work().record(std::slice::from_ref(&note)).await?)
        })
        .await
        .map(|()| note)
    }
}
