//! One reply of the server (RFC 5321, section 4.2).

use tokio::io::{AsyncBufRead, AsyncBufReadExt, AsyncReadExt};

use super::trouble::Failure;

/// The longest reply that is read, all its lines together. RFC 5321, section 4.5.3.1.5, allows 512 bytes a line;
/// the rest is for servers that list many extensions or answer at length.
const MAX_REPLY_BYTES: u64 = 64 * 1024;

/// A complete reply: a code and one or more lines of text.
#[derive(Debug)]
pub(super) struct Reply {
    code: u16,
    lines: Vec<String>,
}

impl Reply {
    /// Reads the next reply, whether positive or not.
    pub(super) async fn read(stream: &mut (impl AsyncBufRead + Unpin)) -> Result<Self, Failure> {
        let mut stream = stream.take(MAX_REPLY_BYTES);
        let mut bytes = Vec::with_capacity(80);
        let mut lines = Vec::with_capacity(1);
        loop {
            bytes.clear();
            stream.read_until(b'\n', &mut bytes).await?;
            if !bytes.ends_with(b"\n") {
                return Err(if stream.limit() == 0 { Failure::TooLong } else { Failure::Closed });
            }
            let line = Line::parse(&bytes).ok_or(Failure::Malformed)?;
            lines.push(line.text);
            if line.is_last {
                return Ok(Self { code: line.code, lines });
            }
        }
    }

    /// Three digits, 200 to 599.
    pub(super) fn code(&self) -> u16 {
        self.code
    }

    /// The first digit of the code: 2 done, 3 go on, 4 not now, 5 never.
    pub(super) fn class(&self) -> u16 {
        self.code / 100
    }

    /// All lines as one.
    pub(super) fn text(&self) -> String {
        self.lines.join(" ")
    }

    /// Whether this reply to `EHLO` offers an extension; keywords ignore case (RFC 5321, section 4.1.1.1).
    pub(super) fn offers(&self, keyword: &str) -> bool {
        self.extension(keyword).is_some()
    }

    /// Whether this reply to `EHLO` offers an `AUTH` mechanism (RFC 4954, section 3).
    pub(super) fn offers_login_by(&self, mechanism: &str) -> bool {
        self.extension("AUTH")
            .is_some_and(|mut offered| offered.any(|name| name.eq_ignore_ascii_case(mechanism)))
    }

    /// The parameters of an extension. The first line of the reply is the server's name, not an extension.
    fn extension(&self, keyword: &str) -> Option<impl Iterator<Item = &str>> {
        self.lines.iter().skip(1).find_map(|line| {
            let mut words = line.split_ascii_whitespace();
            words.next().filter(|first| first.eq_ignore_ascii_case(keyword)).map(|_| words)
        })
    }
}

struct Line {
    code: u16,
    is_last: bool,
    text: String,
}

impl Line {
    /// A code, then a hyphen if more lines follow, else a space or nothing, then text.
    fn parse(bytes: &[u8]) -> Option<Self> {
        let line = String::from_utf8_lossy(bytes);
        let (code, rest) = line.trim_end().split_at_checked(3)?;
        let code = code.parse().ok().filter(|code| (200..600).contains(code))?;
        let is_last = match rest.as_bytes().first() {
            None | Some(b' ') => true,
            Some(b'-') => false,
            Some(_) => return None,
        };
        Some(Self { code, is_last, text: rest.get(1..).unwrap_or_default().to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn read(text: &str) -> Result<Reply, Failure> {
        Reply::read(&mut text.as_bytes()).await
    }

    #[tokio::test]
    async fn a_reply_may_have_one_line_several_or_no_text() {
        let one = read("250 2.0.0 queued\r\n").await.unwrap();
        assert_eq!((one.code(), one.class(), one.text().as_str()), (250, 2, "2.0.0 queued"));
        let several = read("550-no\r\n550-never\r\n550 at all\r\n").await.unwrap();
        assert_eq!((several.code(), several.text().as_str()), (550, "no never at all"));
        assert_eq!(read("354\r\n").await.unwrap().code(), 354);
        assert_eq!(read("421 bare line feed\n").await.unwrap().code(), 421);
    }

    #[tokio::test]
    async fn extensions_are_found_in_any_case_but_not_in_the_name_of_the_server() {
        let hello =
            read("250-STARTTLS\r\n250-smtputf8\r\n250-Auth LOGIN plain\r\n250 SIZE 10\r\n").await.unwrap();
        assert!(!hello.offers("STARTTLS"));
        assert!(hello.offers("SMTPUTF8") && hello.offers("SIZE"));
        assert!(hello.offers_login_by("PLAIN") && hello.offers_login_by("LOGIN"));
        assert!(!hello.offers_login_by("XOAUTH2"));
    }

    #[tokio::test]
    async fn what_is_not_a_reply_is_told_from_a_closed_connection() {
        for nonsense in ["hello\r\n", "99\r\n", "199 ok\r\n", "250ok\r\n", "+25 ok\r\n", "\r\n", "2é0 ok\r\n"]
        {
            assert!(matches!(read(nonsense).await, Err(Failure::Malformed)), "{nonsense:?}");
        }
        for cut in ["", "250 half a li", "250-first\r\n"] {
            assert!(matches!(read(cut).await, Err(Failure::Closed)), "{cut:?}");
        }
        let endless = "250-more\r\n".repeat(10_000);
        assert!(matches!(read(&endless).await, Err(Failure::TooLong)));
    }
}
