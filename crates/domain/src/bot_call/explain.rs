//! What became of each name and value of a call, for people who build bots.

use std::{borrow::Cow, fmt};

use serde::Serialize;

use super::{
    Field, Fields, PersonFields, ReadingContext, TicketFields,
    fields::Entry,
    read::{Read, read_all},
    value,
};
use crate::names::named;

named! {
    /// What became of a value.
    Fate {
        /// It was read as a field.
        Taken = "taken",
        /// It was read as a field and is longer than that; the whole is kept in `fields`.
        Cut = "cut",
        /// It cannot be read as the field that its name means; it is kept in `fields`.
        Unreadable = "unreadable",
        /// It is no field of ours, or another value counts for that field; it is kept in `fields`.
        Kept = "kept",
        /// It means that nothing was given, such as an unset variable of the bot.
        NotGiven = "not_given",
    }
}

/// One name and value of a call, and what became of it.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct Reading {
    /// The name, as it was given; of a nested value with the names around it.
    pub name: String,
    /// The value, as text.
    pub given: String,
    /// The field that the name means.
    pub field: Option<Field>,
    /// What became of the value.
    pub fate: Fate,
    /// What it was read as, if it was.
    pub read_as: Option<String>,
}

impl fmt::Debug for Reading {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reading")
            .field("field", &self.field)
            .field("fate", &self.fate)
            .finish_non_exhaustive()
    }
}

/// Says of each name and value what becomes of it in a call about a ticket, or else about a person. Whether the call as a
/// whole is taken is another question.
pub fn explain(fields: &Fields, context: &ReadingContext, is_about_ticket: bool) -> Vec<Reading> {
    let read = read_all(fields, context, is_about_ticket);
    fields.entries().iter().enumerate().map(|(at, entry)| reading(entry, at, &read)).collect()
}

fn reading(entry: &Entry, at: usize, read: &Read) -> Reading {
    let fate = fate(entry, at, read);
    let was_read = matches!(fate, Fate::Taken | Fate::Cut);
    Reading {
        name: entry.name.clone(),
        given: value::text(&entry.value).map_or_else(|| entry.value.to_string(), Cow::into_owned),
        field: entry.field(),
        fate,
        read_as: entry.field().filter(|_| was_read).and_then(|field| text_of(field, read)),
    }
}

fn fate(entry: &Entry, at: usize, read: &Read) -> Fate {
    match entry.field() {
        _ if !read.given[at] => Fate::NotGiven,
        Some(field) if read.taken[at] && read.unreadable.contains(&field) => Fate::Unreadable,
        Some(field) if read.taken[at] && read.cut.contains(&field) => Fate::Cut,
        Some(_) if read.taken[at] => Fate::Taken,
        _ => Fate::Kept,
    }
}

fn text_of(field: Field, read: &Read) -> Option<String> {
    let PersonFields { name, email, phone, customer_id, chat_uuid, language, consent, consent_text, origin } =
        &read.person;
    let ticket = |part: fn(&TicketFields) -> Option<&String>| read.ticket.as_ref().and_then(part).cloned();
    match field {
        Field::Name | Field::FirstName | Field::LastName => name.clone(),
        Field::Email => email.as_ref().map(ToString::to_string),
        Field::Phone => phone.as_ref().map(ToString::to_string),
        Field::CustomerId => customer_id.as_ref().map(ToString::to_string),
        Field::ChatUuid => chat_uuid.clone(),
        Field::Language => language.as_ref().map(ToString::to_string),
        Field::Consent => consent.map(|given| if given { "yes" } else { "no" }.to_owned()),
        Field::ConsentText => consent_text.clone(),
        Field::Origin => origin.source.clone(),
        Field::OriginPage => origin.page.clone(),
        Field::OriginReferrer => origin.referrer.clone(),
        Field::UtmSource => origin.utm_source.clone(),
        Field::UtmMedium => origin.utm_medium.clone(),
        Field::UtmCampaign => origin.utm_campaign.clone(),
        Field::Topic => ticket(|ticket| ticket.topic.as_ref()),
        Field::Description => ticket(|ticket| Some(&ticket.description)),
        Field::IdempotencyKey => None,
    }
}
