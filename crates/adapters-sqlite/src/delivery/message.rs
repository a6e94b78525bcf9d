//! What a notification says, from what is known when it is sent.

use std::collections::HashMap;

use diesel::prelude::*;
use domain::{
    chat_rules::ChatRules,
    language::Language,
    message::{ChatUpdateFacts, Content, DigestFacts, Message, Person, ReplyFacts, TicketFacts},
    notification::Purpose,
    reminder::DIGEST_LENGTH,
    ticket::{Ticket, TicketStatus},
};

use crate::{
    backlog::backlog,
    columns::Id,
    error::Failure,
    rows::{ChannelRow, ChatRulesRow, NotificationRow, TicketRow, origin},
    schema::{bots, digests, messages, tickets, topic_aliases, topics, users},
};

/// Writes messages. Remembers the names that those of one set have in common.
#[derive(Default)]
pub(super) struct Messages {
    bots: HashMap<Id, (String, Language)>,
    topics: HashMap<String, TopicNames>,
}

impl Messages {
    /// The message of a notification; none when what it is about is gone.
    pub(super) fn write(
        &mut self,
        connection: &mut SqliteConnection,
        row: &NotificationRow,
        channel: &ChannelRow,
    ) -> Result<Option<Message>, Failure> {
        let Some(content) = self.content(connection, row)? else { return Ok(None) };
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

    fn content(
        &mut self,
        connection: &mut SqliteConnection,
        row: &NotificationRow,
    ) -> Result<Option<Content>, Failure> {
        let person = row.user_id.map(|id| person(connection, id)).transpose()?.flatten();
        match row.purpose.0 {
            Purpose::Welcome => Ok(person.map(|person| Content::Welcome { person })),
            Purpose::TicketOpened => {
                let ticket = self.ticket(connection, row, |_| true)?;
                Ok(ticket.map(|ticket| Content::TicketOpened { ticket: Box::new(ticket), person }))
            }
            Purpose::Escalation => {
                let ticket = self.ticket(connection, row, |ticket| ticket.status == TicketStatus::Open)?;
                Ok(ticket.map(|ticket| Content::Escalation { ticket: Box::new(ticket), person }))
            }
            Purpose::Reply => {
                let reply = reply(connection, row, person.as_ref())?;
                Ok(reply.map(|reply| Content::Reply { reply: Box::new(reply), person }))
            }
            Purpose::ChatFields | Purpose::ChatResumed => {
                let update = self.chat_update(connection, row)?;
                Ok(update.map(|update| Content::ChatUpdate { update: Box::new(update) }))
            }
            Purpose::Digest => {
                let digest = self.digest(connection, row.id)?;
                Ok(digest.map(|digest| Content::Digest { digest: Box::new(digest) }))
            }
        }
    }

    /// The ticket of a notification, if it still is as `fits` says.
    fn ticket(
        &mut self,
        connection: &mut SqliteConnection,
        row: &NotificationRow,
        fits: impl FnOnce(&Ticket) -> bool,
    ) -> Result<Option<TicketFacts>, Failure> {
        let Some(ticket) = row.ticket_id.map(|id| ticket(connection, id)).transpose()?.flatten() else {
            return Ok(None);
        };
        if !fits(&ticket) {
            return Ok(None);
        }
        let (bot, team_language) = self.bot(connection, ticket.bot_id.into())?;
        let topic = self.topic(connection, ticket.topic.as_str())?;
        Ok(Some(TicketFacts {
            id: ticket.id,
            reference: ticket.reference,
            topic_asked: ticket.topic_asked.filter(|asked| !topic.has(asked)),
            topic: topic.title.clone(),
            description: ticket.description,
            chat: ticket.chat,
            bot,
            team_language,
            opened_at: ticket.created_at,
        }))
    }

    /// What the chat of a ticket is told; none once its topic asks for nothing any more.
    fn chat_update(
        &mut self,
        connection: &mut SqliteConnection,
        row: &NotificationRow,
    ) -> Result<Option<ChatUpdateFacts>, Failure> {
        let Some(ticket) = row.ticket_id.map(|id| ticket(connection, id)).transpose()?.flatten() else {
            return Ok(None);
        };
        let (_, team_language) = self.bot(connection, ticket.bot_id.into())?;
        let topic = self.topic(connection, ticket.topic.as_str())?;
        Ok(ChatUpdateFacts::of(row.purpose.0, &ticket, &topic.chat_rules, team_language))
    }

    /// What waits on the topic of a digest; none once nothing is open any more.
    fn digest(&mut self, connection: &mut SqliteConnection, id: Id) -> Result<Option<DigestFacts>, Failure> {
        let slug = digests::table.filter(digests::notification_id.eq(id)).select(digests::topic);
        let Some(slug) = slug.get_result::<String>(connection).optional()? else { return Ok(None) };
        let backlog = backlog(connection, &slug, DIGEST_LENGTH)?;
        if backlog.open == 0 {
            return Ok(None);
        }
        let mut team_language = Language::ENGLISH;
        if let Some(oldest) = backlog.oldest.first() {
            let bot = tickets::table.find(Id::from(oldest.id)).select(tickets::bot_id);
            let bot = bot.get_result(connection)?;
            (_, team_language) = self.bot(connection, bot)?;
        }
        let topic = self.topic(connection, &slug)?.title.clone();
        Ok(Some(DigestFacts { topic, backlog, team_language }))
    }

    fn bot(&mut self, connection: &mut SqliteConnection, id: Id) -> Result<(String, Language), Failure> {
        if let Some(bot) = self.bots.get(&id) {
            return Ok(bot.clone());
        }
        let bot = bots::table.filter(bots::id.eq(id)).select((bots::name, bots::default_language));
        let (name, language): (String, String) = bot.get_result(connection).optional()?.unwrap_or_default();
        let bot = (name, Language::parse(&language).unwrap_or_default());
        self.bots.insert(id, bot.clone());
        Ok(bot)
    }

    fn topic(&mut self, connection: &mut SqliteConnection, slug: &str) -> Result<&TopicNames, Failure> {
        if !self.topics.contains_key(slug) {
            self.topics.insert(slug.to_owned(), TopicNames::load(connection, slug)?);
        }
        Ok(&self.topics[slug])
    }
}

/// The answer that a notification delivers.
fn reply(
    connection: &mut SqliteConnection,
    row: &NotificationRow,
    person: Option<&Person>,
) -> Result<Option<ReplyFacts>, Failure> {
    let ticket = row.ticket_id.map(|id| ticket(connection, id)).transpose()?.flatten();
    let text = messages::table.filter(messages::notification_id.eq(row.id)).select(messages::text);
    let text = text.get_result(connection).optional()?;
    Ok(ticket.zip(text).map(|(ticket, text)| ReplyFacts::of(&ticket, person, text)))
}

fn ticket(connection: &mut SqliteConnection, id: Id) -> Result<Option<Ticket>, Failure> {
    let row = tickets::table.find(id).select(TicketRow::as_select()).get_result(connection).optional()?;
    row.map(Ticket::try_from).transpose()
}

/// What a topic is called, and what it does in chats.
struct TopicNames {
    slug: String,
    /// The slug, once the topic is gone.
    title: String,
    aliases: Vec<String>,
    chat_rules: ChatRules,
}

impl TopicNames {
    fn load(connection: &mut SqliteConnection, slug: &str) -> Result<Self, Failure> {
        let topic = topics::table.filter(topics::slug.eq(slug));
        let topic = topic.select((topics::title, ChatRulesRow::as_select())).get_result(connection);
        let (title, chat_rules) = match topic.optional()? {
            Some((title, rules)) => (title, ChatRules::try_from(rules)?),
            None => (slug.to_owned(), ChatRules::default()),
        };
        let aliases = topic_aliases::table.filter(topic_aliases::topic.eq(slug)).select(topic_aliases::alias);
        Ok(Self { slug: slug.to_owned(), title, aliases: aliases.load(connection)?, chat_rules })
    }

    /// Whether the topic is called like that; case and outer spaces do not matter.
    fn has(&self, asked: &str) -> bool {
        let folded = |name: &str| name.trim().to_lowercase();
        let asked = folded(asked);
        [&self.slug, &self.title].into_iter().chain(&self.aliases).any(|name| folded(name) == asked)
    }
}

/// What messages may say about a user: not all of its row, which is read for every message.
type PersonColumns = (Option<String>, Option<String>, Option<String>, String, Option<String>);

fn person(connection: &mut SqliteConnection, id: Id) -> Result<Option<Person>, Failure> {
    let columns = (users::name, users::email, users::phone, users::language, users::last_origin);
    let row: Option<PersonColumns> =
        users::table.find(id).select(columns).get_result(connection).optional()?;
    let Some((name, email, phone, language, last_origin)) = row else { return Ok(None) };
    Ok(Some(Person {
        id: id.into(),
        name,
        email,
        phone,
        language: Language::parse(&language).ok_or(Failure::Unreadable("users.language"))?,
        origin: origin(last_origin.as_deref())?,
    }))
}
