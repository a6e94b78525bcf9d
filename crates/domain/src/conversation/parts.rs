//! Long texts are sent in parts.

/// The most characters of one message in a chat.
pub const PART_MAX: usize = 3_500;

/// How much of a part may be given up so that it ends between lines or words.
const SLACK: usize = 500;

/// The text in parts of at most [`PART_MAX`] characters, in their order: split between lines if that can be, else between
/// words, else anywhere. A text that fits is one part.
pub fn parts(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut rest = text.trim();
    while let Some((end, _)) = rest.char_indices().nth(PART_MAX) {
        let (part, after) = rest.split_at(cut(&rest[..end]));
        parts.push(part.trim_end());
        rest = after.trim_start();
    }
    if !rest.is_empty() {
        parts.push(rest);
    }
    parts
}

/// Where to cut a part that is as long as it may be.
fn cut(part: &str) -> usize {
    let from = part.char_indices().nth(PART_MAX - SLACK).map_or(0, |(from, _)| from);
    let last = |is_gap: fn(char) -> bool| part[from..].rfind(is_gap).map(|gap| from + gap);
    last(|c| c == '\n').or_else(|| last(char::is_whitespace)).unwrap_or(part.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_fits_is_one_part() {
        assert_eq!(parts(" Hello\nAna "), ["Hello\nAna"]);
        assert_eq!(parts(&"ñ".repeat(PART_MAX)), ["ñ".repeat(PART_MAX)]);
        assert!(parts("  \n").is_empty());
    }

    #[test]
    fn a_long_text_is_split_between_lines_or_words() {
        let line = "x".repeat(PART_MAX - 100);
        assert_eq!(
            parts(&format!("{line}\na b c {}", "y".repeat(200))),
            [line.as_str(), &format!("a b c {}", "y".repeat(200))]
        );
        let words = "word ".repeat(1_000);
        let split = parts(&words);
        assert!(split.iter().all(|part| part.ends_with("word")), "{split:?}");
        assert_eq!(split.join(" "), words.trim());
    }

    #[test]
    fn a_text_without_gaps_is_split_anywhere() {
        let text = "👍".repeat(2 * PART_MAX + 1);
        let split = parts(&text);
        assert_eq!(
            split.iter().map(|part| part.chars().count()).collect::<Vec<_>>(),
            [PART_MAX, PART_MAX, 1]
        );
        assert_eq!(split.concat(), text);
    }
}
