//! What teams read beside facts: one file a language in `messages/`, embedded. Adding a language is adding a file.

use std::collections::HashMap;

use domain::language::Language;
use include_dir::{Dir, include_dir};
use serde::Deserialize;

static FILES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/messages");

/// The words of one language. `{...}` are places for [`fill`].
#[derive(Deserialize)]
#[cfg_attr(test, derive(serde::Serialize))]
#[serde(deny_unknown_fields)]
pub(crate) struct Words {
    pub(crate) ticket_opened: String,
    pub(crate) ticket_waits: String,
    pub(crate) nobody_answered: String,
    pub(crate) digest: String,
    pub(crate) nobody: String,
    pub(crate) possible_duplicate: String,
    pub(crate) cut: String,
    pub(crate) topic_asked: String,
    pub(crate) name: String,
    pub(crate) email: String,
    pub(crate) phone: String,
    pub(crate) source: String,
    pub(crate) page: String,
    pub(crate) referrer: String,
    pub(crate) campaign: String,
    pub(crate) bot: String,
    pub(crate) opened: String,
    pub(crate) waits_for_team: String,
    pub(crate) waits_for_visitor: String,
    pub(crate) waited_for_team: String,
    pub(crate) waited_for_visitor: String,
    pub(crate) open_chat: String,
    pub(crate) open_ticket: String,
    pub(crate) open_tickets: String,
}

/// The words of every language.
pub(crate) struct Languages(HashMap<String, Words>);

impl Languages {
    /// Those that are part of the program.
    pub(crate) fn shipped() -> Self {
        let words = FILES.files().map(|file| {
            let language = file.path().file_stem().and_then(|stem| stem.to_str());
            let words = toml::from_str(file.contents_utf8().expect("shipped words are UTF-8"));
            let words = words.expect("shipped words are complete: a test reads them");
            (language.expect("a file of words has a plain name").to_owned(), words)
        });
        Self(words.collect())
    }

    /// Those of `language`, or the English ones where there are none.
    pub(crate) fn words(&self, language: &Language) -> &Words {
        self.0.get(language.as_str()).unwrap_or_else(|| &self.0[Language::ENGLISH.as_str()])
    }
}

/// Puts values in their places, in one go: what a value contains is no place. A place without a value stays as it is.
pub(crate) fn fill(sentence: &str, values: &[(&str, &str)]) -> String {
    let mut filled = String::with_capacity(sentence.len());
    let mut rest = sentence;
    while let Some((before, (place, after))) =
        rest.split_once('{').and_then(|(before, after)| Some((before, after.split_once('}')?)))
    {
        filled.push_str(before);
        match values.iter().find(|(name, _)| *name == place) {
            Some((_, value)) => filled.push_str(value),
            None => filled.extend(["{", place, "}"]),
        }
        rest = after;
    }
    filled + rest
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    fn sentences(words: &Words) -> serde_json::Map<String, Value> {
        let Ok(Value::Object(sentences)) = serde_json::to_value(words) else { panic!("words are a table") };
        sentences
    }

    fn places(sentence: &Value) -> Vec<&str> {
        let sentence = sentence.as_str().expect("a sentence");
        let mut places: Vec<_> =
            sentence.split('{').skip(1).filter_map(|rest| Some(rest.split_once('}')?.0)).collect();
        places.sort_unstable();
        places
    }

    #[test]
    fn every_language_has_the_places_of_english() {
        let languages = Languages::shipped();
        let english = sentences(languages.words(&Language::ENGLISH));
        assert!(languages.0.contains_key("es"));
        for (language, words) in &languages.0 {
            for (key, sentence) in &sentences(words) {
                assert_eq!(places(sentence), places(&english[key]), "{key} in {language}");
                assert_ne!(sentence, "", "{key} in {language}");
            }
        }
    }

    #[test]
    fn a_language_without_words_is_english() {
        let languages = Languages::shipped();
        let german = Language::parse("de").expect("a language");
        assert_eq!(languages.words(&german).name, "Name");
    }

    #[test]
    fn a_value_has_no_places_of_its_own() {
        let values = [("reference", "T-000042"), ("topic", "{reference} {")];
        assert_eq!(fill("{topic}: {reference}!", &values), "{reference} {: T-000042!");
        assert_eq!(fill("{", &values), "{");
    }
}
