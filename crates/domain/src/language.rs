//! The language that a person is spoken to in.

use std::{borrow::Cow, fmt};

use serde::{Deserialize, Serialize};

/// A language by the primary subtag of its tag (RFC 5646, section 2.2.1): two or three lower-case letters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Language(Cow<'static, str>);

impl Language {
    /// What is spoken where nothing else is known.
    pub const ENGLISH: Self = Self(Cow::Borrowed("en"));

    /// Reads the beginning of a tag in any spelling (`es`, `ES`, `es-MX`, `es_ES.UTF-8`). None for anything
    /// else.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let end = text.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(text.len());
        let (subtag, rest) = text.split_at(end);
        let is_whole = !rest.starts_with(char::is_alphanumeric);
        (is_whole && (2..=3).contains(&subtag.len())).then(|| Self(Cow::Owned(subtag.to_ascii_lowercase())))
    }

    /// The subtag.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for Language {
    fn default() -> Self {
        Self::ENGLISH
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_is_the_beginning_of_its_tag() {
        for text in ["es", "ES", " es-ES ", "es_MX", "es-419", "es_ES.UTF-8", "es,en;q=0.8"] {
            assert_eq!(Language::parse(text).expect(text).as_str(), "es", "{text}");
        }
        assert_eq!(Language::parse("gsw-CH").map(|language| language.to_string()), Some("gsw".to_owned()));
    }

    #[test]
    fn what_is_no_tag_is_no_language() {
        for text in ["", "e", "Español", "Spanish", "es1", "-es", "12", "日本"] {
            assert_eq!(Language::parse(text), None, "{text}");
        }
    }

    #[test]
    fn english_is_the_default_and_travels_as_text() {
        assert_eq!(Language::parse("EN"), Some(Language::default()));
        assert_eq!(serde_json::to_string(&Language::ENGLISH).expect("text"), r#""en""#);
        assert_eq!(serde_json::from_str::<Language>(r#""en""#).expect("text"), Language::ENGLISH);
    }
}
