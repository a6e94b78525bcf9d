//! Cutting texts to what a service takes.

use std::borrow::Cow;

/// Stands where the end of a line is missing.
pub(crate) const ELLIPSIS: &str = "…";

/// As many whole characters of a text as fit, with `mark` at the end if that is not all. `weigh` says how much of `limit`
/// a character takes: services count in different units, and some count what escaping adds.
pub(crate) fn fitted<'a>(
    text: &'a str,
    limit: usize,
    mark: &str,
    weigh: impl Fn(char) -> usize,
) -> Cow<'a, str> {
    let weight = |text: &str| text.chars().map(&weigh).sum::<usize>();
    if weight(text) <= limit {
        return text.into();
    }
    let mut room = limit.saturating_sub(weight(mark));
    let fits = |&(_, c): &(usize, char)| {
        let weight = weigh(c);
        let fits = weight <= room;
        room = room.saturating_sub(weight);
        fits
    };
    let end = text.char_indices().take_while(fits).last().map_or(0, |(index, c)| index + c.len_utf8());
    format!("{}{mark}", text[..end].trim_end()).into()
}

/// How messaging services count characters: in UTF-16 code units.
pub(crate) const fn utf16(c: char) -> usize {
    c.len_utf16()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fits_stays() {
        assert_eq!(fitted("", 0, ELLIPSIS, utf16), "");
        assert_eq!(fitted("ñañá", 4, ELLIPSIS, utf16), "ñañá");
        assert_eq!(fitted("👍👍", 4, ELLIPSIS, utf16), "👍👍");
    }

    #[test]
    fn what_is_cut_ends_in_a_mark_and_fits() {
        assert_eq!(fitted("ñañán", 4, ELLIPSIS, utf16), "ñañ…");
        assert_eq!(fitted("👍👍", 3, ELLIPSIS, utf16), "👍…");
        assert_eq!(fitted("one two three", 9, " [cut]", utf16), "one [cut]");
        assert_eq!(fitted("👍👍", 1, ELLIPSIS, utf16), "…");
    }

    #[test]
    fn a_character_weighs_what_it_becomes() {
        let escaped = |c| if c == '<' { 4 } else { 1 };
        assert_eq!(fitted("<<<", 12, ELLIPSIS, escaped), "<<<");
        assert_eq!(fitted("<<<", 11, ELLIPSIS, escaped), "<<…");
    }
}
