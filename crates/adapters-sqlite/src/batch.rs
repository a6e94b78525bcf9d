//! A batch of calls in two trips to a thread that may block: one that reads, one that writes.

use application::ports::{Asked, Changed, KnownPersons};
use diesel::SqliteConnection;
use domain::intake::{Knowledge, Writes};
use jiff::Timestamp;

use crate::{
    entries::note,
    error::Failure,
    repositories::{intake, notifications, quarantine, tickets, timeline, topics, users},
    rows::{
        IdentityRow, IntakeRecordRow, KeptAnswerRow, NewClashRow, NewNotificationRow, QuarantinedRow,
        SlotRow, TicketRow, UserRow,
    },
};

/// Reads all that a batch asks for.
pub(crate) fn knowledge(
    connection: &mut SqliteConnection,
    asked: Asked,
    now: Timestamp,
) -> Result<Knowledge, Failure> {
    let slots: Vec<_> = asked.slots.iter().map(SlotRow::from).collect();
    let answers = intake::kept_answers(connection, &slots, now)?;
    let KnownPersons { users, identities } = users::known_persons(connection, asked.identities)?;
    let mut known = Knowledge { users, identities, answers, ..Knowledge::default() };
    if asked.ticket_numbers > 0 {
        known.routing = topics::routing(connection)?;
        known.first_ticket_number = tickets::take_numbers(connection, asked.ticket_numbers)?;
    }
    Ok(known)
}

/// The rows that follow from a batch.
pub(crate) struct Rows {
    new_users: Vec<UserRow>,
    changed_users: Vec<UserRow>,
    identities: Vec<IdentityRow>,
    tickets: Vec<TicketRow>,
    notifications: Vec<NewNotificationRow>,
    clashes: Vec<NewClashRow>,
    quarantined: Vec<QuarantinedRow>,
    intake: Vec<IntakeRecordRow>,
    answers: Vec<KeptAnswerRow>,
    changed: Changed,
}

impl From<&Writes> for Rows {
    fn from(writes: &Writes) -> Self {
        Self {
            new_users: rows(&writes.new_users),
            changed_users: rows(&writes.changed_users),
            identities: rows(&writes.identities),
            tickets: rows(&writes.tickets),
            notifications: rows(&writes.notifications),
            clashes: rows(&writes.clashes),
            quarantined: rows(&writes.quarantined),
            intake: rows(&writes.intake),
            answers: rows(&writes.answers),
            changed: Changed::by_calls(&writes.intake),
        }
    }
}

impl Rows {
    /// Writes them, a table after the other.
    pub(crate) fn write(&self, connection: &mut SqliteConnection, now: Timestamp) -> Result<(), Failure> {
        users::insert(connection, &self.new_users)?;
        users::update(connection, &self.changed_users)?;
        users::add_identities(connection, &self.identities)?;
        tickets::insert(connection, &self.tickets)?;
        notifications::insert(connection, &self.notifications)?;
        timeline::record_clashes(connection, &self.clashes)?;
        quarantine::hold(connection, &self.quarantined)?;
        intake::record(connection, &self.intake)?;
        note(connection, &self.changed)?;
        intake::keep(connection, &self.answers, now)
    }
}

fn rows<'a, T, R: From<&'a T>>(items: &'a [T]) -> Vec<R> {
    items.iter().map(R::from).collect()
}
