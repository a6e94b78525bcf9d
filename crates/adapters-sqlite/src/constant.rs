//! Statements that Diesel would prepare anew each time.

use diesel::{
    OptionalExtension as _, QueryResult, RunQueryDsl, SqliteConnection,
    query_builder::{AstPass, Query, QueryFragment, QueryId},
    query_dsl::methods::LoadQuery,
    sqlite::Sqlite,
};

use crate::columns::Id;

/// A statement whose text is always the same, so that each connection prepares it once.
///
/// Diesel caches selects, deletes and single-row inserts by itself, but no update and no upsert, since their texts may
/// differ from call to call. The cache is keyed by the text, so wrapping one whose text does differ would be wasteful,
/// but not wrong.
struct Constant<Q>(Q);

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

/// Runs a constant update or upsert of at most one row, and answers what it returns of that row. It has to return
/// something: Diesel runs what returns nothing by a way that asks no wrapper whether it may be cached.
#[expect(private_bounds, reason = "the wrapper is no business of the callers")]
pub(crate) fn returned<'q, T, Q>(connection: &mut SqliteConnection, statement: Q) -> QueryResult<Option<T>>
where
    Constant<Q>: LoadQuery<'q, SqliteConnection, T>,
{
    Constant(statement).get_result(connection).optional()
}

/// Runs a constant update or upsert that returns the id of the row that it changes. Says whether it changed one.
#[expect(private_bounds, reason = "the wrapper is no business of the callers")]
pub(crate) fn changed<'q, Q>(connection: &mut SqliteConnection, statement: Q) -> QueryResult<bool>
where
    Constant<Q>: LoadQuery<'q, SqliteConnection, Id>,
{
    Ok(returned::<Id, Q>(connection, statement)?.is_some())
}
