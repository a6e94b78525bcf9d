//! The work of members of staff on tickets.

mod bulk;
mod change;
mod look;
mod note;
mod record;

pub use bulk::{BULK_MAX, BulkChange, ChangeTickets, Chosen};
pub use change::{ChangeTicket, ChangeTicketError};
pub(crate) use look::with_its_work;
pub use look::{TicketAsWorkedOn, find_named, with_work};
pub use note::{AddNote, AddNoteError, NOTE_MAX};
pub(crate) use record::Hand;
