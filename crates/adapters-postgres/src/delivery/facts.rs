//! What messages are made of, loaded for a set of notifications at once.

use std::collections::HashMap;

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::{
    chat_rules::ChatRules,
    language::Language,
    message::{DigestFacts, Person},
    notification::Purpose,
    reminder::DIGEST_LENGTH,
    ticket::Ticket,
};

use crate::{
    backlog::backlog,
    columns::{Id, JsonText},
    error::Failure,
    rows::{ChannelRow, ChatRulesRow, NotificationRow, TicketRow, origin},
    schema::{bots, channels, digests, messages, tickets, topic_aliases, topics, users},
};

/// All channels: a handful.
pub(super) async fn channels_by_id(
    mut connection: &AsyncPgConnection,
) -> Result<HashMap<Id, ChannelRow>, Failure> {
    let channels: Vec<ChannelRow> =
        channels::table.select(ChannelRow::as_select()).load(&mut connection).await?;
    Ok(channels.into_iter().map(|channel| (channel.id, channel)).collect())
}

/// What messages may say about a user: not all of its row, which is read for every message.
type PersonColumns = (Id, Option<String>, Option<String>, Option<String>, String, Option<JsonText>);

/// Users.
pub(super) async fn persons(
    mut connection: &AsyncPgConnection,
    ids: &[Id],
) -> Result<HashMap<Id, Person>, Failure> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let columns = (users::id, users::name, users::email, users::phone, users::language, users::last_origin);
    let rows: Vec<PersonColumns> =
        users::table.filter(users::id.eq_any(ids)).select(columns).load(&mut connection).await?;
    rows.into_iter().map(|row| Ok((row.0, person(row)?))).collect()
}

fn person((id, name, email, phone, language, last_origin): PersonColumns) -> Result<Person, Failure> {
    let language = Language::parse(&language).ok_or(Failure::Unreadable("users.language"))?;
    Ok(Person { id: id.into(), name, email, phone, language, origin: origin(last_origin.as_ref())? })
}

/// Tickets.
pub(super) async fn tickets(
    mut connection: &AsyncPgConnection,
    ids: &[Id],
) -> Result<HashMap<Id, Ticket>, Failure> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = tickets::table.filter(tickets::id.eq_any(ids)).select(TicketRow::as_select());
    let rows: Vec<TicketRow> = rows.load(&mut connection).await?;
    rows.into_iter().map(|row| Ok((row.id, Ticket::try_from(row)?))).collect()
}

/// What the replies among these notifications say.
pub(super) async fn replies(
    mut connection: &AsyncPgConnection,
    rows: &[NotificationRow],
) -> Result<HashMap<Id, String>, Failure> {
    let replies = rows.iter().filter(|row| row.purpose.0 == Purpose::Reply);
    let ids: Vec<Id> = replies.map(|row| row.id).collect();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let delivered = messages::table.filter(messages::notification_id.eq_any(ids));
    let texts = delivered.select((messages::notification_id, messages::text));
    let texts: Vec<(Option<Id>, String)> = texts.load(&mut connection).await?;
    Ok(texts.into_iter().filter_map(|(id, text)| Some((id?, text))).collect())
}

/// What a topic is called, and what it does in chats.
pub(super) struct TopicNames {
    slug: String,
    pub(super) title: String,
    aliases: Vec<String>,
    pub(super) chat_rules: ChatRules,
}

impl TopicNames {
    /// Whether the topic is called like that; case and outer spaces do not matter.
    pub(super) fn has(&self, asked: &str) -> bool {
        let folded = |name: &str| name.trim().to_lowercase();
        let asked = folded(asked);
        [&self.slug, &self.title].into_iter().chain(&self.aliases).any(|name| folded(name) == asked)
    }
}

/// All topics: a handful.
pub(super) async fn topics(connection: &AsyncPgConnection) -> Result<HashMap<String, TopicNames>, Failure> {
    let (mut topics, mut aliases) = (connection, connection);
    let (topics, aliases) = tokio::try_join!(
        topics::table.select((topics::slug, topics::title, ChatRulesRow::as_select())).load(&mut topics),
        topic_aliases::table
            .select((topic_aliases::topic, topic_aliases::alias))
            .load::<(String, String)>(&mut aliases),
    )?;
    let entry = |(slug, title, rules): (String, String, ChatRulesRow)| {
        let (aliases, chat_rules) = (Vec::new(), rules.try_into()?);
        Ok((slug.clone(), TopicNames { slug, title, aliases, chat_rules }))
    };
    let mut names = topics.into_iter().map(entry).collect::<Result<HashMap<_, _>, Failure>>()?;
    for (topic, alias) in aliases {
        if let Some(names) = names.get_mut(&topic) {
            names.aliases.push(alias);
        }
    }
    Ok(names)
}

/// What messages say about a bot.
#[derive(Clone, Default)]
pub(super) struct Bot {
    pub(super) name: String,
    pub(super) language: Language,
}

/// All bots: a handful.
pub(super) async fn bots(mut connection: &AsyncPgConnection) -> Result<HashMap<Id, Bot>, Failure> {
    let columns = (bots::id, bots::name, bots::default_language);
    let rows: Vec<(Id, String, String)> = bots::table.select(columns).load(&mut connection).await?;
    let bot = |(id, name, language): (Id, String, String)| {
        (id, Bot { name, language: Language::parse(&language).unwrap_or_default() })
    };
    Ok(rows.into_iter().map(bot).collect())
}

/// What waits on the topic of a digest; none once nothing is open any more.
pub(super) async fn digest(
    connection: &mut AsyncPgConnection,
    notification: Id,
    topics: &HashMap<String, TopicNames>,
    bots: &HashMap<Id, Bot>,
) -> Result<Option<DigestFacts>, Failure> {
    let slug = digests::table.filter(digests::notification_id.eq(notification)).select(digests::topic);
    let Some(slug) = slug.get_result::<String>(connection).await.optional()? else { return Ok(None) };
    let backlog = backlog(connection, &slug, DIGEST_LENGTH).await?;
    let [oldest, ..] = backlog.oldest.as_slice() else { return Ok(None) };
    if backlog.open == 0 {
        return Ok(None);
    }
    let bot = tickets::table.find(Id::from(oldest.id)).select(tickets::bot_id);
    let bot: Option<Id> = bot.get_result(connection).await.optional()?;
    let team_language = bot.and_then(|id| bots.get(&id)).map(|bot| bot.language.clone());
    let title = topics.get(&slug).map(|topic| topic.title.clone());
    Ok(Some(DigestFacts {
        topic: title.unwrap_or(slug),
        backlog,
        team_language: team_language.unwrap_or(Language::ENGLISH),
    }))
}
