//! Where settings come from: the environment, a `.env` file, a TOML file, and their defaults, in this order.

use std::{
    collections::BTreeMap,
    fmt, fs, io,
    path::{Path, PathBuf},
};

use super::{
    file,
    problem::{Problem, nearest},
    secret_files,
    table::{self, Setting},
};

/// What every setting begins with that is Frontdesk's alone. An unknown name with this beginning is a mistake.
const OWN: &str = "FRONTDESK__";

const CONFIG: &str = "FRONTDESK__CONFIG";

/// Names and values.
pub(super) type Values = BTreeMap<String, String>;

/// Where a value comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// Nobody set it.
    Default,
    /// The TOML file.
    File,
    /// The `.env` file.
    Dotenv,
    /// The environment.
    Environment,
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Default => "default",
            Self::File => "file",
            Self::Dotenv => ".env",
            Self::Environment => "environment",
        })
    }
}

/// Everything that was set anywhere.
pub struct Sources {
    environment: Values,
    dotenv: Values,
    file: Values,
    problems: Vec<Problem>,
}

impl Sources {
    /// What this process was started with: its environment, and the files in its folder.
    pub fn of_process() -> Self {
        // What is not UTF-8 cannot be a value of ours; read with replacements, it is refused by name.
        let environment = std::env::vars_os()
            .map(|(name, value)| (name.to_string_lossy().into_owned(), value.to_string_lossy().into_owned()));
        Self::gather(environment.collect(), Path::new("."))
    }

    /// The given environment, and the files in a folder.
    pub fn gather(environment: BTreeMap<String, String>, folder: &Path) -> Self {
        let mut sources =
            Self { environment, dotenv: Values::new(), file: Values::new(), problems: Vec::new() };
        sources.read_dotenv(&folder.join(".env"));
        for values in [&mut sources.environment, &mut sources.dotenv] {
            sources.problems.extend(secret_files::take(values, folder));
        }
        sources.read_file(folder);
        sources
    }

    /// The value of a name, and where it comes from. The first source that has the name decides; an empty value there
    /// means that it is not set.
    pub fn find(&self, name: &str) -> Option<(&str, Source)> {
        let layers = [
            (&self.environment, Source::Environment),
            (&self.dotenv, Source::Dotenv),
            (&self.file, Source::File),
        ];
        let found = layers.into_iter().find_map(|(values, source)| Some((values.get(name)?.trim(), source)));
        found.filter(|(value, _)| !value.is_empty())
    }

    /// The value of a setting that is in force, and where it comes from.
    pub fn in_force(&self, setting: &'static Setting) -> (Option<&str>, Source) {
        match self.find(setting.name) {
            Some((value, source)) => (Some(value), source),
            None => (setting.default, Source::Default),
        }
    }

    /// Everything that is set outside the TOML file: where secrets are looked for by name.
    pub(super) fn named_secrets(&self) -> Values {
        let mut all = self.dotenv.clone();
        all.extend(self.environment.clone());
        all.retain(|_, value| !value.trim().is_empty());
        all
    }

    /// What is wrong with the sources themselves: files that cannot be read, and names that nobody knows.
    pub(super) fn problems(&self) -> Vec<Problem> {
        let layers = [(&self.environment, Source::Environment), (&self.dotenv, Source::Dotenv)];
        let unknown = layers.into_iter().flat_map(|(values, source)| {
            let names = values.keys().filter(|name| name.starts_with(OWN) && table::find(name).is_none());
            names.map(move |name| unknown(name, source))
        });
        self.problems.iter().cloned().chain(unknown).collect()
    }

    fn read_dotenv(&mut self, path: &Path) {
        let text = match fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return,
            Err(error) => return self.problems.push(unreadable(path, &error)),
        };
        for pair in dotenvy::from_read_iter(text.as_bytes()) {
            match pair {
                Ok((name, value)) => drop(self.dotenv.insert(name, value)),
                Err(dotenvy::Error::LineParse(broken, _)) => self.problems.push(broken_line(&text, &broken)),
                Err(error) => self.problems.push(unreadable(path, &error)),
            }
        }
    }

    fn read_file(&mut self, folder: &Path) {
        let named = self.find(CONFIG).map(|(path, _)| folder.join(path));
        let path: PathBuf = named.clone().unwrap_or_else(|| folder.join("frontdesk.toml"));
        match fs::read_to_string(&path) {
            Ok(text) => match file::read(&text) {
                Ok(values) => self.file = values,
                Err(problems) => self.problems.extend(problems),
            },
            Err(error) if error.kind() == io::ErrorKind::NotFound && named.is_none() => {}
            Err(error) => self.problems.push(unreadable(&path, &error)),
        }
    }
}

/// A name that is no setting's, and the one that was probably meant.
pub(super) fn unknown(name: &str, source: Source) -> Problem {
    let meant = nearest(name, table::settings().map(|setting| setting.name));
    let hint = meant.map(|meant| format!("; did you mean {meant}?")).unwrap_or_default();
    Problem::new(format!("{name} ({source}): there is no such setting{hint}"))
}

fn unreadable(path: &Path, error: &dyn std::error::Error) -> Problem {
    Problem::new(format!("{}: it cannot be read: {error}", path.display()))
}

/// The line may hold a secret, so that only its number and its name are said.
fn broken_line(text: &str, broken: &str) -> Problem {
    let beginning = broken.lines().next().unwrap_or_default();
    let found = text.lines().zip(1..).find(|(line, _)| line.contains(beginning));
    let (line, number) = found.unwrap_or_default();
    let name = line.split_once('=').map_or("it", |(name, _)| name.trim());
    let hint = "a value with spaces or signs needs 'single quotes'";
    Problem::new(format!("{name} (.env, line {number}): the line cannot be read; {hint}"))
}
