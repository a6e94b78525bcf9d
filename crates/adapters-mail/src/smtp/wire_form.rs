//! The form in which a message travels after `DATA`.

/// The message as it is written: every line ends with CRLF, a line that begins with a dot gets another one, and a
/// line with a single dot follows (RFC 5321, sections 2.3.8, 4.1.1.4 and 4.5.2).
///
/// A bare CR or LF becomes a line end too, so that no text of a person can look like the end of the message to
/// a server that is lenient about line ends.
pub(super) fn wire_form(message: &[u8]) -> Vec<u8> {
    let message = message.strip_suffix(b"\n").unwrap_or(message);
    let mut wire = Vec::with_capacity(message.len() + message.len() / 64 + 8);
    for piece in message.split(|byte| *byte == b'\n') {
        let piece = piece.strip_suffix(b"\r").unwrap_or(piece);
        for line in piece.split(|byte| *byte == b'\r') {
            write_line(&mut wire, line);
        }
    }
    wire.extend_from_slice(b".\r\n");
    wire
}

fn write_line(wire: &mut Vec<u8>, line: &[u8]) {
    if line.starts_with(b".") {
        wire.push(b'.');
    }
    wire.extend_from_slice(line);
    wire.extend_from_slice(b"\r\n");
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn on_the_wire(message: &str) -> String {
        String::from_utf8(wire_form(message.as_bytes())).unwrap()
    }

    #[test]
    fn a_message_gets_its_end_and_no_line_more() {
        assert_eq!(on_the_wire("a: b\r\n\r\ntext\r\n"), "a: b\r\n\r\ntext\r\n.\r\n");
        assert_eq!(on_the_wire("text"), "text\r\n.\r\n");
        assert_eq!(on_the_wire("text\r\n\r\n"), "text\r\n\r\n.\r\n");
    }

    #[test]
    fn a_leading_dot_is_doubled() {
        assert_eq!(on_the_wire(".\r\n..a\r\nb.\r\n"), "..\r\n...a\r\nb.\r\n.\r\n");
    }

    #[test]
    fn bare_line_ends_become_whole_ones() {
        assert_eq!(on_the_wire("a\nb\rc\r\nd"), "a\r\nb\r\nc\r\nd\r\n.\r\n");
        assert_eq!(on_the_wire("a\n.\nb"), "a\r\n..\r\nb\r\n.\r\n");
    }

    proptest! {
        #[test]
        fn no_message_can_contain_its_own_end(message in "[.\r\na]{0,40}") {
            let wire = on_the_wire(&message);
            prop_assert!(wire.ends_with("\r\n.\r\n") || wire == ".\r\n");
            let body = wire.strip_suffix(".\r\n").unwrap();
            for line in body.split_inclusive("\r\n") {
                let text = line.strip_suffix("\r\n").unwrap();
                prop_assert!(text != "." && !text.contains(['\r', '\n']));
            }
        }
    }
}
