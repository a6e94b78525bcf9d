//! Lists of what grows for ever: first the ids of a page, by the one index that serves its filter, then the rows.
//!
//! Statements are put together from few parts, so that there are few texts of them, and each connection keeps them
//! prepared. What belongs to a part that is left out is bound all the same.

mod tickets;
mod users;

use application::ports::{Page, Span};
use diesel::{
    QueryResult, QueryableByName,
    sql_types::{BigInt, Timestamptz, Uuid},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection as _};
use domain::search::Needle;
use jiff::Timestamp;

pub(crate) use tickets::ticket_ids;
pub(crate) use users::user_ids;

use crate::{
    columns::{At, Id},
    statement::{Statement, statement},
};

/// So many of the newest rows are looked through before the index of texts is asked: what is in many rows is found
/// there at once, while that index would first gather all of it.
const WINDOW: u16 = 20_000;

/// A part of a table in the order of an index: the rows that have certain values in the columns before the id.
///
/// It is asked for as a range of whole rows. Asked for the values and the order of the ids, PostgreSQL may think that
/// walking through all ids is cheaper, which it is not where the values are rare.
struct Range {
    condition: String,
    order: String,
}

impl Range {
    /// `columns` are those before the `id` in the index, `values` the parameters that they have.
    fn new(id: &str, columns: &[&str], values: &[&str]) -> Self {
        let row = [columns, &[id]].concat();
        let [end, begin] = ["$1", "$2"].map(|id| [values, &[id]].concat().join(", "));
        let given: Vec<_> = columns.iter().map(|column| format!(" AND {column} IS NOT NULL")).collect();
        let given = given.concat();
        let columns = row.join(", ");
        Self {
            condition: format!("({columns}) < ({end}) AND ({columns}) >= ({begin}){given}"),
            order: format!("{} DESC", row.join(" DESC, ")),
        }
    }
}

/// A table of texts.
struct Texts {
    table: &'static str,
    id: &'static str,
}

#[derive(QueryableByName)]
struct Found {
    #[diesel(sql_type = Uuid)]
    id: Id,
}

/// A list with a filter.
struct List<'f> {
    page: Page,
    /// When an item was made.
    created: Span,
    /// Binds the values of the filter, from `$6` on.
    bind: &'f (dyn Fn(Statement<'static>) -> Statement<'static> + Sync),
}

impl List<'_> {
    /// The ids that a statement answers as `id`. Its first parameters are the ids before and from which they lie, the
    /// times from and before which they were made, and how many.
    async fn ids(&self, connection: &mut AsyncPgConnection, sql: String) -> QueryResult<Vec<Id>> {
        let end = self.page.before.unwrap_or(uuid::Uuid::max()).min(self.created.end_id());
        let of_page = statement(sql)
            .bind::<Uuid, _>(Id::from(end))
            .bind::<Uuid, _>(Id::from(self.created.first_id()))
            .bind::<Timestamptz, _>(At(self.created.from.unwrap_or(Timestamp::UNIX_EPOCH)))
            .bind::<Timestamptz, _>(At(self.created.until.unwrap_or(Timestamp::MAX)))
            .bind::<BigInt, _>(i64::from(self.page.limit));
        let found: Vec<Found> = (self.bind)(of_page).load(connection).await?;
        Ok(found.into_iter().map(|found| found.id).collect())
    }

    /// The newest items whose text is `LIKE $6`: of the newest rows of `range` those, and if they are too few, all that
    /// the index of texts has. `own` says once more what is asked of a row of texts, `other` what is asked of what it
    /// belongs to.
    async fn search(
        &self,
        connection: &mut AsyncPgConnection,
        texts: &Texts,
        range: &Range,
        [own, other]: [&str; 2],
    ) -> QueryResult<Vec<Id>> {
        let Texts { table, id } = texts;
        let Range { condition, order } = range;
        let in_window = format!(
            "SELECT {id} AS id FROM (
                 SELECT * FROM {table} WHERE {condition} ORDER BY {order} LIMIT {WINDOW}
             ) AS newest
             WHERE text LIKE $6{other} ORDER BY {id} DESC LIMIT $5"
        );
        let newest = self.ids(connection, in_window).await?;
        if newest.len() >= self.page.limit.into() {
            return Ok(newest);
        }
        // An index of trigrams is read by bitmap only.
        connection.batch_execute("SET LOCAL enable_bitmapscan = on").await?;
        let anywhere = format!(
            "WITH found AS MATERIALIZED (SELECT * FROM {table} WHERE text LIKE $6)
             SELECT {id} AS id FROM found WHERE {id} < $1 AND {id} >= $2{own}{other} ORDER BY {id} DESC LIMIT $5"
        );
        let ids = self.ids(connection, anywhere).await?;
        connection.batch_execute("SET LOCAL enable_bitmapscan = off").await?;
        Ok(ids)
    }
}

/// A pattern that finds a text anywhere.
fn pattern(needle: Option<&Needle>) -> String {
    let mut pattern = String::from("%");
    for c in needle.map_or("", Needle::as_str).chars() {
        if matches!(c, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}
