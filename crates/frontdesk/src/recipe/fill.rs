//! Fields of a chat, and how Landbot puts them where `@field` stands.

use std::{borrow::Cow, collections::BTreeMap, fmt};

/// What a chat knows: the values of its fields.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct ChatFields(BTreeMap<String, String>);

impl ChatFields {
    /// The value of a field, if it is set.
    pub fn get(&self, field: &str) -> Option<&str> {
        self.0.get(field).map(String::as_str)
    }

    /// Sets a field.
    pub fn set(&mut self, field: &str, value: impl Into<String>) {
        self.0.insert(field.to_owned(), value.into());
    }

    /// Takes the value of a field away.
    pub fn unset(&mut self, field: &str) {
        self.0.remove(field);
    }
}

/// Without the values: they are personal.
impl fmt::Debug for ChatFields {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

/// What becomes of a value on its way into a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quoting {
    /// Nothing: it is read by people. Whether Landbot does the same in bodies is not documented; then a quote in a value
    /// breaks the JSON.
    Raw,
    /// It is escaped as in a JSON string (RFC 8259, section 7).
    Json,
    /// It is escaped as in a URL (RFC 3986, section 2.1).
    Url,
}

impl Quoting {
    fn quoted(self, value: &str) -> Cow<'_, str> {
        match self {
            Self::Raw => value.into(),
            Self::Json => {
                let quoted = serde_json::Value::from(value).to_string();
                quoted[1..quoted.len() - 1].to_owned().into()
            }
            Self::Url => value.bytes().map(in_url).collect::<String>().into(),
        }
    }
}

fn in_url(byte: u8) -> String {
    if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
        char::from(byte).to_string()
    } else {
        format!("%{byte:02X}")
    }
}

/// The text with the values of the fields that it names as `@field`, `@{field}` or `${field}`. An unset field stays as it
/// is written, as Landbot may send it; values are not searched for fields again.
pub fn filled(text: &str, fields: &ChatFields, quoting: Quoting) -> String {
    let mut full = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(['@', '$']) {
        full.push_str(&rest[..at]);
        let (written, name) = placeholder(&rest[at..]);
        match fields.get(name) {
            Some(value) => full.push_str(&quoting.quoted(value)),
            None => full.push_str(written),
        }
        rest = &rest[at + written.len()..];
    }
    full + rest
}

/// The placeholder that a text begins with, as it is written and the name in it. Without one, the sign alone and no name.
fn placeholder(text: &str) -> (&str, &str) {
    let (sign, rest) = text.split_at(1);
    if let Some((name, _)) = rest.strip_prefix('{').and_then(|rest| rest.split_once('}')) {
        return (&text[..name.len() + 3], name);
    }
    let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
    if sign == "@" { (&text[..=end], &rest[..end]) } else { (sign, "") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_replaced_once_and_unset_ones_stay() {
        let mut fields = ChatFields::default();
        fields.set("name", "Ana @phone");
        fields.set("chat_uuid", "5b7f");
        let text = "Hi @name! @{name}, @phone at ${chat_uuid}; 5 $ @ @{unset}";
        let full = filled(text, &fields, Quoting::Raw);
        assert_eq!(full, "Hi Ana @phone! Ana @phone, @phone at 5b7f; 5 $ @ @{unset}");
    }

    #[test]
    fn values_are_escaped_where_they_go() {
        let mut fields = ChatFields::default();
        fields.set("q", "\"ñ&\n");
        assert_eq!(filled("@q", &fields, Quoting::Json), r#"\"ñ&\n"#);
        assert_eq!(filled("@q", &fields, Quoting::Url), "%22%C3%B1%26%0A");
    }

    #[test]
    fn what_a_visitor_said_is_not_in_debug_output() {
        let mut fields = ChatFields::default();
        fields.set("email", "ana@example.com");
        assert_eq!(format!("{fields:?}"), r#"{"email"}"#);
    }
}
