//! Takes settings one by one and gathers what is wrong with them.

use std::fmt::Display;

use super::{
    mask::masked,
    problem::{Problem, SettingsError},
    sources::{Source, Sources},
    table::{self, Setting, Shown},
};

/// Reads values that are in force.
pub(super) struct Reader<'a> {
    sources: &'a Sources,
    problems: Vec<Problem>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(sources: &'a Sources) -> Self {
        Self { sources, problems: sources.problems() }
    }

    /// The value of a setting that has a default. In place of one that cannot be read the default is given, so that
    /// reading goes on and finds every problem.
    pub(super) fn value<T, E: Display>(&mut self, name: &str, parse: impl Fn(&str) -> Result<T, E>) -> T {
        let setting = known(name);
        let default = setting.default.expect("a setting that is never unset has a default");
        self.read(setting, &parse).unwrap_or_else(|| parse(default).ok().expect("defaults can be read"))
    }

    /// The value of a setting that may be unset.
    pub(super) fn option<T, E: Display>(
        &mut self,
        name: &str,
        parse: impl Fn(&str) -> Result<T, E>,
    ) -> Option<T> {
        self.read(known(name), &parse)
    }

    /// Takes a setting for a problem that does not go with the others.
    pub(super) fn refuse_if_set(&mut self, name: &str, needed: &str) {
        self.option(name, |_| Err::<(), _>(needed));
    }

    fn read<T, E: Display>(
        &mut self,
        setting: &'static Setting,
        parse: impl Fn(&str) -> Result<T, E>,
    ) -> Option<T> {
        let (value, source) = self.sources.in_force(setting);
        match parse(value?) {
            Ok(parsed) => Some(parsed),
            Err(needed) => {
                self.problems.push(malformed(setting, value?, source, &needed));
                None
            }
        }
    }

    /// The settings, if nothing was wrong with any of them.
    pub(super) fn finish<T>(self, settings: T) -> Result<T, SettingsError> {
        if self.problems.is_empty() { Ok(settings) } else { Err(SettingsError::new(self.problems)) }
    }
}

fn known(name: &str) -> &'static Setting {
    table::find(name).unwrap_or_else(|| panic!("the setting {name} stands in the table"))
}

fn malformed(setting: &Setting, value: &str, source: Source, needed: &dyn Display) -> Problem {
    let name = setting.name;
    let given = match setting.shown {
        Shown::Hidden => String::new(),
        Shown::Whole | Shown::WithoutLogin => format!(" = {:?}", masked(setting, value)),
    };
    Problem::new(format!("{name}{given} ({source}): {needed}"))
}
