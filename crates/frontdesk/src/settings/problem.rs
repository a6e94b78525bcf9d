//! What is wrong with the settings: everything at once, each with its name.

use std::fmt;

/// One setting that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem(String);

impl Problem {
    /// A sentence that names the setting.
    pub(super) const fn new(sentence: String) -> Self {
        Self(sentence)
    }
}

/// The settings cannot be used. Says everything that is wrong with them, and no secret.
#[derive(Debug, thiserror::Error)]
pub struct SettingsError {
    problems: Vec<Problem>,
}

impl SettingsError {
    pub(super) const fn new(problems: Vec<Problem>) -> Self {
        Self { problems }
    }
}

impl fmt::Display for SettingsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the settings cannot be used")?;
        self.problems.iter().try_for_each(|Problem(sentence)| write!(f, "\n  {sentence}"))
    }
}

/// The one of `known` that a mistyped name most likely means: few letters differ.
pub(super) fn nearest<'a>(typed: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let typed = typed.to_uppercase();
    let allowed = typed.len() / 4 + 1;
    let distances = known.map(|name| (edits(&typed, name), name));
    distances.filter(|(distance, _)| *distance <= allowed).min().map(|(_, name)| name)
}

/// How many letters have to be changed, added or taken away to make one text of the other (Levenshtein).
fn edits(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (above, letter) in one.chars().enumerate() {
        let mut diagonal = above;
        row[0] = above + 1;
        for (column, other_letter) in other.iter().enumerate() {
            let replaced = diagonal + usize::from(letter != *other_letter);
            diagonal = row[column + 1];
            row[column + 1] = replaced.min(diagonal + 1).min(row[column] + 1);
        }
    }
    row[other.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    const KNOWN: [&str; 3] = ["FRONTDESK__WELCOME__DELAY", "FRONTDESK__HTTP__BIND", "FRONTDESK__LOG"];

    #[test]
    fn a_mistyped_name_finds_the_one_that_was_meant() {
        for (typed, meant) in [
            ("FRONTDESK__WELCOM__DELAY", Some(KNOWN[0])),
            ("FRONTDESK__WELCOME_DELAY", Some(KNOWN[0])),
            ("FRONTDESK__http__bind", Some(KNOWN[1])),
            ("FRONTDESK__LGO", Some(KNOWN[2])),
            ("FRONTDESK__SOMETHING__ELSE_ENTIRELY", None),
        ] {
            assert_eq!(nearest(typed, KNOWN.into_iter()), meant, "{typed}");
        }
    }

    #[test]
    fn edits_are_counted() {
        for (one, other, count) in
            [("", "", 0), ("abc", "", 3), ("kitten", "sitting", 3), ("flaw", "lawn", 2)]
        {
            assert_eq!(edits(one, other), count, "{one} {other}");
            assert_eq!(edits(other, one), count, "{other} {one}");
        }
    }
}
