//! The names that people give to bots, channels and topics.

use std::fmt::Display;

/// A name as it was typed: trimmed, 1 to 100 characters; none if it cannot be one.
pub fn parse(text: &str) -> Option<String> {
    let name = text.trim();
    (1..=100).contains(&name.chars().count()).then(|| name.to_owned())
}

/// What a thing is called once it was put away, so that its name is free.
pub fn archived(name: &str, id: impl Display) -> String {
    format!("{name} (archived {id})")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_1_to_100_characters_without_outer_spaces() {
        let long = "ñ".repeat(100);
        assert_eq!(parse(&format!(" {long} ")), Some(long.clone()));
        assert_eq!([parse(" "), parse(&format!("{long}x"))], [None, None]);
    }
}
