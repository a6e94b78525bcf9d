//! Query strings and form-encoded bodies (`application/x-www-form-urlencoded` of the WHATWG URL standard,
//! section 5.1).

/// The names and values of a query string or form. Escapes that are none stay as they are; broken UTF-8 is
/// replaced.
pub(super) fn pairs(text: &str) -> impl Iterator<Item = (String, String)> {
    text.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        (decoded(name), decoded(value))
    })
}

/// Whether a body is a form: it begins with a name and `=`.
pub(super) fn looks_like_form(body: &str) -> bool {
    let in_name = |c: char| c.is_alphanumeric() || "_-.+%".contains(c);
    body.split_once('=').is_some_and(|(name, _)| !name.is_empty() && name.chars().all(in_name))
}

fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let (byte, tail) = match (first, tail) {
            (b'+', _) => (b' ', tail),
            (b'%', [high, low, after @ ..]) => match escaped(*high, *low) {
                Some(byte) => (byte, after),
                None => (b'%', tail),
            },
            _ => (*first, tail),
        };
        bytes.push(byte);
        rest = tail;
    }
    String::from_utf8(bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

fn escaped(high: u8, low: u8) -> Option<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    u8::try_from(digit(high)? * 16 + digit(low)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(String, String)> {
        pairs(text).collect()
    }

    fn pair(name: &str, value: &str) -> (String, String) {
        (name.to_owned(), value.to_owned())
    }

    #[test]
    fn escapes_are_decoded() {
        let expected = [pair("name", "Ana Núñez"), pair("mail", "a+b@example.com"), pair("a b", "1=2")];
        assert_eq!(read("name=Ana+N%C3%BA%c3%b1ez&mail=a%2Bb%40example.com&a%20b=1=2"), expected);
    }

    #[test]
    fn what_is_no_escape_stays_and_broken_utf8_is_replaced() {
        let expected = [pair("a", "100%"), pair("b", "%zz %4"), pair("c", "\u{fffd}x"), pair("d", "")];
        assert_eq!(read("a=100%&b=%zz+%4&&c=%ffx&d"), expected);
    }

    #[test]
    fn a_form_begins_with_a_name() {
        for body in ["name=Ana", "first%20name=Ana&x", "first+name=", "a-b_c.d=1"] {
            assert!(looks_like_form(body), "{body}");
        }
        for body in ["hello", "=x", "<a b=\"c\">", "[{\"a\":\"=\"}]", "\"a=b\"", "--x\r\nContent: name=\"a\""]
        {
            assert!(!looks_like_form(body), "{body}");
        }
    }
}
