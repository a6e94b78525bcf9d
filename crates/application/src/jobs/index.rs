//! Lists can be searched for what was written some seconds ago.

use std::sync::Arc;

use domain::search::{TicketEntry, UserEntry};
use tokio::time::{Instant, sleep};

use crate::ports::{Storage, StorageError, Transaction, atomically};

/// One commit writes entries of about so many users and tickets: some milliseconds, for which intake may wait.
const PORTION: u16 = 25;

/// One run writes at most so many portions; the next one goes on.
const PORTIONS: usize = 200;

/// A portion is followed by a pause of so many times its length: intake comes before search, also while there is much
/// to catch up with.
const PAUSE: u32 = 4;

/// Writes the entries anew of users and tickets that changed.
#[derive(Clone)]
pub struct IndexForSearch {
    /// Where notes and entries are.
    pub storage: Arc<dyn Storage>,
}

impl IndexForSearch {
    /// Follows the notes, the oldest first. Says how many entries that were.
    pub async fn execute(&self) -> Result<usize, StorageError> {
        let mut written = 0;
        for _ in 0..PORTIONS {
            self.storage.lull().await;
            let began = Instant::now();
            let Some(entries) = self.follow().await? else { break };
            written += entries;
            sleep(began.elapsed() * PAUSE).await;
        }
        Ok(written)
    }

    /// Follows a portion of notes; none when there are no more.
    async fn follow(&self) -> Result<Option<usize>, StorageError> {
        atomically(&*self.storage, async |tx| follow_notes(tx, PORTION).await).await
    }
}

/// Follows the oldest notes of about so many users and tickets. Says how many entries that were; none when there are no
/// notes.
pub(crate) async fn follow_notes(tx: &mut Transaction, about: u16) -> Result<Option<usize>, StorageError> {
    let noted = tx.search().take(about).await?;
    if noted.notes == 0 {
        return Ok(None);
    }
    let users: Vec<_> = noted.users.iter().map(UserEntry::from).collect();
    let tickets = noted.tickets.iter().map(|(ticket, origin)| TicketEntry::new(ticket, origin.clone()));
    let tickets: Vec<_> = tickets.collect();
    tx.search().put(&users, &tickets).await?;
    Ok(Some(users.len() + tickets.len()))
}
