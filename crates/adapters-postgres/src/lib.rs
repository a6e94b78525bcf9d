//! Storage for replicas: PostgreSQL through diesel and diesel-async, without libpq.
//!
//! [`PgStorage`] implements the `Storage` port; the unit of work that it hands out implements every repository, one file
//! each in `repositories`. Like every adapter, this crate may depend on `application` and `domain` only.
//!
//! How a repository method works: it reads and writes sets, with one statement for a set of any size. What Diesel's own
//! language cannot say so, or would prepare anew each time, is written by hand as a `Statement`. Sets are sorted by
//! their unique keys before they come here, and statements that lock rows do so in one order, so that two units of work
//! hardly ever wait for each other. An insert that may meet a taken key says `ON CONFLICT DO NOTHING`, because an error
//! would end the transaction. Times that decide what is due are those of the server's `clock_timestamp()`.
//!
//! To add a migration: a folder `migrations/postgres/<stamp>_<name>` with an `up.sql`, its stamp greater than all others
//! and the same as that of its sister in `migrations/sqlite`; then the new columns in `schema` and in `rows`. Every list
//! and poll has a test that its query uses the index meant for it. What programs of the release before cannot live with
//! is marked as the module `migrations` says.

mod backlog;
mod batch;
mod columns;
mod connection;
mod conversations;
mod delivery;
mod erasure;
mod error;
mod lists;
mod migrations;
mod open;
mod permissions;
mod repositories;
mod rows;
mod schema;
mod settings;
mod statement;
mod storage;
mod tls;
mod totals;
mod unit_of_work;

pub use connection::ConnectionsUse;
pub use open::OpenError;
pub use settings::PgSettings;
pub use storage::PgStorage;
