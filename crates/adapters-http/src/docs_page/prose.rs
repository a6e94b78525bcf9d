//! Descriptions as HTML.

use std::fmt::Write;

use crate::page::Escaped;

/// The little Markdown that descriptions use: paragraphs, `code` and *emphasis*.
pub(super) fn prose(markdown: &str) -> String {
    let mut html = String::new();
    for paragraph in markdown.split("\n\n").filter(|paragraph| !paragraph.is_empty()) {
        let _ = writeln!(html, "<p>{}</p>", inline(paragraph));
    }
    html
}

/// A row of a table with two columns: a name, and what it means.
pub(super) fn row(html: &mut String, name: &str, meaning: &str) {
    let _ = writeln!(html, "<tr><td><code>{}</code></td><td>{}</td></tr>", Escaped(name), inline(meaning));
}

/// Every second piece between two marks is marked.
pub(super) fn inline(markdown: &str) -> String {
    let mut html = String::with_capacity(markdown.len());
    for (position, piece) in markdown.split('`').enumerate() {
        if position % 2 == 1 {
            let _ = write!(html, "<code>{}</code>", Escaped(piece));
        } else {
            emphasise(&mut html, piece);
        }
    }
    html
}

fn emphasise(html: &mut String, markdown: &str) {
    for (position, piece) in markdown.split('*').enumerate() {
        let piece = Escaped(piece);
        let _ = if position % 2 == 1 { write!(html, "<em>{piece}</em>") } else { write!(html, "{piece}") };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_become_elements_and_the_rest_is_text() {
        assert_eq!(
            prose("Use `a < b` or *both*.\n\nAnd `*` too & more."),
            "<p>Use <code>a &lt; b</code> or <em>both</em>.</p>\n<p>And <code>*</code> too &amp; more.</p>\n"
        );
    }
}
