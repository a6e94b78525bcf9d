//! What the user of a connection may do, asked before it is needed, so that a person can be told what is missing.

use diesel::{
    QueryResult, QueryableByName, sql_query,
    sql_types::{Bool, Nullable, Text},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl as _};

/// Where tables are made, and whether they may be.
#[derive(QueryableByName)]
pub(crate) struct Home {
    /// The schema; none if `search_path` names none that is there.
    #[diesel(sql_type = Nullable<Text>)]
    pub(crate) schema: Option<String>,
    /// Whether tables may be made in it.
    #[diesel(sql_type = Bool)]
    pub(crate) is_open: bool,
}

/// Where migrations would make tables.
pub(crate) async fn home(connection: &mut AsyncPgConnection) -> QueryResult<Home> {
    sql_query(
        "SELECT schema::text, coalesce(has_schema_privilege(schema, 'CREATE'), false) AS is_open
         FROM nullif(current_schema(), 'pg_catalog') AS schema",
    )
    .get_result(connection)
    .await
}

#[derive(QueryableByName)]
struct Tables {
    #[diesel(sql_type = Bool)]
    are_open: bool,
}

/// Whether all tables may be read and written.
pub(crate) async fn may_use_tables(connection: &mut AsyncPgConnection) -> QueryResult<bool> {
    let tables: Tables = sql_query(
        "SELECT coalesce(bool_and(
                    has_table_privilege(oid, 'SELECT') AND has_table_privilege(oid, 'INSERT')
                    AND has_table_privilege(oid, 'UPDATE') AND has_table_privilege(oid, 'DELETE')
                ), true) AS are_open
         FROM pg_class
         WHERE relkind = 'r'
           AND relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = current_schema())",
    )
    .get_result(connection)
    .await?;
    Ok(tables.are_open)
}

/// Whether what searches texts is there, or can be added.
#[derive(QueryableByName)]
pub(crate) struct Trigrams {
    /// Whether the database has the extension.
    #[diesel(sql_type = Bool)]
    pub(crate) are_there: bool,
    /// Whether the server has it to add.
    #[diesel(sql_type = Bool)]
    pub(crate) are_shipped: bool,
    /// Whether this user may add it: it is a trusted one (PostgreSQL: "F.35. `pg_trgm`").
    #[diesel(sql_type = Bool)]
    pub(crate) may_be_added: bool,
}

/// How the database stands to the extension `pg_trgm`.
pub(crate) async fn trigrams(connection: &mut AsyncPgConnection) -> QueryResult<Trigrams> {
    sql_query(
        "SELECT EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_trgm') AS are_there,
                EXISTS (SELECT FROM pg_available_extensions WHERE name = 'pg_trgm') AS are_shipped,
                has_database_privilege(current_database(), 'CREATE') AS may_be_added",
    )
    .get_result(connection)
    .await
}
