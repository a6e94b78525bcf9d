//! Landbot as a channel.

use std::sync::Arc;

use application::ports::{Channel, Receipt, Wording, WordingError};
use async_trait::async_trait;
use domain::message::{Content, Message};

use super::{chat::Chat, client::LandbotClient};

/// Answers persons in their chats, and brings these up to date with tickets. What is for a team has no chat to go to: mail stands in, as it does for everything while
/// there is no token.
pub struct LandbotChannel {
    chat: Option<Chat>,
    stand_in: Arc<dyn Channel>,
}

impl LandbotChannel {
    /// Without a client, which needs a token, mail stands in.
    pub fn new(client: Option<LandbotClient>, stand_in: Arc<dyn Channel>) -> Self {
        Self { chat: client.map(|client| Chat { client }), stand_in }
    }
}

#[async_trait]
impl Channel for LandbotChannel {
    async fn deliver(&self, message: &Message) -> Receipt {
        match (&self.chat, &message.content) {
            (Some(chat), Content::Reply { reply, .. }) => chat.say(reply).await,
            (Some(chat), Content::ChatUpdate { update }) => chat.update(update).await,
            _ => self.stand_in.deliver(message).await,
        }
    }

    fn word(&self, message: &Message) -> Result<Wording, WordingError> {
        self.stand_in.word(message)
    }
}
