//! What follows from a delivery.

use super::{Author, ChatId, ConversationMessage, Echo, Heard, OwnReply};
use crate::ids::{BotId, IdSource, MessageId, uuid_of_moment};

/// What follows from a delivery.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Taken {
    /// What was said, in the order in which it was.
    pub messages: Vec<ConversationMessage>,
    /// Replies that came back whole.
    pub echoes: Vec<Echo>,
    /// How many parts of long replies came back besides.
    pub parts: usize,
}

impl Taken {
    /// The chats in which a person wrote one of the messages with these `ids`.
    pub fn chats_of_persons(messages: &[ConversationMessage], ids: &[MessageId]) -> Vec<ChatId> {
        let by_person =
            |message: &&ConversationMessage| message.author == Author::Person && ids.contains(&message.id);
        let mut chats: Vec<_> =
            messages.iter().filter(by_person).filter_map(|message| message.chat.clone()).collect();
        chats.sort_unstable();
        chats.dedup();
        chats
    }
}

/// Decides what follows from what a bot's hook heard, when these `replies` were lately sent to its chats (the oldest
/// first): what is a reply come back is no message, everything else is one.
pub fn take_down(
    bot: BotId,
    mut heard: Vec<Heard>,
    mut replies: Vec<OwnReply>,
    ids: &mut dyn IdSource,
) -> Taken {
    heard.sort_by_key(|heard| heard.sent_at);
    let mut taken = Taken::default();
    for heard in heard {
        match returned(bot, &heard, &mut replies) {
            Some(Returned::Whole(echo)) => taken.echoes.push(echo),
            Some(Returned::Part) => taken.parts += 1,
            None => taken.messages.push(message(bot, heard, ids)),
        }
    }
    taken
}

/// How much of a reply came back.
enum Returned {
    /// All of it: the parts of a long one are said one after the other, and this is the last.
    Whole(Echo),
    /// Not its end.
    Part,
}

/// The reply that came back, if it is one: one that was not heard of before, if there are several.
fn returned(bot: BotId, heard: &Heard, replies: &mut [OwnReply]) -> Option<Returned> {
    if heard.author != Author::Agent {
        return None;
    }
    let chat = ChatId { bot, customer: heard.customer.clone() };
    let fits = |reply: &&mut OwnReply| reply.is_heard_in(&chat, heard.key, &heard.text);
    let again = replies.iter().position(|reply| reply.heard_as == Some(heard.key));
    let reply = match again {
        Some(position) => &mut replies[position],
        None => replies.iter_mut().filter(fits).min_by_key(|reply| reply.heard_as.is_some())?,
    };
    if again.is_none() && !reply.ends_with(&heard.text) {
        return Some(Returned::Part);
    }
    reply.heard_as = Some(heard.key);
    let OwnReply { id, notification_id, .. } = *reply;
    Some(Returned::Whole(Echo { id, notification_id, heard_as: heard.key }))
}

fn message(bot: BotId, heard: Heard, ids: &mut dyn IdSource) -> ConversationMessage {
    ConversationMessage {
        id: MessageId::from_uuid(uuid_of_moment(heard.sent_at, ids.next_id())),
        key: heard.key,
        chat: Some(ChatId { bot, customer: heard.customer }),
        ticket_id: None,
        author: heard.author,
        agent_id: None,
        kind: heard.kind,
        text: heard.text,
        channel: heard.channel,
        notification_id: None,
        sent_at: heard.sent_at,
    }
}
