//! What is printed.

use std::{
    fmt::Display,
    io::{self, Write as _},
};

use serde::Serialize;

use super::{Format, table::Table};

/// Prints a result and ends the line.
pub fn say(text: impl Display) -> anyhow::Result<()> {
    Ok(writeln!(io::stdout().lock(), "{text}")?)
}

/// Prints a result as JSON for people and programs.
pub fn say_json(value: &impl Serialize) -> anyhow::Result<()> {
    say(serde_json::to_string_pretty(value)?)
}

/// Prints a list as JSON or as a table.
pub fn say_list<T: Serialize, const COLUMNS: usize>(
    format: Format,
    records: &[T],
    listed: impl Fn(&[T]) -> Table<COLUMNS>,
) -> anyhow::Result<()> {
    if format.json { say_json(&records) } else { say(listed(records)) }
}

/// A text from outside, without what could steer a terminal.
pub fn printable(text: &str) -> String {
    text.replace("\r\n", "\n")
        .chars()
        .map(|c| if c.is_control() && c != '\n' { '\u{FFFD}' } else { c })
        .collect()
}

/// A value, or a dash where there is none.
pub fn or_dash(value: Option<impl Display>) -> String {
    value.map_or_else(|| "-".to_owned(), |value| value.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_cannot_steer_the_terminal() {
        assert_eq!(printable("a\r\nb\u{1b}[2Jc\u{7}"), "a\nb\u{FFFD}[2Jc\u{FFFD}");
    }
}
