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

/// The end of the stamp of a migration that older programs must not meet.
const INCOMPATIBLE: &str = "incompatible";

impl MigrationState {
    /// Every migration that the program knows, by version and name, or that the database had applied, oldest first.
    pub fn all(known: impl IntoIterator<Item = (String, String)>, applied: Vec<String>) -> Vec<Self> {
        let mut unknown = applied;
        let mut states: Vec<_> = known
            .into_iter()
            .map(|(version, name)| {
                let before = unknown.len();
                unknown.retain(|applied| *applied != version);
                Self { version, name: Some(name), applied: unknown.len() < before }
            })
            .collect();
        states.extend(unknown.into_iter().map(|version| Self { version, name: None, applied: true }));
        states.sort_by(|a, b| a.version.cmp(&b.version));
        states
    }

    /// Whether a newer program changed the database by it so that this one must not use it.
    pub fn is_incompatible(&self) -> bool {
        self.name.is_none() && self.version.ends_with(INCOMPATIBLE)
    }
}

impl Schema {
    /// What the states of all migrations come to.
    pub fn of(states: &[MigrationState]) -> Self {
        if states.iter().any(|state| !state.applied) {
            Self::Outdated
        } else if states.iter().any(|state| state.name.is_none()) {
            Self::Newer
        } else {
            Self::Current
        }
    }
}
