//! Lists as Python writes them: Landbot sends a list in a field as `['a', 'b']`.

/// The elements of a list of texts and numbers, `None` left out. None when the text is anything else.
pub(super) fn elements(text: &str) -> Option<Vec<String>> {
    let mut rest = text.strip_prefix('[')?.strip_suffix(']')?.trim();
    let mut elements = Vec::new();
    while !rest.is_empty() {
        let (element, tail) = element(rest)?;
        elements.extend(element);
        let tail = tail.trim_start();
        rest = if tail.is_empty() { tail } else { tail.strip_prefix(',')?.trim_start() };
    }
    Some(elements)
}

/// The first element, and what follows it.
fn element(text: &str) -> Option<(Option<String>, &str)> {
    match text.chars().next()? {
        quote @ ('\'' | '"') => quoted(&text[1..], quote).map(|(text, rest)| (Some(text), rest)),
        _ => bare(text),
    }
}

fn quoted(text: &str, quote: char) -> Option<(String, &str)> {
    let mut unescaped = String::new();
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '\\' => push_escaped(&mut unescaped, chars.next()?.1),
            c if c == quote => return Some((unescaped, &text[at + c.len_utf8()..])),
            c => unescaped.push(c),
        }
    }
    None
}

fn push_escaped(text: &mut String, c: char) {
    match c {
        'n' => text.push('\n'),
        't' => text.push('\t'),
        'r' => text.push('\r'),
        '\\' | '\'' | '"' => text.push(c),
        other => text.extend(['\\', other]),
    }
}

fn bare(text: &str) -> Option<(Option<String>, &str)> {
    let (word, rest) = text.split_at(text.find(',').unwrap_or(text.len()));
    let word = word.trim();
    match word {
        "None" => Some((None, rest)),
        "True" | "False" => Some((Some(word.to_owned()), rest)),
        _ => is_number(word).then(|| (Some(word.to_owned()), rest)),
    }
}

fn is_number(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_digit() || c == '-') && word.parse::<f64>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn joined(text: &str) -> Option<String> {
        elements(text).map(|elements| elements.join("|"))
    }

    #[test]
    fn lists_of_texts_and_numbers_are_read() {
        for (text, expected) in [
            ("['a', 'b']", "a|b"),
            (r#"["it's", 'say "hi"']"#, r#"it's|say "hi""#),
            (r"['it\'s', 'a\\b\n', '\x']", "it's|a\\b\n|\\x"),
            ("['a, b', 1, -2.5, True, None]", "a, b|1|-2.5|True"),
            ("[ 'ñ' ,]", "ñ"),
            ("[]", ""),
        ] {
            assert_eq!(joined(text).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn other_texts_in_brackets_are_not_lists() {
        for text in ["[urgent]", "['a'", "['a' 'b']", "['a\\']", "[[1]]", "[,]", "[nan]", "a"] {
            assert_eq!(joined(text), None, "{text}");
        }
    }
}
