//! From names and values to a typed call.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::{
    BotCall, Field, Fields, PersonFields, RefusalCode, Refused, TicketFields, extra, fields::Entry, value,
};
use crate::{
    identity::{Country, CustomerId, EmailAddress, Identity, PhoneNumber, is_token},
    ids::BotId,
    language::Language,
    text::{Cleaned, DESCRIPTION_MAX, ONE_LINE_MAX, is_given, multi_line, one_line},
    user::Origin,
};

/// How the name begins that Landbot gives to visitors who did not say theirs.
const NAMELESS: &str = "visitor #";

/// Words for agreement, in lower case.
const YES: &[&str] = &["yes", "y", "true", "1", "si", "sí", "on", "ok", "accept", "acepto", "agree"];

/// Words for refusal, in lower case.
const NO: &[&str] = &["no", "n", "false", "0", "off", "rechazo"];

/// What reading depends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReadingContext {
    /// The bot that calls: its customers are its own.
    pub bot: BotId,
    /// Where its national phone numbers are from.
    pub country: Option<Country>,
}

/// Reads a call that registers or recognises a person: an email, a phone or a customer id is needed.
pub fn read_users_call(fields: &Fields, context: &ReadingContext) -> Result<BotCall, Refused> {
    let mut reader = Reader::new(fields);
    let person = reader.person(context);
    reader.check(&person)?;
    if !person.is_identified() {
        return Err(Refused::field(Field::Email, RefusalCode::NothingIdentifies));
    }
    Ok(BotCall { person, ticket: None, extra: reader.into_extra() })
}

/// Reads a call that opens a ticket: a description is needed, a person is not. But a person who tried to say
/// who they are and could not be understood is asked again.
pub fn read_tickets_call(fields: &Fields, context: &ReadingContext) -> Result<BotCall, Refused> {
    let mut reader = Reader::new(fields);
    let person = reader.person(context);
    reader.check(&person)?;
    let topic = reader.line(Field::Topic);
    let description = reader.description();
    let description =
        description.ok_or(Refused::field(Field::Description, RefusalCode::DescriptionMissing))?;
    Ok(BotCall { person, ticket: Some(TicketFields { topic, description }), extra: reader.into_extra() })
}

/// The identities that a question names, in the order in which they are matched. What cannot be read is left
/// out.
pub fn read_lookup(fields: &Fields, context: &ReadingContext) -> Vec<Identity> {
    Reader::new(fields).contacts(context).identities(context.bot)
}

/// Takes fields one by one, and keeps what is left.
/// Everything that can be read in a call, whether it is taken or not.
pub(super) struct Read {
    pub(super) person: PersonFields,
    pub(super) ticket: Option<TicketFields>,
    /// Which entries say something.
    pub(super) given: Vec<bool>,
    /// Which of them are read as the field that their names mean.
    pub(super) taken: Vec<bool>,
    pub(super) unreadable: Vec<Field>,
    pub(super) cut: Vec<Field>,
}

/// Reads what a call about a ticket, or else about a person, says.
pub(super) fn read_all(fields: &Fields, context: &ReadingContext, is_about_ticket: bool) -> Read {
    let mut reader = Reader::new(fields);
    let person = reader.person(context);
    let ticket = is_about_ticket.then(|| TicketFields {
        topic: reader.line(Field::Topic),
        description: reader.description().unwrap_or_default(),
    });
    let Reader { entries, taken, extra, unreadable } = reader;
    let kept = |field: &Field| extra.contains_key(field.as_str()) && !unreadable.contains(field);
    Read {
        person,
        ticket,
        given: entries.iter().map(is_worth_keeping).collect(),
        taken,
        cut: Field::ALL.iter().copied().filter(kept).collect(),
        unreadable,
    }
}

struct Reader<'a> {
    entries: &'a [Entry],
    /// Which of the entries were taken.
    taken: Vec<bool>,
    extra: Map<String, Value>,
    unreadable: Vec<Field>,
}

impl<'a> Reader<'a> {
    fn new(fields: &'a Fields) -> Self {
        let entries = fields.entries();
        Self { entries, taken: vec![false; entries.len()], extra: Map::new(), unreadable: Vec::new() }
    }

    fn person(&mut self, context: &ReadingContext) -> PersonFields {
        PersonFields {
            name: self.name(),
            chat_uuid: self.parsed(Field::ChatUuid, |text| is_token(text).then(|| text.to_owned())),
            language: self.parsed(Field::Language, Language::parse),
            consent: self.parsed(Field::Consent, yes_or_no),
            consent_text: self.line(Field::ConsentText),
            origin: self.origin(),
            ..self.contacts(context)
        }
    }

