//! Settings as people read them: what is in force, and an example with everything.

use std::fmt;

use serde::Serialize;

use super::{
    mask::masked,
    sources::Sources,
    table::{self, GROUPS, Setting},
};

/// How long a line of the example may be.
const WIDTH: usize = 100;

/// A setting as it is in force.
#[derive(Debug, Serialize)]
pub struct ReportedSetting {
    /// Its name.
    pub name: &'static str,
    /// Its value, secrets masked; none if it is unset.
    pub value: Option<String>,
    /// Where the value comes from.
    pub source: String,
}

/// All settings, as they are in force.
pub fn report(sources: &Sources) -> Vec<ReportedSetting> {
    let reported = |setting: &'static Setting| {
        let (value, source) = sources.in_force(setting);
        ReportedSetting {
            name: setting.name,
            value: value.map(|value| masked(setting, value)),
            source: source.to_string(),
        }
    };
    table::settings().map(reported).collect()
}

/// A `.env` file that names every setting and changes none.
pub struct Example;

impl fmt::Display for Example {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(INTRODUCTION)?;
        for group in GROUPS {
            writeln!(f, "\n# === {} ===", group.title)?;
            group.settings.iter().try_for_each(|setting| describe(setting, f))?;
        }
        Ok(())
    }
}

const INTRODUCTION: &str = "\
# Every setting of Frontdesk with its default; without any of them it runs. Copy this file to .env and
# take the # away from what you change. The environment has precedence over .env, and .env over
# frontdesk.toml. An empty value means unset. Values with spaces, # or $ need 'single quotes'.
# Durations: 500ms, 60s, 5m, 2h, 90d.
# What is secret, and a URL that may have a login, can lie in a file: DATABASE_URL_FILE names one that
# is read in place of DATABASE_URL, and so on.
";

fn describe(setting: &Setting, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    writeln!(f)?;
    for line in wrapped(setting.meaning) {
        writeln!(f, "# {line}")?;
    }
    let default = setting.default.unwrap_or_default();
    let quote = if default.contains(' ') { "'" } else { "" };
    writeln!(f, "#{}={quote}{default}{quote}", setting.name)
}

fn wrapped(text: &str) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let line = lines.last_mut().expect("there is always a line");
        if line.is_empty() {
            line.push_str(word);
        } else if line.len() + 1 + word.len() <= WIDTH {
            line.push(' ');
            line.push_str(word);
        } else {
            lines.push(word.to_owned());
        }
    }
    lines
}
