//! The texts of templates: those that are part of the program, and those in a folder of the operator's.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    fs,
    path::{Path, PathBuf},
};

use domain::{language::Language, notification::Purpose};
use include_dir::{Dir, include_dir};

use super::TemplateError;

static SHIPPED: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/templates");

/// The frame of every HTML part.
const LAYOUT: &str = "layout.html";

/// The parts of a mail (subject, text, HTML), by what follows the purpose in the names of their files.
const PARTS: [&str; 3] = ["subject.txt", "txt", "html"];

/// The names of the templates of a mail's subject, text and HTML.
pub(super) type PartNames = [String; 3];

/// The templates of each mail, by language and purpose.
pub(super) type Mails = HashMap<String, BTreeMap<Purpose, PartNames>>;

/// A template that is not compiled yet.
pub(super) struct Source {
    pub(super) text: String,
    /// What people call it.
    pub(super) file: String,
}

/// Templates by their names: `layout.html`, `en/welcome.txt`, ...
pub(super) struct Sources(BTreeMap<String, Source>);

impl Sources {
    /// Those that are part of the program.
    pub(super) fn shipped() -> Self {
        let mut sources = Self(BTreeMap::new());
        for file in SHIPPED.dirs().flat_map(Dir::files).chain(SHIPPED.files()) {
            let name = file.path().to_str().expect("shipped templates have plain names").to_owned();
            let text = file.contents_utf8().expect("shipped templates are UTF-8").to_owned();
            sources.0.insert(name.clone(), Source { text, file: format!("{name} (shipped)") });
        }
        sources
    }

    /// Takes those in a folder too. Hidden files and folders are left alone.
    pub(super) fn read(&mut self, folder: &Path) -> Result<(), TemplateError> {
        for (name, path) in entries(folder)? {
            if path.is_dir() {
                self.read_language(&name, &path)?;
            } else if name == LAYOUT {
                self.take(name, path)?;
            } else {
                return Err(TemplateError::Unexpected { path, expected: LAYOUT });
            }
        }
        Ok(())
    }

    fn read_language(&mut self, language: &str, folder: &Path) -> Result<(), TemplateError> {
        if Language::parse(language).is_none_or(|parsed| parsed.as_str() != language) {
            return Err(TemplateError::Language { path: folder.to_owned() });
        }
        for (name, path) in entries(folder)? {
            if !Purpose::ALL.iter().any(|&purpose| PARTS.map(|part| file_name(purpose, part)).contains(&name))
            {
                return Err(TemplateError::Unexpected { path, expected: "welcome.subject.txt" });
            }
            self.take(format!("{language}/{name}"), path)?;
        }
        Ok(())
    }

    fn take(&mut self, name: String, path: PathBuf) -> Result<(), TemplateError> {
        let file = path.display().to_string();
        let text = fs::read_to_string(&path).map_err(|source| TemplateError::Unreadable { path, source })?;
        self.0.insert(name, Source { text, file });
        Ok(())
    }

    /// The mails that there are. A language may lack a whole mail, which is then written in English.
    pub(super) fn mails(&self) -> Result<Mails, TemplateError> {
        let mut mails = Mails::new();
        let languages: BTreeSet<_> = self.0.keys().filter_map(|name| Some(name.split_once('/')?.0)).collect();
        for language in languages {
            for &purpose in Purpose::ALL {
                if let Some(names) = self.parts(language, purpose)? {
                    mails.entry(language.to_owned()).or_default().insert(purpose, names);
                }
            }
        }
        Ok(mails)
    }

    /// All parts of a mail, or none.
    fn parts(&self, language: &str, purpose: Purpose) -> Result<Option<PartNames>, TemplateError> {
        let names = PARTS.map(|part| format!("{language}/{}", file_name(purpose, part)));
        let (there, missing): (Vec<_>, Vec<_>) = names.iter().partition(|&name| self.0.contains_key(name));
        match missing.first() {
            Some(&missing) if !there.is_empty() => Err(TemplateError::Missing { name: missing.clone() }),
            Some(_) => Ok(None),
            None => Ok(Some(names)),
        }
    }

    pub(super) fn into_files(self) -> BTreeMap<String, Source> {
        self.0
    }
}

fn file_name(purpose: Purpose, part: &str) -> String {
    format!("{purpose}.{part}")
}

/// What is in a folder and not hidden, by name, in the order of the names.
fn entries(folder: &Path) -> Result<BTreeMap<String, PathBuf>, TemplateError> {
    let unreadable = |source| TemplateError::Unreadable { path: folder.to_owned(), source };
    let mut entries = BTreeMap::new();
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if !name.starts_with('.') {
            entries.insert(name, path);
        }
    }
    Ok(entries)
}