    fn contacts(&mut self, context: &ReadingContext) -> PersonFields {
        PersonFields {
            email: self.parsed(Field::Email, |text| EmailAddress::parse(text).ok()),
            phone: self.parsed(Field::Phone, |text| PhoneNumber::parse(text, context.country).ok()),
            customer_id: self.parsed(Field::CustomerId, |text| CustomerId::parse(text).ok()),
            ..PersonFields::default()
        }
    }

    fn origin(&mut self) -> Origin {
        Origin {
            source: self.line(Field::Origin),
            page: self.line(Field::OriginPage),
            referrer: self.line(Field::OriginReferrer),
            utm_source: self.line(Field::UtmSource),
            utm_medium: self.line(Field::UtmMedium),
            utm_campaign: self.line(Field::UtmCampaign),
        }
    }

    fn name(&mut self) -> Option<String> {
        self.line(Field::Name).or_else(|| {
            let parts = [self.take(Field::FirstName), self.take(Field::LastName)];
            let whole = parts.into_iter().flatten().collect::<Vec<_>>().join(" ");
            self.cleaned(Field::Name, &whole, one_line(&whole, ONE_LINE_MAX))
        })
    }

    fn line(&mut self, field: Field) -> Option<String> {
        let given = self.take(field)?;
        self.cleaned(field, &given, one_line(&given, ONE_LINE_MAX))
    }

    fn description(&mut self) -> Option<String> {
        let given = self.take(Field::Description)?;
        self.cleaned(Field::Description, &given, multi_line(&given, DESCRIPTION_MAX))
    }

    /// A cleaned text, if anything is left of it. Of a text that was cut the whole is kept.
    fn cleaned(&mut self, field: Field, given: &str, cleaned: Cleaned) -> Option<String> {
        if cleaned.cut {
            self.keep(field, given);
        }
        Some(cleaned.text).filter(|text| is_given(text))
    }

    /// A value of a type of its own. What cannot be read is kept as it was given.
    fn parsed<T>(&mut self, field: Field, parse: impl FnOnce(&str) -> Option<T>) -> Option<T> {
        let given = self.take(field)?;
        let line = one_line(&given, usize::MAX).text;
        if !is_given(&line) {
            return None;
        }
        let parsed = parse(&line);
        if parsed.is_none() {
            self.unreadable.push(field);
            self.keep(field, &given);
        }
        parsed
    }

    /// The value of a field that counts. Other names with the same value are taken with it.
    fn take(&mut self, field: Field) -> Option<Cow<'a, str>> {
        let entries = self.entries.iter().enumerate().filter(|(_, entry)| entry.field() == Some(field));
        let given = entries.filter_map(|(at, entry)| Some((at, entry, given_text(entry)?)));
        let (_, _, counts) = given.clone().min_by_key(|(at, entry, _)| entry.precedence(*at))?;
        for (at, _, text) in given {
            self.taken[at] |= text == counts;
        }
        Some(counts)
    }

    fn keep(&mut self, field: Field, given: &str) {
        self.extra.insert(field.to_string(), value::without_nul(given).into());
    }

    /// Refuses a person who tried to say who they are, when nothing identifies them.
    fn check(&self, person: &PersonFields) -> Result<(), Refused> {
        let failed = |field| !person.is_identified() && self.unreadable.contains(&field);
        if failed(Field::Email) {
            Err(Refused::field(Field::Email, RefusalCode::EmailUnreadable))
        } else if failed(Field::Phone) {
            Err(Refused::field(Field::Phone, RefusalCode::PhoneUnreadable))
        } else {
            Ok(())
        }
    }

    /// What was not taken, and what was kept of the rest, within the limit.
    fn into_extra(self) -> Map<String, Value> {
        let left =
            self.entries.iter().zip(&self.taken).filter(|(entry, taken)| !**taken && is_worth_keeping(entry));
        let mut extra: Map<_, _> =
            left.map(|(entry, _)| (value::without_nul(&entry.name), value::kept(&entry.value))).collect();
        extra.extend(self.extra);
        extra::limited(extra, Vec::new())
    }
}

fn given_text(entry: &Entry) -> Option<Cow<'_, str>> {
    let is_name = matches!(entry.field(), Some(Field::Name));
    value::text(&entry.value).filter(|text| is_given(text) && !(is_name && is_nameless(text)))
}

fn is_worth_keeping(entry: &Entry) -> bool {
    entry.value.is_object() || given_text(entry).is_some()
}

fn is_nameless(name: &str) -> bool {
    name.get(..NAMELESS.len()).is_some_and(|start| start.eq_ignore_ascii_case(NAMELESS))
}

fn yes_or_no(text: &str) -> Option<bool> {
    let word = text.to_lowercase();
    let is_one_of = |words: &[&str]| words.contains(&word.as_str());
    if is_one_of(YES) { Some(true) } else { is_one_of(NO).then_some(false) }
}
