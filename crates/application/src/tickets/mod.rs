//! The work of members of staff on tickets.

mod change;
mod note;

pub use change::{ChangeTicket, ChangeTicketError, TicketAsWorkedOn};
pub use note::{AddNote, AddNoteError, NOTE_MAX};
