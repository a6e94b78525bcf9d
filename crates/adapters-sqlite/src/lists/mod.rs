//! Lists of what grows for ever: first the ids of a page, by the one index that serves its filter, then the rows.
//!
//! Statements are put together from few parts. What belongs to a part that is left out is bound all the same.

mod tickets;
mod users;

use application::ports::{Page, Span};
use diesel::{
    QueryResult, QueryableByName, RunQueryDsl as _, SqliteConnection,
    query_builder::{BoxedSqlQuery, SqlQuery},
    sql_query,
    sql_types::{BigInt, Binary},
    sqlite::Sqlite,
};
use domain::search::Needle;
use jiff::Timestamp;
use uuid::Uuid;

pub(crate) use tickets::ticket_ids;
pub(crate) use users::user_ids;

use crate::columns::{At, Id};

type Statement = BoxedSqlQuery<'static, Sqlite, SqlQuery>;

#[derive(QueryableByName)]
struct Found {
    #[diesel(sql_type = Binary)]
    id: Id,
}

/// The ids that a statement answers as `id`. Its first parameters are the ids before and from which they lie, and the
/// times from and before which they were made; `bind` binds those of the filter, from `?5` on; the last one, which is
/// `?limit`, is how many.
fn ids(
    connection: &mut SqliteConnection,
    sql: &str,
    page: Page,
    created: Span,
    bind: impl FnOnce(Statement) -> Statement,
) -> QueryResult<Vec<Id>> {
    let end = page.before.unwrap_or(Uuid::max()).min(created.end_id());
    let of_page = sql_query(sql)
        .into_boxed()
        .bind::<Binary, _>(Id::from(end))
        .bind::<Binary, _>(Id::from(created.first_id()))
        .bind::<BigInt, _>(At(created.from.unwrap_or(Timestamp::UNIX_EPOCH)))
        .bind::<BigInt, _>(At(created.until.unwrap_or(Timestamp::MAX)));
    let found: Vec<Found> = bind(of_page).bind::<BigInt, _>(i64::from(page.limit)).load(connection)?;
    Ok(found.into_iter().map(|found| found.id).collect())
}

/// What is looked for, as the language of FTS5 has it: one string.
fn phrase(needle: Option<&Needle>) -> String {
    format!("\"{}\"", needle.map_or("", Needle::as_str).replace('"', "\"\""))
}

/// A table of entries and that of their texts, which have the same positions.
struct Tables {
    entries: &'static str,
    texts: &'static str,
    id: &'static str,
}

impl Tables {
    /// Entries with a text, the greatest position first: so the index is read only as far as the page goes. A page goes
    /// on after the position of the id before it, or if that is gone, of the next older one. `fitting` says what else
    /// is asked, `phrase` and `limit` which parameters these are.
    fn search(&self, fitting: &str, phrase: &str, limit: &str) -> String {
        let Self { entries, texts, id } = self;
        format!(
            "SELECT {id} AS id FROM {texts} CROSS JOIN {entries} ON position = {texts}.rowid
             WHERE {texts} MATCH {phrase}
               AND {texts}.rowid < coalesce(
                   (SELECT position FROM {entries} WHERE {id} = ?1),
                   (SELECT position + 1 FROM {entries} WHERE {id} < ?1 ORDER BY {id} DESC LIMIT 1),
                   0
               )
               AND {id} >= ?2{fitting}
             ORDER BY {texts}.rowid DESC LIMIT {limit}"
        )
    }
}
