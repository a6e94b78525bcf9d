//! Topics and their routes.

use std::collections::HashMap;

use application::ports::{StorageError, TopicRepository};
use async_trait::async_trait;
use diesel::{dsl::exists, prelude::*};
use domain::{
    channel::ChannelKind,
    chat_rules::ChatRules,
    ids::ChannelId,
    reminder::Reminders,
    topic::{Route, Routing, Slug, Topic},
};
use jiff::Timestamp;

use crate::{
    columns::{At, Id, Named},
    error::{Failure, inserted},
    rows::{ChatRulesRow, RemindersRow, TopicRow},
    schema::{channels, topic_aliases, topic_routes, topics},
    unit_of_work::SqliteUnitOfWork,
};

#[async_trait]
impl TopicRepository for SqliteUnitOfWork {
    async fn routing(&mut self) -> Result<Routing, StorageError> {
        self.run(routing).await
    }

    async fn insert(&mut self, topic: &Topic, at: Timestamp) -> Result<(), StorageError> {
        let topic = topic.clone();
        self.run(move |connection| {
            if topic.is_default {
                depose_default(connection)?;
            }
            let row = (
                topics::slug.eq(topic.slug.as_str()),
                topics::title.eq(&topic.title),
                topics::is_default.eq(topic.is_default),
                topics::created_at.eq(At(at)),
                RemindersRow::from(topic.reminders),
                ChatRulesRow::from(&topic.chat_rules),
            );
            let insert = diesel::insert_into(topics::table).values(row).on_conflict_do_nothing();
            inserted(insert.execute(connection)?, "topics_slug_key")?;
            write_aliases(connection, &topic)?;
            write_routes(connection, topic.slug.as_str(), topic.routes.iter().map(|route| route.channel_id))
        })
        .await
    }

    async fn update(&mut self, topic: &Topic) -> Result<(), StorageError> {
        let topic = topic.clone();
        self.run(move |connection| {
            if topic.is_default {
                depose_default(connection)?;
            }
            let stored = || topics::table.filter(topics::slug.eq(topic.slug.as_str()));
            if diesel::update(stored()).set(topics::title.eq(&topic.title)).execute(connection)? == 0 {
                return Err(Failure::Stale);
            }
            if topic.is_default {
                diesel::update(stored()).set(topics::is_default.eq(true)).execute(connection)?;
            }
            let old = topic_aliases::table.filter(topic_aliases::topic.eq(topic.slug.as_str()));
            diesel::delete(old).execute(connection)?;
            write_aliases(connection, &topic)
        })
        .await
    }

    async fn set_routes(&mut self, topic: &Slug, channels: &[ChannelId]) -> Result<(), StorageError> {
        let (slug, channels) = (topic.to_string(), channels.to_vec());
        self.run(move |connection| {
            let known = topics::table.filter(topics::slug.eq(&slug)).count().get_result::<i64>(connection)?;
            if known == 0 {
                return Err(Failure::Stale);
            }
            diesel::delete(topic_routes::table.filter(topic_routes::topic.eq(&slug))).execute(connection)?;
            write_routes(connection, &slug, channels.into_iter())
        })
        .await
    }

    async fn hold(&mut self, topic: &Slug) -> Result<bool, StorageError> {
        let known = topics::table.filter(topics::slug.eq(topic.to_string()));
        self.run(move |connection| Ok(diesel::select(exists(known)).get_result(connection)?)).await
    }

    async fn delete(&mut self, topic: &Slug) -> Result<(), StorageError> {
        let known = topics::table.filter(topics::slug.eq(topic.to_string()));
        self.run(move |connection| {
            diesel::delete(known).execute(connection)?;
            Ok(())
        })
        .await
    }

    async fn set_reminders(&mut self, topic: &Slug, reminders: Reminders) -> Result<(), StorageError> {
        let (slug, reminders) = (topic.to_string(), RemindersRow::from(reminders));
        self.run(move |connection| {
            let topic = topics::table.filter(topics::slug.eq(slug));
            match diesel::update(topic).set(reminders).execute(connection)? {
                0 => Err(Failure::Stale),
                _ => Ok(()),
            }
        })
        .await
    }

