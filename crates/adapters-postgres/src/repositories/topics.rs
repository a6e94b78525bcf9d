//! Topics and their routes.

use std::collections::HashMap;

use application::ports::{StorageError, TopicRepository};
use async_trait::async_trait;
use diesel::{
    prelude::*,
    sql_types::{Array, Text, Uuid},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
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
    statement::statement,
    unit_of_work::PgUnitOfWork,
};

#[async_trait]
impl TopicRepository for PgUnitOfWork {
    async fn routing(&mut self) -> Result<Routing, StorageError> {
        self.run(async |connection| routing(connection).await).await
    }

    async fn insert(&mut self, topic: &Topic, at: Timestamp) -> Result<(), StorageError> {
        self.run(async |connection| {
            if topic.is_default {
                depose_default(connection).await?;
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
            inserted(insert.execute(connection).await?, 1, "topics_slug_key")?;
            write_aliases(connection, topic).await?;
            let channels = topic.routes.iter().map(|route| route.channel_id.into()).collect();
            write_routes(connection, &topic.slug, channels).await
        })
        .await
    }

    async fn update(&mut self, topic: &Topic) -> Result<(), StorageError> {
        self.run(async |connection| {
            if topic.is_default {
                depose_default(connection).await?;
            }
            let stored = || topics::table.filter(topics::slug.eq(topic.slug.as_str()));
            let title = topics::title.eq(&topic.title);
            // Two people may do this at once: who comes second waits here.
            if diesel::update(stored()).set(title).execute(connection).await? == 0 {
                return Err(Failure::Stale);
            }
            if topic.is_default {
                diesel::update(stored()).set(topics::is_default.eq(true)).execute(connection).await?;
            }
            let old = topic_aliases::table.filter(topic_aliases::topic.eq(topic.slug.as_str()));
            diesel::delete(old).execute(connection).await?;
            write_aliases(connection, topic).await
        })
        .await
    }

    async fn set_routes(&mut self, topic: &Slug, channels: &[ChannelId]) -> Result<(), StorageError> {
        let channels: Vec<Id> = channels.iter().copied().map(Id::from).collect();
        self.run(async |connection| {
            // Two people may do this at once.
            if !hold(connection, topic).await? {
                return Err(Failure::Stale);
            }
            let old = topic_routes::table.filter(topic_routes::topic.eq(topic.as_str()));
            diesel::delete(old).execute(connection).await?;
            write_routes(connection, topic, channels).await
        })
        .await
    }

    async fn hold(&mut self, topic: &Slug) -> Result<bool, StorageError> {
        self.run(async |connection| Ok(hold(connection, topic).await?)).await
    }

    async fn delete(&mut self, topic: &Slug) -> Result<(), StorageError> {
        self.run(async |connection| {
            let known = topics::table.filter(topics::slug.eq(topic.as_str()));
            diesel::delete(known).execute(connection).await?;
            Ok(())
        })
        .await
    }

    async fn set_reminders(&mut self, topic: &Slug, reminders: Reminders) -> Result<(), StorageError> {
        let reminders = RemindersRow::from(reminders);
        self.run(async |connection| {
            let topic = topics::table.filter(topics::slug.eq(topic.as_str()));
            match diesel::update(topic).set(reminders).execute(connection).await? {
                0 => Err(Failure::Stale),
                _ => Ok(()),
            }
        })
        .await
    }

    async fn set_chat_rules(&mut self, topic: &Slug, rules: &ChatRules) -> Result<(), StorageError> {
        let rules = ChatRulesRow::from(rules);
        self.run(async |connection| {
            let topic = topics::table.filter(topics::slug.eq(topic.as_str()));
            match diesel::update(topic).set(rules).execute(connection).await? {
                0 => Err(Failure::Stale),
                _ => Ok(()),
            }
        })
        .await
    }
}

/// All three are sent at once: calls of bots wait for them.
pub(crate) async fn routing(connection: &AsyncPgConnection) -> Result<Routing, Failure> {
    let (rows, mut aliases, mut routes) =
        tokio::try_join!(rows(connection), aliases(connection), routes(connection))?;
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

async fn hold(connection: &mut AsyncPgConnection, topic: &Slug) -> QueryResult<bool> {
    let known = topics::table.filter(topics::slug.eq(topic.as_str())).select(topics::position);
    let known: Option<i64> = known.for_update().get_result(connection).await.optional()?;
    Ok(known.is_some())
}

async fn depose_default(connection: &mut AsyncPgConnection) -> QueryResult<()> {
    let default = topics::table.filter(topics::is_default.eq(true));
    diesel::update(default).set(topics::is_default.eq(false)).execute(connection).await?;
    Ok(())
}

async fn rows(mut connection: &AsyncPgConnection) -> QueryResult<Vec<TopicRow>> {
    let in_order = topics::table.order(topics::position);
    in_order.select(TopicRow::as_select()).load(&mut connection).await
}

async fn aliases(mut connection: &AsyncPgConnection) -> QueryResult<HashMap<String, Vec<String>>> {
    let in_order = topic_aliases::table.order((topic_aliases::topic, topic_aliases::position));
    let columns = (topic_aliases::topic, topic_aliases::alias);
    let rows: Vec<(String, String)> = in_order.select(columns).load(&mut connection).await?;
    Ok(grouped(rows))
}

async fn routes(mut connection: &AsyncPgConnection) -> QueryResult<HashMap<String, Vec<Route>>> {
    let rows: Vec<(String, Id, Named<ChannelKind>)> = topic_routes::table
        .inner_join(channels::table.on(channels::id.eq(topic_routes::channel_id)))
        .order((topic_routes::topic, topic_routes::position))
        .select((topic_routes::topic, channels::id, channels::kind))
        .load(&mut connection)
        .await?;
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

async fn write_aliases(connection: &mut AsyncPgConnection, topic: &Topic) -> Result<(), Failure> {
    statement(
        "INSERT INTO topic_aliases (topic, position, alias)
         SELECT $1, position, alias FROM unnest($2) WITH ORDINALITY AS given (alias, position)",
    )
    .bind::<Text, _>(topic.slug.as_str())
    .bind::<Array<Text>, _>(&topic.aliases)
    .execute(connection)
    .await?;
    Ok(())
}

async fn write_routes(
    connection: &mut AsyncPgConnection,
    topic: &Slug,
    channels: Vec<Id>,
) -> Result<(), Failure> {
    statement(
        "INSERT INTO topic_routes (topic, position, channel_id)
         SELECT $1, position, channel_id FROM unnest($2) WITH ORDINALITY AS given (channel_id, position)",
    )
    .bind::<Text, _>(topic.as_str())
    .bind::<Array<Uuid>, _>(channels)
    .execute(connection)
    .await?;
    Ok(())
}
