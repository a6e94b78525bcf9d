//! Which users a page has.

use application::ports::{Page, UserFilter};
use diesel::{
    QueryResult, SqliteConnection,
    sql_types::{Binary, Nullable, Text},
};

use super::{Statement, Tables, ids, phrase};
use crate::columns::Id;

const TABLES: Tables = Tables { entries: "user_search", texts: "user_texts", id: "user_id" };

/// The ids of a page, newest first.
pub(crate) fn user_ids(
    connection: &mut SqliteConnection,
    filter: &UserFilter,
    page: Page,
) -> QueryResult<Vec<Id>> {
    let UserFilter { needle, origin, bot_id, created } = filter;
    let bind = |statement: Statement| {
        statement
            .bind::<Text, _>(phrase(needle.as_ref()))
            .bind::<Nullable<Binary>, _>(bot_id.map(Id::from))
            .bind::<Nullable<Text>, _>(origin.clone())
    };
    ids(connection, &sql(filter), page, *created, bind)
}

fn sql(filter: &UserFilter) -> String {
    let own = own(filter);
    let made = if filter.created.is_limited() {
        " AND EXISTS (SELECT 1 FROM users WHERE users.id = user_id AND created_at >= ?3 AND created_at < ?4)"
    } else {
        ""
    };
    if filter.needle.is_some() {
        return TABLES.search(&format!("{own}{made}"), "?5", "?8");
    }
    if own.is_empty() {
        return "SELECT id FROM users WHERE id < ?1 AND id >= ?2 AND created_at >= ?3 AND created_at < ?4
                ORDER BY id DESC LIMIT ?8"
            .to_owned();
    }
    format!(
        "SELECT user_id AS id FROM user_search WHERE user_id < ?1 AND user_id >= ?2{own}{made}
         ORDER BY user_id DESC LIMIT ?8"
    )
}

const fn own(filter: &UserFilter) -> &'static str {
    match (filter.bot_id.is_some(), filter.origin.is_some()) {
        (false, false) => "",
        (true, false) => " AND bot_id = ?6",
        (false, true) => " AND origin = ?7",
        (true, true) => " AND bot_id = ?6 AND origin = ?7",
    }
}
