//! What stands in a row.

use application::users::{USER_COLUMNS, UserRecord};
use domain::{
    ids::{TicketId, UserId},
    notification::Notification,
    ticket::Ticket,
    user::User,
};
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

use crate::api::{NotificationResponse, TicketResponse};

/// Something that is a row of a file.
pub(super) trait Record {
    /// The names of its cells.
    const COLUMNS: &'static [&'static str];

    /// What it is listed by.
    fn id(&self) -> Uuid;

    /// Its cells, in the order of the columns.
    fn cells(&self) -> Vec<String>;

    /// All of it, as an object on one line.
    fn json(&self) -> String;
}

/// After which row a list goes on.
pub(super) fn last_id(rows: &[impl Record]) -> Option<Uuid> {
    rows.last().map(Record::id)
}

impl Record for User {
    const COLUMNS: &'static [&'static str] = &USER_COLUMNS;

    fn id(&self) -> Uuid {
        self.id.as_uuid()
    }

    fn cells(&self) -> Vec<String> {
        UserRecord::from(self.clone()).cells().into()
    }

    fn json(&self) -> String {
        line(&UserRecord::from(self.clone()))
    }
}

impl Record for Ticket {
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "reference",
        "status",
        "topic",
        "topic_asked",
        "user_id",
        "language",
        "description",
        "fields",
        "created_at",
    ];

    fn id(&self) -> Uuid {
        self.id.as_uuid()
    }

    fn cells(&self) -> Vec<String> {
        let fields =
            if self.fields.is_empty() { String::new() } else { Value::from(self.fields.clone()).to_string() };
        vec![
            self.id.to_string(),
            self.reference.to_string(),
            self.status.to_string(),
            self.topic.to_string(),
            self.topic_asked.clone().unwrap_or_default(),
            self.user_id.as_ref().map(UserId::to_string).unwrap_or_default(),
            self.language.to_string(),
            self.description.clone(),
            fields,
            self.created_at.to_string(),
        ]
    }

    fn json(&self) -> String {
        line(&TicketResponse::from(self))
    }
}

impl Record for Notification {
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "purpose",
        "status",
        "channel",
        "kind",
        "user_id",
        "ticket_id",
        "due_at",
        "attempts",
        "possible_duplicate",
        "created_at",
    ];

    fn id(&self) -> Uuid {
        self.id.as_uuid()
    }

    fn cells(&self) -> Vec<String> {
        vec![
            self.id.to_string(),
            self.purpose.to_string(),
            self.status.to_string(),
            self.channel.clone(),
            self.kind.to_string(),
            self.user_id.as_ref().map(UserId::to_string).unwrap_or_default(),
            self.ticket_id.as_ref().map(TicketId::to_string).unwrap_or_default(),
            self.due_at.to_string(),
            self.attempts.to_string(),
            if self.possible_duplicate { "yes" } else { "no" }.to_owned(),
            self.created_at.to_string(),
        ]
    }

    fn json(&self) -> String {
        line(&NotificationResponse::from(self))
    }
}

fn line(row: &impl Serialize) -> String {
    serde_json::to_string(row).expect("what is exported is JSON")
}
