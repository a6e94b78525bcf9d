//! A call that a block makes.

use std::fmt;

use serde_json::Value;

use super::fill::{ChatFields, Quoting, filled};

/// What is typed into a Webhook block. Everything is sent as text: an unset field without quotes would break the JSON.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// The method.
    pub method: Method,
    /// The path behind the public URL, with fields as `@{field}`.
    pub path: &'static str,
    /// The parameters behind it, with fields.
    pub params: &'static [(&'static str, &'static str)],
    /// The members of the JSON body, in order, with fields; none for a question.
    pub body: Vec<(&'static str, &'static str)>,
    /// What is saved of the answer.
    pub saves: &'static [Save],
}

/// The methods that the bot uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Asks.
    Get,
    /// Registers or opens.
    Post,
}

/// A value of the answer that is kept for later blocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Save {
    /// Its key in the flat answer.
    pub key: &'static str,
    /// The field that it is saved in.
    pub field: &'static str,
}

/// A call as it goes over the wire.
#[derive(Clone, PartialEq, Eq)]
pub struct Filled {
    /// The method.
    pub method: Method,
    /// The path with its query.
    pub path: String,
    /// The body; empty for a question.
    pub body: String,
}

impl Method {
    /// As it is written in a request.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
        }
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Call {
    /// The body as it is typed into the builder; empty for a question.
    pub fn body_text(&self) -> String {
        if self.body.is_empty() {
            return String::new();
        }
        let members: Vec<_> =
            self.body.iter().map(|(name, value)| format!("  \"{name}\": \"{value}\"")).collect();
        format!("{{\n{}\n}}", members.join(",\n"))
    }

    /// The headers that are typed into the builder, which sends none by itself.
    pub fn headers(&self, key: &str) -> Vec<(&'static str, String)> {
        let mut headers = vec![("Authorization", format!("Bearer {key}"))];
        if !self.body.is_empty() {
            headers.push(("Content-Type", "application/json".to_owned()));
        }
        headers
    }

    /// What is sent in a chat with these fields. `quoting` says what the builder makes of values in the body.
    pub fn filled(&self, fields: &ChatFields, quoting: Quoting) -> Filled {
        let params: Vec<_> = self
            .params
            .iter()
            .map(|(name, value)| format!("{name}={}", filled(value, fields, Quoting::Url)))
            .collect();
        let path = filled(self.path, fields, Quoting::Url);
        let query = if params.is_empty() { String::new() } else { format!("?{}", params.join("&")) };
        Filled { method: self.method, path: path + &query, body: filled(&self.body_text(), fields, quoting) }
    }

    /// Saves what the builder was told to save of an answer. Lists stay JSON; `null` leaves nothing.
    pub fn save(&self, answer: &Value, fields: &mut ChatFields) {
        for Save { key, field } in self.saves {
            match &answer[*key] {
                Value::Null => fields.unset(field),
                Value::String(text) => fields.set(field, text.as_str()),
                other => fields.set(field, other.to_string()),
            }
        }
    }
}

/// Without the values of the person.
impl fmt::Debug for Filled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Filled").field("method", &self.method).finish_non_exhaustive()
    }
}
