//! Statements that Diesel would prepare anew each time.

use diesel::{
    QueryResult, RunQueryDsl, SqliteConnection,
    query_builder::{AstPass, Query, QueryFragment, QueryId},
    sqlite::Sqlite,
};

/// A statement whose text is always the same, so that each connection prepares it once.
///
/// Diesel caches selects and single-row inserts by itself, but no update, no upsert and nothing with a piece of SQL in
/// it, since their texts may differ from call to call. The cache is keyed by the text, so wrapping one whose text does
/// differ would be wasteful, but not wrong.
pub(crate) struct Constant<Q>(pub(crate) Q);

impl<Q: QueryFragment<Sqlite>> QueryFragment<Sqlite> for Constant<Q> {
    fn walk_ast<'b>(&'b self, out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        self.0.walk_ast(out)
    }

    fn is_safe_to_cache_prepared(&self, _backend: &Sqlite) -> QueryResult<bool> {
        Ok(true)
    }
}

impl<Q> QueryId for Constant<Q> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<Q: Query> Query for Constant<Q> {
    type SqlType = Q::SqlType;
}

impl<Q> RunQueryDsl<SqliteConnection> for Constant<Q> {}
