//! Names and values, whatever dialect they came in.

use std::{cmp::Reverse, fmt};

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{MapAccess, Visitor},
};
use serde_json::{Map, Value};

use super::{
    Field, Unreadable,
    field::{Known, known, same_name},
    form, value,
};
use crate::text::is_given;

/// The names and values of a call, as they were given and in their order. Travels as a JSON object.
#[derive(Clone, Default, PartialEq)]
pub struct Fields {
    entries: Vec<Entry>,
}

/// One name and its value. A value that was nested has a name with a dot.
#[derive(Clone, PartialEq)]
pub(super) struct Entry {
    pub(super) name: String,
    pub(super) value: Value,
    known: Option<Known>,
}

impl Entry {
    fn new(name: String, value: Value) -> Self {
        Self { known: known(&name), name, value }
    }

    pub(super) fn field(&self) -> Option<Field> {
        self.known.map(|known| known.field)
    }

    fn is_given(&self) -> bool {
        value::text(&self.value).is_some_and(|text| is_given(&text))
    }
}

impl Fields {
    /// Reads the query string and the body of a call; the body wins. A body is JSON when it begins with `{`,
    /// whatever its type is said to be, and a form when it begins with a name and `=`. Broken UTF-8 is
    /// replaced.
    pub fn read(query: &str, body: &[u8]) -> Result<Self, Unreadable> {
        let body = String::from_utf8_lossy(body);
        let mut fields = Self::read_body(body.trim_start_matches('\u{FEFF}').trim())?;
        fields.put_below(form::pairs(query));
        Ok(fields)
    }

    fn read_body(body: &str) -> Result<Self, Unreadable> {
        if body.starts_with('{') {
            serde_json::from_str(body).map_err(|_| Unreadable)
        } else if body.is_empty() || form::looks_like_form(body) {
            Ok(form::pairs(body).map(|(name, text)| (name, Value::String(text))).collect())
        } else {
            Err(Unreadable)
        }
    }

    /// Adds the pairs that mean no field which is given already.
    fn put_below(&mut self, pairs: impl Iterator<Item = (String, String)>) {
        let below = pairs.map(|(name, text)| Entry::new(name, Value::String(text)));
        let mut entries: Vec<_> = below.filter(|entry| !self.gives(entry.field())).collect();
        if !entries.is_empty() {
            entries.append(&mut self.entries);
            self.entries = entries;
        }
    }

    fn gives(&self, field: Option<Field>) -> bool {
        field.is_some() && self.entries.iter().any(|entry| entry.field() == field && entry.is_given())
    }

    /// The same call with some values mended: a field is replaced under all of its names, an unknown one
    /// under its own. An empty text takes it away.
    #[must_use]
    pub fn corrected(&self, with: &[(String, String)]) -> Self {
        let mut corrected = self.clone();
        for (name, text) in with {
            let mended = Entry::new(name.clone(), Value::String(text.clone()));
            corrected.entries.retain(|entry| !mended.replaces(entry));
            corrected.entries.push(mended);
        }
        corrected
    }

    pub(super) fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Takes over a value; the members of an object that mean a field are taken one by one.
    fn push(&mut self, name: String, value: Value) {
        let Value::Object(members) = value else {
            self.entries.push(Entry::new(name, value));
            return;
        };
        let mut others = Map::new();
        for (member, value) in members {
            let entry = Entry::new(format!("{name}.{member}"), value);
            if entry.known.is_some() && !entry.value.is_object() {
                self.entries.push(entry);
            } else {
                others.insert(member, entry.value);
            }
        }
        if !others.is_empty() {
            self.entries.push(Entry::new(name, Value::Object(others)));
        }
    }
}

impl Entry {
    fn replaces(&self, other: &Self) -> bool {
        match self.field() {
            Some(field) => other.field() == Some(field),
            None => same_name(&self.name, &other.name),
        }
    }

    /// Entries of one field sort by this, the one that counts first: outer values before nested ones, names
    /// in the order of the contract, and of equals the last, but the first of nested ones.
    pub(super) fn precedence(&self, position: usize) -> (bool, usize, Reverse<usize>) {
        let nested = self.name.contains('.');
        let position = if nested { usize::MAX - position } else { position };
        (nested, self.known.map_or(usize::MAX, |known| known.rank), Reverse(position))
    }
}

impl FromIterator<(String, Value)> for Fields {
    fn from_iter<I: IntoIterator<Item = (String, Value)>>(pairs: I) -> Self {
        let mut fields = Self::default();
        for (name, value) in pairs {
            fields.push(name, value);
        }
        fields
    }
}

impl Serialize for Fields {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.entries.iter().map(|entry| (&entry.name, &entry.value)))
    }
}

impl<'de> Deserialize<'de> for Fields {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(FieldsVisitor)
    }
}

struct FieldsVisitor;

impl<'de> Visitor<'de> for FieldsVisitor {
    type Value = Fields;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of names and values")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Fields, A::Error> {
        let mut fields = Fields::default();
        while let Some((name, value)) = map.next_entry()? {
            fields.push(name, value);
        }
        Ok(fields)
    }
}

impl fmt::Debug for Fields {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let known: Vec<_> = self.entries.iter().filter_map(Entry::field).collect();
        f.debug_struct("Fields").field("known", &known).field("given", &self.entries.len()).finish()
    }
}
