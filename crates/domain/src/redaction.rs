//! What is taken out of other servers' words before they are kept.

/// The longest answer that is kept, in characters.
const MAX_ANSWER_CHARS: usize = 500;

/// The part of an answer that may be kept, once its secrets are masked: no mail address, no control character, at most
/// 500 characters.
pub fn fit_to_keep(answer: &str) -> String {
    let masked = mask_addresses(answer);
    masked.chars().map(|c| if c.is_control() { ' ' } else { c }).take(MAX_ANSWER_CHARS).collect()
}

/// Replaces everything that looks like an address, with the angle brackets around it, by `<address>`.
fn mask_addresses(text: &str) -> String {
    let mut masked = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('@') {
        let start = start_of_local_part(&rest[..at]);
        let end = at + 1 + end_of_domain(&rest[at + 1..]);
        if start == at || end == at + 1 {
            masked.push_str(&rest[..=at]);
            rest = &rest[at + 1..];
            continue;
        }
        masked.push_str(rest[..start].strip_suffix('<').unwrap_or(&rest[..start]));
        masked.push_str("<address>");
        rest = rest[end..].strip_prefix('>').unwrap_or(&rest[end..]);
    }
    masked + rest
}

fn start_of_local_part(before: &str) -> usize {
    if let Some(quoted) = before.strip_suffix('"') {
        return quoted.rfind('"').unwrap_or(0);
    }
    let delimiter = before.char_indices().rev().find(|(_, c)| ends_an_address(*c));
    delimiter.map_or(0, |(index, c)| index + c.len_utf8())
}

/// The full stop that ends a sentence is not part of the domain.
fn end_of_domain(after: &str) -> usize {
    let domain = &after[..after.find(ends_an_address).unwrap_or(after.len())];
    domain.trim_end_matches('.').len()
}

fn ends_an_address(c: char) -> bool {
    c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | '(' | ')' | ',' | ';' | ':' | '"')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn addresses_are_masked_wherever_they_stand() {
        for (text, cleaned) in [
            ("5.1.1 <anna@example.org>: unknown", "5.1.1 <address>: unknown"),
            ("5.1.1 anna@example.org unknown", "5.1.1 <address> unknown"),
            ("write to o'brien+x=y@example.org.", "write to <address>."),
            ("a@b.c,d@e.f;mailto:g@h.i", "<address>,<address>;mailto:<address>"),
            ("<\"anna b\"@example.org> unknown", "<address> unknown"),
            ("josé@exämple.org y otro", "<address> y otro"),
            ("user@[192.0.2.1] unknown", "<address> unknown"),
        ] {
            assert_eq!(mask_addresses(text), cleaned, "{text}");
        }
    }

    #[test]
    fn what_is_no_address_stays() {
        for text in
            ["2.0.0 queued as 4F3", "meet @ noon", "@ start", "end @", "", "see https://example.org/x"]
        {
            assert_eq!(mask_addresses(text), text);
        }
    }

    #[test]
    fn an_answer_is_capped_and_has_no_control_characters() {
        assert_eq!(fit_to_keep(&"é".repeat(2_000)), "é".repeat(500));
        assert_eq!(fit_to_keep("a\u{1b}[31mb\0c"), "a [31mb c");
    }

    proptest! {
        #[test]
        fn any_text_is_fit_to_keep_and_no_address_survives(before in ".{0,20}", local in "[a-z]{4,12}", after in ".{0,20}") {
            let kept = fit_to_keep(&format!("{before}<{local}@mail.test>{after}"));
            let survived = format!("{local}@mail");
            prop_assert!(!kept.contains(&survived));
        }
    }
}
