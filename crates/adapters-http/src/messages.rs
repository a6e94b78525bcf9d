//! The sentences for visitors: one file a language in `messages/`, embedded. Adding a language is adding a
//! file.

use std::collections::HashMap;

use domain::{
    answer::{Answer, Sentence},
    language::Language,
};
use include_dir::{Dir, include_dir};

static FILES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/messages");

/// What the key of a sentence ends in that is said when the name is known.
const NAMED: &str = "_named";

/// A file of sentences cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum MessagesError {
    #[error("reading the sentences of {file}: not a flat table of texts")]
    Unreadable {
        file: String,
        #[source]
        source: Box<toml::de::Error>,
    },
    #[error("reading the sentences of {file}: {sentence} is missing")]
    Missing { file: String, sentence: Sentence },
    #[error("reading the sentences of {file}: nothing is called {key}")]
    UnknownKey { file: String, key: String },
    #[error("reading the sentences of {file}: {key} has a placeholder that it cannot fill")]
    Placeholder { file: String, key: String },
}

/// Every sentence in every language.
pub(crate) struct Messages {
    languages: HashMap<String, Sentences>,
}

type Sentences = HashMap<Sentence, Wording>;

/// A sentence, and how it is said to somebody whose name is known.
struct Wording {
    plain: Template,
    named: Option<Template>,
}

impl Messages {
    /// The sentences that are part of the program.
    pub(crate) fn shipped() -> Self {
        let files = FILES
            .files()
            .filter_map(|file| Some((file.path().file_stem()?.to_str()?, file.contents_utf8()?)));
        Self::read(files).expect("the shipped sentences are complete: a test reads them")
    }

    fn read<'a>(files: impl Iterator<Item = (&'a str, &'a str)>) -> Result<Self, MessagesError> {
        let languages = files.map(|(language, text)| Ok((language.to_owned(), sentences(language, text)?)));
        Ok(Self { languages: languages.collect::<Result<_, MessagesError>>()? })
    }

    /// What to say to the visitor: in the language of the answer if there is a file for it, else in English.
    pub(crate) fn say(&self, answer: &Answer) -> String {
        let wording = &self.sentences(&answer.language)[&answer.sentence];
        let template = wording.named.as_ref().filter(|_| answer.name.is_some()).unwrap_or(&wording.plain);
        template.fill(answer)
    }

    fn sentences(&self, language: &Language) -> &Sentences {
        let english = || &self.languages[Language::ENGLISH.as_str()];
        self.languages.get(language.as_str()).unwrap_or_else(english)
    }
}

fn sentences(file: &str, text: &str) -> Result<Sentences, MessagesError> {
    let file = || file.to_owned();
    let unreadable = |source| MessagesError::Unreadable { file: file(), source: Box::new(source) };
    let mut texts: HashMap<String, String> = toml::from_str(text).map_err(unreadable)?;
    let mut template = |key: &str, sentence: Sentence| {
        let Some(text) = texts.remove(key) else { return Ok(None) };
        let template =
            Template::parse(&text).filter(|template| template.fits(sentence, key.ends_with(NAMED)));
        template.map(Some).ok_or_else(|| MessagesError::Placeholder { file: file(), key: key.to_owned() })
    };
    let mut sentences = Sentences::new();
    for &sentence in Sentence::ALL {
        let plain = template(sentence.as_str(), sentence)?;
        let named = template(&format!("{sentence}{NAMED}"), sentence)?;
        let plain = plain.ok_or_else(|| MessagesError::Missing { file: file(), sentence })?;
        sentences.insert(sentence, Wording { plain, named });
    }
    match texts.into_keys().next() {
        Some(key) => Err(MessagesError::UnknownKey { file: file(), key }),
        None => Ok(sentences),
    }
}

/// A sentence with places to fill.
struct Template(Vec<Part>);

enum Part {
    Text(String),
    Name,
    Reference,
}