    async fn set_chat_rules(&mut self, topic: &Slug, rules: &ChatRules) -> Result<(), StorageError> {
        let (slug, rules) = (topic.to_string(), ChatRulesRow::from(rules));
        self.run(move |connection| {
            let topic = topics::table.filter(topics::slug.eq(slug));
            match diesel::update(topic).set(rules).execute(connection)? {
                0 => Err(Failure::Stale),
                _ => Ok(()),
            }
        })
        .await
    }
}

pub(crate) fn routing(connection: &mut SqliteConnection) -> Result<Routing, Failure> {
    let rows: Vec<TopicRow> =
        topics::table.order(topics::position).select(TopicRow::as_select()).load(connection)?;
    let (mut aliases, mut routes) = (aliases(connection)?, routes(connection)?);
    let topic = |row: TopicRow| {
        Ok(Topic {
            aliases: aliases.remove(&row.slug).unwrap_or_default(),
            routes: routes.remove(&row.slug).unwrap_or_default(),
            reminders: row.reminders.into(),
            chat_rules: row.chat_rules.try_into()?,
            slug: Slug::restore(row.slug),
            title: row.title,
            is_default: row.is_default,
        })
    };
    Ok(Routing::new(rows.into_iter().map(topic).collect::<Result<_, Failure>>()?))
}

fn depose_default(connection: &mut SqliteConnection) -> QueryResult<()> {
    let default = topics::table.filter(topics::is_default.eq(true));
    diesel::update(default).set(topics::is_default.eq(false)).execute(connection)?;
    Ok(())
}

fn aliases(connection: &mut SqliteConnection) -> QueryResult<HashMap<String, Vec<String>>> {
    let in_order = topic_aliases::table.order((topic_aliases::topic, topic_aliases::position));
    let rows: Vec<(String, String)> =
        in_order.select((topic_aliases::topic, topic_aliases::alias)).load(connection)?;
    Ok(grouped(rows))
}

fn routes(connection: &mut SqliteConnection) -> QueryResult<HashMap<String, Vec<Route>>> {
    let rows: Vec<(String, Id, Named<ChannelKind>)> = topic_routes::table
        .inner_join(channels::table.on(channels::id.eq(topic_routes::channel_id)))
        .order((topic_routes::topic, topic_routes::position))
        .select((topic_routes::topic, channels::id, channels::kind))
        .load(connection)?;
    let route = |(topic, id, kind): (String, Id, Named<ChannelKind>)| {
        (topic, Route { channel_id: id.into(), kind: kind.0 })
    };
    Ok(grouped(rows.into_iter().map(route).collect()))
}

fn grouped<T>(rows: Vec<(String, T)>) -> HashMap<String, Vec<T>> {
    let mut groups: HashMap<String, Vec<T>> = HashMap::new();
    for (topic, item) in rows {
        groups.entry(topic).or_default().push(item);
    }
    groups
}

fn write_aliases(connection: &mut SqliteConnection, topic: &Topic) -> Result<(), Failure> {
    for (position, alias) in (1_i64..).zip(&topic.aliases) {
        let row = (
            topic_aliases::topic.eq(topic.slug.as_str()),
            topic_aliases::position.eq(position),
            topic_aliases::alias.eq(alias),
        );
        diesel::insert_into(topic_aliases::table).values(row).execute(connection)?;
    }
    Ok(())
}

fn write_routes(
    connection: &mut SqliteConnection,
    topic: &str,
    channels: impl Iterator<Item = ChannelId>,
) -> Result<(), Failure> {
    for (position, channel) in (1_i64..).zip(channels) {
        let row = (
            topic_routes::topic.eq(topic),
            topic_routes::position.eq(position),
            topic_routes::channel_id.eq(Id::from(channel)),
        );
        diesel::insert_into(topic_routes::table).values(row).execute(connection)?;
    }
    Ok(())
}
