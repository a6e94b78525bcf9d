//! The words of mails: compiled and tried once, rendered for each mail.

mod error;
mod sources;

use std::{collections::HashMap, fmt, path::Path};

use domain::{language::Language, notification::Purpose};
use minijinja::{
    AutoEscape, Environment, ErrorKind, Output, UndefinedBehavior, Value, escape_formatter,
    syntax::SyntaxConfig, value::Serde,
};
use serde::Serialize;

pub use self::error::TemplateError;
use self::sources::{Mails, PartNames, Sources};
use crate::{
    facts::{ChatUpdate, Reply, TicketOpened, Welcome},
    reminder_facts::{Digest, Escalation},
};

/// A mail, in words.
pub(crate) struct Rendered {
    pub(crate) subject: String,
    pub(crate) text: String,
    pub(crate) html: String,
}

/// All templates, compiled.
pub(crate) struct Templates {
    environment: Environment<'static>,
    mails: Mails,
    /// By the names of templates, what people call them.
    files: HashMap<String, String>,
}

impl Templates {
    /// Takes the shipped templates and, in their place or beside them, those in `folder`. Every one is rendered with
    /// samples, so that a mistake is found at the start and not with the first mail.
    pub(crate) fn load(folder: Option<&Path>) -> Result<Self, TemplateError> {
        let mut sources = Sources::shipped();
        if let Some(folder) = folder {
            sources.read(folder)?;
        }
        let mails = sources.mails()?;
        let mut templates = Self { environment: environment(), mails, files: HashMap::new() };
        for (name, source) in sources.into_files() {
            templates.files.insert(name.clone(), source.file);
            let added = templates.environment.add_template_owned(name.clone(), source.text);
            added.map_err(|error| templates.broken(&name, error))?;
        }
        templates.try_all()?;
        Ok(templates)
    }

    /// The languages that there are templates in, in the order of their names.
    pub(crate) fn languages(&self) -> Vec<Language> {
        let mut languages: Vec<_> = self.mails.keys().filter_map(|name| Language::parse(name)).collect();
        languages.sort_unstable();
        languages
    }

    /// Renders a mail in `language`, or in English where there is none of it.
    pub(crate) fn render(
        &self,
        language: &Language,
        purpose: Purpose,
        facts: &impl Serialize,
    ) -> Result<Rendered, TemplateError> {
        let own = self.mails.get(language.as_str()).and_then(|mails| mails.get(&purpose));
        let names = own.unwrap_or_else(|| &self.mails[Language::ENGLISH.as_str()][&purpose]);
        self.render_parts(names, facts)
    }

    fn render_parts(&self, names: &PartNames, facts: &impl Serialize) -> Result<Rendered, TemplateError> {
        let facts = Value::from(Serde(facts));
        let part = |name: &String| {
            let rendered = self.environment.get_template(name).and_then(|template| template.render(&facts));
            rendered.map_err(|error| self.broken(name, error))
        };
        let [subject, text, html] = names;
        Ok(Rendered { subject: part(subject)?, text: part(text)?, html: part(html)? })
    }

    fn try_all(&self) -> Result<(), TemplateError> {
        for (purpose, names) in self.mails.values().flatten() {
            match purpose {
                Purpose::Welcome => self.try_with(names, &Welcome::samples())?,
                Purpose::TicketOpened => self.try_with(names, &TicketOpened::samples())?,
                Purpose::Escalation => self.try_with(names, &Escalation::samples())?,
                Purpose::Reply => self.try_with(names, &Reply::samples())?,
                Purpose::ChatFields | Purpose::ChatResumed => self.try_with(names, &ChatUpdate::samples())?,
                Purpose::Digest => self.try_with(names, &Digest::samples())?,
            }
        }
        Ok(())
    }

    fn try_with(&self, names: &PartNames, samples: &[impl Serialize]) -> Result<(), TemplateError> {
        samples.iter().try_for_each(|sample| self.render_parts(names, sample).map(drop))
    }

    /// The mistake may be in another file than the one that was asked for: in the layout.
    fn broken(&self, name: &str, source: minijinja::Error) -> TemplateError {
        let name = source.name().unwrap_or(name);
        let file = self.files.get(name).map_or(name, String::as_str).to_owned();
        TemplateError::Broken { file, line: source.line().unwrap_or(1), source }
    }
}

/// Strict: what is misspelt or not known is not printed as nothing, but found at the start.
fn environment() -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_formatter(|out, state, value| match (state.auto_escape(), value.as_str()) {
        (AutoEscape::Html, Some(text)) if !value.is_safe() => Ok(write_escaped(out, text)?),
        _ if value.is_none() => {
            let detail = "a value that may be unknown is printed without asking whether it is known";
            Err(minijinja::Error::new(ErrorKind::InvalidOperation, detail))
        }
        _ => escape_formatter(out, state, value),
    });
    let syntax = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build();
    environment.set_syntax(syntax.expect("the usual delimiters are valid"));
    environment
}

/// Escapes what has a meaning in the text and the quoted attributes of HTML, and no more. The engine's own way escapes
/// slashes too, and links written like that are taken for spam.
fn write_escaped(out: &mut Output<'_>, text: &str) -> fmt::Result {
    let mut rest = text;
    while let Some(at) = rest.find(['&', '<', '>', '"', '\'']) {
        let (before, special) = rest.split_at(at);
        out.write_str(before)?;
        out.write_str(match special.as_bytes()[0] {
            b'&' => "&amp;",
            b'<' => "&lt;",
            b'>' => "&gt;",
            b'"' => "&quot;",
            _ => "&#39;",
        })?;
        rest = &special[1..];
    }
    out.write_str(rest)
}
