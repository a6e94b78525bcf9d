//! Mail that is kept instead of sent, for a laptop without a mail server.

use std::sync::Arc;

use application::ports::{CapturedMail, Receipt, Storage, StorageError, atomically};
use domain::retry::{Fault, Outcome};

/// Keeps mail in the database, where people can read it.
pub(crate) struct Capture {
    pub(crate) storage: Arc<dyn Storage>,
}

impl Capture {
    pub(crate) async fn keep(&self, mail: CapturedMail) -> Receipt {
        let kept: Result<(), StorageError> =
            atomically(&*self.storage, async |tx| tx.captured_mails().capture(&mail).await).await;
        match kept {
            Ok(()) => Receipt { answer: Some("captured, not sent".to_owned()), ..Receipt::new(Outcome::Sent) },
            Err(error) => Receipt {
                answer: Some(format!("capturing the mail failed: {error}")),
                ..Receipt::new(Outcome::Temporary { fault: Fault::Channel, retry_after: None })
            },
        }
    }
}
