//! Statements that are written by hand.

use diesel::{
    QueryResult,
    pg::Pg,
    query_builder::{AstPass, BoxedSqlQuery, Query, QueryFragment, QueryId, SqlQuery},
    serialize::ToSql,
    sql_query,
    sql_types::{HasSqlType, Untyped},
};

/// A statement whose text is always the same, so that each connection prepares it once, however large the set is that
/// it reads or writes: sets are bound as one array a column, for `unnest`.
///
/// Diesel itself keeps selects, deletes and inserts of one row prepared, but no update, no upsert and no `sql_query`,
/// since their texts may differ from call to call.
pub(crate) struct Statement<'f>(BoxedSqlQuery<'f, Pg, SqlQuery>);

/// A statement with `$1`, `$2` and so on for what is bound to it, in this order. What it answers is read by the names of
/// its columns.
pub(crate) fn statement<'f>(sql: impl Into<String>) -> Statement<'f> {
    Statement(sql_query(sql).into_boxed())
}

impl<'f> Statement<'f> {
    /// Binds the next value. Its SQL type is told to the server, so that the text needs no casts.
    pub(crate) fn bind<ST, V>(self, value: V) -> Self
    where
        Pg: HasSqlType<ST>,
        V: ToSql<ST, Pg> + Send + 'f,
        ST: Send + 'f,
    {
        Self(self.0.bind::<ST, V>(value))
    }
}

impl QueryFragment<Pg> for Statement<'_> {
    fn walk_ast<'b>(&'b self, out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        self.0.walk_ast(out)
    }

    fn is_safe_to_cache_prepared(&self, _backend: &Pg) -> QueryResult<bool> {
        Ok(true)
    }
}

impl QueryId for Statement<'_> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl Query for Statement<'_> {
    type SqlType = Untyped;
}

/// One column of a set, as it is bound for `unnest`.
pub(crate) fn column<'r, R, T>(rows: &'r [R], value: impl Fn(&'r R) -> T) -> Vec<T> {
    rows.iter().map(value).collect()
}

#[cfg(test)]
mod tests {
    use diesel::sql_types::{Array, BigInt};

    use super::*;

    #[test]
    fn a_statement_is_kept_prepared_whatever_is_bound_to_it() {
        let kept = |set: Vec<i64>| {
            let statement = statement("SELECT * FROM unnest($1)").bind::<Array<BigInt>, _>(set);
            let text = diesel::debug_query::<Pg, _>(&statement).to_string();
            assert!(text.starts_with("SELECT * FROM unnest($1) -- binds"), "{text}");
            statement.is_safe_to_cache_prepared(&Pg).expect("it is a statement")
        };
        assert!(kept(vec![]) && kept(vec![1, 2, 3]));
        let by_itself = sql_query("SELECT 1").is_safe_to_cache_prepared(&Pg);
        assert!(!by_itself.expect("it is a statement"), "Diesel does it by itself now");
    }
}
