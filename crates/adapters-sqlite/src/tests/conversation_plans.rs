//! How SQLite finds what people and teams write to each other.

use application::ports::{Page, Whose};
use domain::{
    conversation::{ChatId, MessageKey},
    identity::CustomerId,
    ids::{NotificationId, TicketId, UserId},
    ticket::Reference,
};
use port_contracts::TEST_BEGINS;
use uuid::Uuid;

use super::{Folder, plans::Watched, samples::BOT};

const PAGE: Page = Page { before: Some(Uuid::max()), limit: 9 };

#[tokio::test]
async fn conversations_and_what_they_change_are_found_by_index() {
    let folder = Folder::new();
    let storage = folder.open().await;
    let chat = [ChatId { bot: BOT, customer: CustomerId::restore("42".to_owned()) }];
    let key = MessageKey::restore([7; 32]);
    let notifications = [NotificationId::MAX];
    let mut watched = Watched::begin(&storage).await;
    watched.uses("messages_key_key", async |tx| tx.conversation().by_key(key).await).await;
    watched
        .uses("messages_chat_idx (chat=? AND id>?)", async |tx| {
            tx.conversation().own_replies(&chat, TEST_BEGINS).await
        })
        .await;
    watched.uses("messages_chat_idx (chat=?)", async |tx| tx.conversation().last_heard(&chat[0]).await).await;
    watched
        .uses("tickets_answered_idx (bot_id=? AND chat_customer=?)", async |tx| {
            tx.conversation().hold_waiting(&chat).await
        })
        .await;
    let answered = Reference::new(1);
    watched.uses("tickets_number_key", async |tx| tx.conversation().hold(answered).await).await;
    watched
        .uses("messages_notification_id_key", async |tx| tx.notifications().confirm(&notifications).await)
        .await;
    watched
        .uses("messages_ticket_id_idx (ticket_id=? AND id<?)", async |tx| {
            tx.conversation().page(Whose::Ticket(TicketId::MAX), PAGE).await
        })
        .await;
    watched
        .uses("identities_user_id_idx", async |tx| {
            tx.conversation().page(Whose::User(UserId::MAX), PAGE).await
        })
        .await;
}