impl Template {
    /// None when a brace begins no known placeholder.
    fn parse(text: &str) -> Option<Self> {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            let (placeholder, after) = after.split_once('}')?;
            parts.push(Part::Text(before.to_owned()));
            parts.push(match placeholder {
                "name" => Part::Name,
                "reference" => Part::Reference,
                _ => return None,
            });
            rest = after;
        }
        parts.push(Part::Text(rest.to_owned()));
        Some(Self(parts))
    }

    /// Whether the answer with this sentence has what the template asks for.
    fn fits(&self, sentence: Sentence, is_named: bool) -> bool {
        self.0.iter().all(|part| match part {
            Part::Text(_) => true,
            Part::Name => is_named,
            Part::Reference => tells_a_reference(sentence),
        })
    }

    fn fill(&self, answer: &Answer) -> String {
        let texts = self.0.iter().map(|part| match part {
            Part::Text(text) => text.as_str(),
            Part::Name => answer.name.as_deref().unwrap_or_default(),
            Part::Reference => answer.reference.as_deref().unwrap_or_default(),
        });
        texts.collect()
    }
}

const fn tells_a_reference(sentence: Sentence) -> bool {
    matches!(
        sentence,
        Sentence::TicketOpened
            | Sentence::StatusOpen
            | Sentence::StatusPending
            | Sentence::StatusResolved
            | Sentence::StatusClosed
    )
}

#[cfg(test)]
mod tests {
    use domain::{answer::Verdict, ids::RequestId};

    use super::*;

    fn answer(sentence: Sentence, language: &str, name: Option<&str>) -> Answer {
        let language = Language::parse(language).expect("a language");
        Answer {
            name: name.map(str::to_owned),
            reference: Some("T-000042".to_owned()),
            ..Answer::new(Verdict::Ok, sentence, language, RequestId::MAX)
        }
    }

    fn english_without(key: &str) -> String {
        let english = FILES.get_file("en.toml").and_then(|file| file.contents_utf8()).expect("English");
        let prefix = format!("{key} =");
        english.split_inclusive('\n').filter(|line| !line.starts_with(&prefix)).collect()
    }

    fn refused(file: &str) -> String {
        let read = Messages::read([("xx", file)].into_iter());
        read.map(|_| ()).expect_err("the file cannot be used").to_string()
    }

    #[test]
    fn every_language_says_every_sentence() {
        let messages = Messages::shipped();
        assert!(["en", "es"].iter().all(|&language| messages.languages.contains_key(language)));
        for language in messages.languages.keys() {
            for &sentence in Sentence::ALL {
                for name in [None, Some("Ana")] {
                    let said = messages.say(&answer(sentence, language, name));
                    assert!(!said.is_empty() && !said.contains(['{', '}']), "{language} {sentence}: {said}");
                    assert_eq!(
                        said.contains("T-000042"),
                        tells_a_reference(sentence),
                        "{language} {sentence}: {said}"
                    );
                }
            }
        }
    }

    #[test]
    fn a_known_name_is_said_and_an_unknown_one_leaves_no_gap() {
        let messages = Messages::shipped();
        let registered = |name| messages.say(&answer(Sentence::Registered, "es", name));
        assert_eq!(registered(Some("Ana")), "¡Gracias, Ana! Ya tenemos tus datos.");
        assert_eq!(registered(None), "¡Gracias! Ya tenemos tus datos.");
    }

    #[test]
    fn a_name_with_braces_is_only_a_name() {
        let said = Messages::shipped().say(&answer(Sentence::UserKnown, "en", Some("{reference}")));
        assert_eq!(said, "Good to see you again, {reference}!");
    }

    #[test]
    fn a_language_without_a_file_is_answered_in_english() {
        let messages = Messages::shipped();
        let unknown = |language| messages.say(&answer(Sentence::UserUnknown, language, None));
        assert_eq!(unknown("eu"), unknown("en"));
        assert_ne!(unknown("es"), unknown("en"));
    }

    #[test]
    fn a_file_with_a_mistake_says_which() {
        let complete = english_without("no such key");
        assert_eq!(
            refused(&english_without("slow_down")),
            "reading the sentences of xx: slow_down is missing"
        );
        assert_eq!(
            refused(&format!("{complete}\nhello = \"Hi\"")),
            "reading the sentences of xx: nothing is called hello"
        );
        assert!(refused("registered = 1").starts_with("reading the sentences of xx: not a flat table"));
        for broken in ["Hello {status}", "Hello {name}", "Hello {reference}", "Hello {"] {
            let file = format!("{}\nslow_down = \"{broken}\"", english_without("slow_down"));
            assert_eq!(
                refused(&file),
                "reading the sentences of xx: slow_down has a placeholder that it cannot fill"
            );
        }
    }
}
