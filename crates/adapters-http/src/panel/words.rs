//! What the panel says, in the language of whoever reads it. English stands in the templates and is the key to every
//! other language, which is a folder in `words/` with a file for each part of the panel. Adding a language is adding
//! files.

use std::{collections::HashMap, sync::LazyLock};

use actix_web::{HttpRequest, cookie::Cookie, http::header::ACCEPT_LANGUAGE};
use include_dir::{Dir, File, include_dir};

static FILES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/words");

static LANGUAGES: LazyLock<Vec<Words>> = LazyLock::new(|| {
    let others = FILES.dirs().filter_map(|folder| {
        let language = folder.path().file_name()?.to_str()?;
        let texts = folder.files().filter_map(File::contents_utf8).flat_map(texts);
        Some(Words { language, texts: texts.collect() })
    });
    [Words { language: ENGLISH, texts: HashMap::new() }].into_iter().chain(others).collect()
});

fn texts(file: &str) -> HashMap<String, String> {
    toml::from_str(file).expect("a table of texts: a test reads it")
}

const ENGLISH: &str = "en";

/// The cookie in which a browser keeps the language that was chosen.
pub(super) const COOKIE: &str = "frontdesk-language";

/// What the panel says in one language.
pub(super) struct Words {
    /// Its two letters.
    pub(super) language: &'static str,
    texts: HashMap<String, String>,
}

impl Words {
    /// A text that stands in English in the code; in English, if this language lacks it.
    pub(super) fn of<'t>(&'t self, english: &'t str) -> &'t str {
        self.texts.get(english).map_or(english, String::as_str)
    }

    /// The language that somebody chose, else the first that its browser asks for and that there is.
    pub(super) fn for_reader(request: &HttpRequest) -> &'static Self {
        let chosen = request.cookie(COOKIE);
        let asked = request.headers().get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
        let asked =
            asked.unwrap_or_default().split(',').map(|range| range.split(';').next().unwrap_or(range));
        let mut wanted = chosen.iter().map(Cookie::value).chain(asked);
        wanted.find_map(Self::spoken).unwrap_or_else(|| &LANGUAGES[0])
    }

    /// The language of a tag such as `es-MX`, if there is a file for it.
    pub(super) fn spoken(tag: &str) -> Option<&'static Self> {
        let language = tag.trim().get(..2)?.to_ascii_lowercase();
        LANGUAGES.iter().find(|words| words.language == language)
    }

    /// The languages that there are.
    pub(super) fn languages() -> impl Iterator<Item = &'static str> {
        LANGUAGES.iter().map(|words| words.language)
    }
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, fs, path::Path};

    use actix_web::test::TestRequest;

    use super::*;

    /// Every text that templates and code look up: `t("...")`.
    fn looked_up(folder: &Path, found: &mut BTreeSet<String>) {
        for entry in fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()) {
            if entry.is_dir() {
                looked_up(&entry, found);
                continue;
            }
            let text = fs::read_to_string(&entry).expect("a text");
            let text = text.split("#[cfg(test)]").next().unwrap_or_default();
            for (at, _) in text.match_indices("t(") {
                let is_word = text[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_');
                let literal = text[at + 2..].trim_start().strip_prefix('"').filter(|_| !is_word);
                found.extend(literal.and_then(|rest| Some(rest.split_once('"')?.0.to_owned())));
            }
        }
    }

    fn all_looked_up() -> BTreeSet<String> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut found = BTreeSet::new();
        looked_up(&root.join("templates"), &mut found);
        looked_up(&root.join("src/panel"), &mut found);
        found
    }

    #[test]
    fn every_language_says_all_that_pages_say_and_nothing_else() {
        let needed = all_looked_up();
        for words in LANGUAGES.iter().skip(1) {
            let there: BTreeSet<_> = words.texts.keys().cloned().collect();
            let missing: Vec<_> = needed.difference(&there).collect();
            let unused: Vec<_> = there.difference(&needed).collect();
            assert!(missing.is_empty() && unused.is_empty(), "{}: {missing:#?} {unused:#?}", words.language);
        }
    }

    #[test]
    fn a_reader_gets_the_language_that_it_chose_or_else_asks_for() {
        let language = |header: &str, cookie: Option<&str>| {
            let mut request = TestRequest::default().insert_header((ACCEPT_LANGUAGE, header));
            if let Some(chosen) = cookie {
                request = request.cookie(Cookie::new(COOKIE, chosen.to_owned()));
            }
            Words::for_reader(&request.to_http_request()).language
        };
        assert_eq!(language("es-MX,es;q=0.9,en;q=0.8", None), "es");
        assert_eq!(language("de, en;q=0.5", None), "en");
        assert_eq!(language("es", Some("en")), "en");
        assert_eq!(language("", Some("xx")), "en");
    }
}
