//! Mail stands in for channels that have no adapter or no secret.

use std::sync::Arc;

use application::ports::{Channel, Receipt, Wording, WordingError};
use async_trait::async_trait;
use domain::message::Message;

use crate::MailChannel;

/// Tells the team by mail what another channel would have told it, and says so, in the mail and in the receipt.
pub struct MimickedChannel {
    mail: Arc<MailChannel>,
}

impl MimickedChannel {
    /// Stands in through `mail`.
    pub const fn new(mail: Arc<MailChannel>) -> Self {
        Self { mail }
    }
}

#[async_trait]
impl Channel for MimickedChannel {
    async fn deliver(&self, message: &Message) -> Receipt {
        self.mail.stand_in(message).await
    }

    fn word(&self, message: &Message) -> Result<Wording, WordingError> {
        self.mail.word_as_stand_in(message)
    }
}
