//! Mail that is kept instead of sent.

use std::sync::Arc;

use application::ports::{CapturedMail, Receipt, Storage, StorageError, atomically};
use domain::retry::{Fault, Outcome};

use crate::receipt::{saying, temporary};

/// The mailbox in the database, where people can read what was not sent.
pub(crate) struct CapturedMailbox {
    pub(crate) storage: Arc<dyn Storage>,
}

impl CapturedMailbox {
    pub(crate) async fn keep(&self, mail: CapturedMail) -> Receipt {
        let kept: Result<(), StorageError> =
            atomically(&*self.storage, async |tx| tx.captured_mails().capture(&mail).await).await;
        match kept {
            Ok(()) => saying(Outcome::Sent, "captured, not sent"),
            Err(error) => saying(temporary(Fault::Channel), format!("capturing the mail failed: {error}")),
        }
    }
}
