//! Migrations: the schema's history, built into the program.
//!
//! A migration expands first and a later release contracts, so that programs of two neighbouring releases can use one
//! database. One that cannot keep this rule has a stamp that ends in `-incompatible`, such as
//! `2027-01-01-000000-incompatible_drop_users`: programs that do not know it refuse the database.

use std::error::Error as StdError;

use application::ports::MigrationState;
use diesel::{
    Connection as _, QueryDsl as _, QueryResult, QueryableByName, connection::SimpleConnection as _,
    migration::MigrationSource, pg::Pg, sql_query, sql_types::Bool, table,
};
use diesel_async::{AsyncPgConnection, RunQueryDsl as _, async_connection_wrapper::AsyncConnectionWrapper};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness as _, embed_migrations};

use crate::{error::is_connection_lost, open::OpenError};

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("../../migrations/postgres");

/// Nobody else migrates this schema until the end of the transaction: programs that start at the same time wait for
/// each other here, however long it takes.
const ALONE: &str = "
    SET LOCAL lock_timeout = 0;
    SET LOCAL statement_timeout = 0;
    SET LOCAL idle_in_transaction_session_timeout = 0;
    SELECT pg_advisory_xact_lock(hashtext('frontdesk migrations'), hashtext(current_schema()));
";

table! {
    __diesel_schema_migrations (version) {
        version -> Text,
    }
}

#[derive(QueryableByName)]
struct History {
    #[diesel(sql_type = Bool)]
    is_there: bool,
}

/// All migrations that this program or the database knows, oldest first. Changes nothing, and needs no right to.
pub(crate) async fn status(connection: &mut AsyncPgConnection) -> QueryResult<Vec<MigrationState>> {
    let history = sql_query("SELECT to_regclass('__diesel_schema_migrations') IS NOT NULL AS is_there");
    let history: History = history.get_result(connection).await?;
    if !history.is_there {
        return Ok(states(Vec::new()));
    }
    let versions = __diesel_schema_migrations::table.select(__diesel_schema_migrations::version);
    Ok(states(versions.load(connection).await?))
}

/// Applies all outstanding migrations at once or none, and answers which.
pub(crate) async fn apply(connection: AsyncPgConnection) -> Result<Vec<MigrationState>, OpenError> {
    let applied = tokio::task::spawn_blocking(move || {
        let mut connection = AsyncConnectionWrapper::<AsyncPgConnection>::from(connection);
        connection.transaction(|connection| {
            connection.batch_execute(ALONE)?;
            let applied = connection.run_pending_migrations(MIGRATIONS)?;
            Ok(applied.into_iter().map(|version| version.to_string()).collect::<Vec<_>>())
        })
    });
    let applied = match applied.await.map_err(OpenError::Interrupted)? {
        Ok(applied) => applied,
        Err(error) => return Err(not_applied(error)),
    };
    let mut states = states(applied);
    states.retain(|state| state.applied);
    Ok(states)
}

fn not_applied(error: Box<dyn StdError + Send + Sync>) -> OpenError {
    if is_connection_lost(&*error) { OpenError::Unreachable(error) } else { OpenError::Migrate(error) }
}

/// What is known of migrations of which these versions were applied.
fn states(applied: Vec<String>) -> Vec<MigrationState> {
    let known =
        MigrationSource::<Pg>::migrations(&MIGRATIONS).expect("the migrations that are built in have names");
    let known = known.iter().map(|migration| {
        let name = migration.name();
        (name.version().to_string(), name.to_string())
    });
    MigrationState::all(known, applied)
}

pub(crate) fn refuse_incompatible(states: &[MigrationState]) -> Result<(), OpenError> {
    match states.iter().find(|state| state.is_incompatible()) {
        Some(state) => Err(OpenError::Incompatible { version: state.version.clone() }),
        None => Ok(()),
    }
}
