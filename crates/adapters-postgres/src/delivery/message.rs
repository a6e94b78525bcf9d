//! What notifications say, from what is known when they are sent.

use std::collections::HashMap;

use diesel_async::AsyncPgConnection;
use domain::{
    message::{ChatUpdateFacts, Content, DigestFacts, Message, Person, ReplyFacts, TicketFacts},
    notification::Purpose,
    ticket::{Ticket, TicketStatus},
};

use super::facts::{Bot, TopicNames, bots, channels_by_id, digest, persons, replies, tickets, topics};
use crate::{
    columns::Id,
    error::Failure,
    rows::{ChannelRow, NotificationRow},
};

/// What a set of notifications is about.
pub(super) struct Facts {
    channels: HashMap<Id, ChannelRow>,
    persons: HashMap<Id, Person>,
    tickets: HashMap<Id, Ticket>,
    topics: HashMap<String, TopicNames>,
    bots: HashMap<Id, Bot>,
    digests: HashMap<Id, DigestFacts>,
    replies: HashMap<Id, String>,
}

impl Facts {
    /// Loads it, set by set, all of them sent at once: deliveries wait for them.
    pub(super) async fn load(
        connection: &mut AsyncPgConnection,
        rows: &[NotificationRow],
    ) -> Result<Self, Failure> {
        let about_users: Vec<Id> = rows.iter().filter_map(|row| row.user_id).collect();
        let about_tickets: Vec<Id> = rows.iter().filter_map(|row| row.ticket_id).collect();
        let (channels, persons, tickets, replies, (topics, bots)) = tokio::try_join!(
            channels_by_id(connection),
            persons(connection, &about_users),
            tickets(connection, &about_tickets),
            replies(connection, rows),
            names(connection, rows.iter().any(|row| row.purpose.0 != Purpose::Welcome)),
        )?;
        let mut facts = Self { channels, persons, tickets, topics, bots, replies, digests: HashMap::new() };
        for row in rows.iter().filter(|row| row.purpose.0 == Purpose::Digest) {
            let digest = digest(connection, row.id, &facts.topics, &facts.bots).await?;
            facts.digests.extend(digest.map(|digest| (row.id, digest)));
        }
        Ok(facts)
    }

    /// The message of one of the notifications; none when what it is about is gone.
    pub(super) fn message(&self, row: &NotificationRow) -> Result<Option<Message>, Failure> {
        let Some(channel) = self.channels.get(&row.channel_id) else { return Ok(None) };
        let Some(content) = self.content(row) else { return Ok(None) };
        Ok(Some(Message {
            id: row.id.into(),
            request_id: row.request_id.into(),
            kind: channel.kind.0,
            channel: channel.name.clone(),
            target: channel.target()?,
            due_at: row.due_at.0,
            possible_duplicate: row.possible_duplicate,
            content,
        }))
    }

    fn content(&self, row: &NotificationRow) -> Option<Content> {
        let person = row.user_id.and_then(|id| self.persons.get(&id)).cloned();
        match row.purpose.0 {
            Purpose::Welcome => Some(Content::Welcome { person: person? }),
            Purpose::TicketOpened => {
                let ticket = self.ticket(row)?;
                Some(Content::TicketOpened { ticket: Box::new(self.ticket_facts(ticket)), person })
            }
            Purpose::Escalation => {
                let ticket = self.ticket(row).filter(|ticket| ticket.status == TicketStatus::Open)?;
                Some(Content::Escalation { ticket: Box::new(self.ticket_facts(ticket)), person })
            }
            Purpose::Reply => {
                let text = self.replies.get(&row.id)?.clone();
                let reply = Box::new(ReplyFacts::of(self.ticket(row)?, person.as_ref(), text));
                Some(Content::Reply { reply, person })
            }
            Purpose::ChatFields | Purpose::ChatResumed => {
                let update = self.chat_update(row.purpose.0, self.ticket(row)?)?;
                Some(Content::ChatUpdate { update: Box::new(update) })
            }
            Purpose::Digest => Some(Content::Digest { digest: Box::new(self.digests.get(&row.id)?.clone()) }),
        }
    }

    fn ticket(&self, row: &NotificationRow) -> Option<&Ticket> {
        self.tickets.get(&row.ticket_id?)
    }

    fn chat_update(&self, purpose: Purpose, ticket: &Ticket) -> Option<ChatUpdateFacts> {
        let bot = self.bots.get(&Id::from(ticket.bot_id)).cloned().unwrap_or_default();
        let rules = &self.topics.get(ticket.topic.as_str())?.chat_rules;
        ChatUpdateFacts::of(purpose, ticket, rules, bot.language)
    }

    fn ticket_facts(&self, ticket: &Ticket) -> TicketFacts {
        let topic = self.topics.get(ticket.topic.as_str());
        let bot = self.bots.get(&Id::from(ticket.bot_id)).cloned().unwrap_or_default();
        let asked = ticket.topic_asked.clone();
        TicketFacts {
            id: ticket.id,
            reference: ticket.reference,
            topic: topic.map_or_else(|| ticket.topic.to_string(), |topic| topic.title.clone()),
            topic_asked: asked.filter(|asked| !topic.is_some_and(|topic| topic.has(asked))),
            description: ticket.description.clone(),
            chat: ticket.chat.clone(),
            bot: bot.name,
            team_language: bot.language,
            opened_at: ticket.created_at,
        }
    }
}

/// What topics and bots are called, if that is wanted.
async fn names(
    connection: &AsyncPgConnection,
    wanted: bool,
) -> Result<(HashMap<String, TopicNames>, HashMap<Id, Bot>), Failure> {
    if !wanted {
        return Ok((HashMap::new(), HashMap::new()));
    }
    tokio::try_join!(topics(connection), bots(connection))
}
