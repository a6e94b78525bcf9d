//! What a notification says, from what is known when it is sent.

use std::collections::HashMap;

use diesel::prelude::*;
use domain::{
    language::Language,
    message::{Content, Message, Person, TicketFacts},
    notification::Purpose,
    ticket::Ticket,
};

use crate::{
    columns::Id,
    error::Failure,
    rows::{ChannelRow, NotificationRow, TicketRow, origin},
    schema::{bots, tickets, topics, users},
};

/// Writes messages. Remembers the names that those of one set have in common.
#[derive(Default)]
pub(super) struct Messages {
    bots: HashMap<Id, (String, Language)>,
    titles: HashMap<String, String>,
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
                let ticket = row.ticket_id.map(|id| self.ticket(connection, id)).transpose()?.flatten();
                Ok(ticket.map(|ticket| Content::TicketOpened { ticket: Box::new(ticket), person }))
            }
        }
    }

    fn ticket(&mut self, connection: &mut SqliteConnection, id: Id) -> Result<Option<TicketFacts>, Failure> {
        let row = tickets::table.find(id).select(TicketRow::as_select()).get_result(connection).optional()?;
        let Some(row) = row else { return Ok(None) };
        let ticket = Ticket::try_from(row)?;
        let (bot, team_language) = self.bot(connection, ticket.bot_id.into())?;
        Ok(Some(TicketFacts {
            id: ticket.id,
            reference: ticket.reference,
            topic: self.title(connection, ticket.topic.as_str())?,
            topic_asked: ticket.topic_asked,
            description: ticket.description,
            chat: ticket.chat,
            bot,
            team_language,
            opened_at: ticket.created_at,
        }))
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

    /// The title of a topic; its slug once it is gone.
    fn title(&mut self, connection: &mut SqliteConnection, slug: &str) -> Result<String, Failure> {
        if let Some(title) = self.titles.get(slug) {
            return Ok(title.clone());
        }
        let title = topics::table.filter(topics::slug.eq(slug)).select(topics::title);
        let title: String = title.get_result(connection).optional()?.unwrap_or_else(|| slug.to_owned());
        self.titles.insert(slug.to_owned(), title.clone());
        Ok(title)
    }
}

/// What messages may say about a user: not all of its row, which is read for every message.
type PersonColumns = (Option<String>, Option<String>, Option<String>, String, Option<String>);

fn person(connection: &mut SqliteConnection, id: Id) -> Result<Option<Person>, Failure> {
    let columns = (users::name, users::email, users::phone, users::language, users::last_origin);
    let row: Option<PersonColumns> = users::table.find(id).select(columns).get_result(connection).optional()?;
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
