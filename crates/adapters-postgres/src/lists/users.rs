//! Which users a page has.

use application::ports::{Page, UserFilter};
use diesel::{
    QueryResult,
    sql_types::{Nullable, Text, Uuid},
};
use diesel_async::AsyncPgConnection;

use super::{List, Range, Texts, pattern};
use crate::{columns::Id, statement::Statement};

const TEXTS: Texts = Texts { table: "user_search", id: "user_id" };

/// The ids of a page, newest first.
pub(crate) async fn user_ids(
    connection: &mut AsyncPgConnection,
    filter: &UserFilter,
    page: Page,
) -> QueryResult<Vec<Id>> {
    let UserFilter { needle, origin, bot_id, created } = filter;
    let (pattern, bot) = (pattern(needle.as_ref()), bot_id.map(Id::from));
    let bind = |statement: Statement<'static>| {
        statement
            .bind::<Text, _>(pattern.clone())
            .bind::<Nullable<Uuid>, _>(bot)
            .bind::<Nullable<Text>, _>(origin.clone())
    };
    let list = List { page, created: *created, bind: &bind };
    let (columns, values, own) = asked(filter);
    let range = Range::new("user_id", columns, values);
    let made = if created.is_limited() {
        " AND EXISTS (SELECT FROM users WHERE users.id = user_id AND created_at >= $3 AND created_at < $4)"
    } else {
        ""
    };
    if needle.is_some() {
        return list.search(connection, &TEXTS, &range, [own, made]).await;
    }
    let sql = if own.is_empty() {
        "SELECT id FROM users WHERE id < $1 AND id >= $2 AND created_at >= $3 AND created_at < $4
         ORDER BY id DESC LIMIT $5"
            .to_owned()
    } else {
        let Range { condition, order } = range;
        format!("SELECT user_id AS id FROM user_search WHERE {condition}{made} ORDER BY {order} LIMIT $5")
    };
    list.ids(connection, sql).await
}

/// What is asked of the entry: columns, the parameters that they have, and both as a condition.
const fn asked(filter: &UserFilter) -> (&'static [&'static str], &'static [&'static str], &'static str) {
    match (filter.bot_id.is_some(), filter.origin.is_some()) {
        (false, false) => (&[], &[], ""),
        (true, false) => (&["bot_id"], &["$7"], " AND bot_id = $7"),
        (false, true) => (&["origin"], &["$8"], " AND origin = $8"),
        (true, true) => (&["bot_id", "origin"], &["$7", "$8"], " AND bot_id = $7 AND origin = $8"),
    }
}
