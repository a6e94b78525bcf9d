//! How a database's schema compares with this program's, in the words that all databases share.

/// Whether the schema is brought up to date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Migrate {
    /// Outstanding migrations are applied.
    Apply,
    /// The schema stays as it is.
    Leave,
}

/// How a database compares with this program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Schema {
    /// They belong together.
    Current,
    /// Migrations are outstanding; nothing else can be done with the database.
    Outdated,
    /// A newer program changed the database in ways that this one can live with.
    Newer,
}

/// A migration, and whether a database has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MigrationState {
    /// What orders migrations: the digits of its stamp.
    pub version: String,
    /// Its name; none if it is a newer program's.
    pub name: Option<String>,
    /// Whether the database has it.
    pub applied: bool,
}
