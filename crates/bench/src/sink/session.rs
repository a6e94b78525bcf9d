//! One conversation of the mail server with a client (RFC 5321).

use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;
use tokio::sync::watch;

use super::{Mail, Mailbox, Mood};
use crate::timestamp;

/// The reply to EHLO: what a client may use (RFC 6152, RFC 2920, RFC 6531).
const EXTENSIONS: &str = "250-bench\r\n250-8BITMIME\r\n250-PIPELINING\r\n250 SMTPUTF8";

/// From a mail's last line to the answer of a slow server.
const SLOWNESS: Duration = Duration::from_millis(200);

const UNAVAILABLE: &str = "421 not now";

/// A conversation.
pub(super) struct Session {
    stream: BufReader<TcpStream>,
    mailbox: Mailbox,
    mood: watch::Receiver<Mood>,
    line: Vec<u8>,
    replies: Vec<u8>,
}

impl Session {
    pub(super) fn new(stream: TcpStream, mailbox: Mailbox, mood: watch::Receiver<Mood>) -> Self {
        let stream = BufReader::with_capacity(16 * 1024, stream);
        Self { stream, mailbox, mood, line: Vec::new(), replies: Vec::new() }
    }

    /// Talks until the client leaves, or the mood ends the conversation.
    pub(super) async fn run(mut self) -> std::io::Result<()> {
        self.stream.get_ref().set_nodelay(true)?;
        if !self.greet().await? {
            return Ok(());
        }
        while self.read_line().await? {
            match self.mood() {
                Mood::Refusing => return self.reply(UNAVAILABLE).await,
                Mood::Hanging => return self.hang().await,
                Mood::Taking | Mood::Slow | Mood::ClosingAfterData => {}
            }
            let verb = self.line.get(..4).unwrap_or_default().to_ascii_uppercase();
            match verb.as_slice() {
                b"EHLO" => self.reply(EXTENSIONS).await?,
                b"HELO" | b"MAIL" | b"RCPT" | b"RSET" | b"NOOP" => self.reply("250 ok").await?,
                b"DATA" => {
                    if !self.receive().await? {
                        return Ok(());
                    }
                }
                b"QUIT" => return self.reply("221 bye").await,
                _ => self.reply("502 not implemented").await?,
            }
        }
        Ok(())
    }

    fn mood(&self) -> Mood {
        *self.mood.borrow()
    }

    /// Says whether the conversation goes on.
    async fn greet(&mut self) -> std::io::Result<bool> {
        match self.mood() {
            Mood::Refusing => self.reply(UNAVAILABLE).await.map(|()| false),
            Mood::Hanging => self.hang().await.map(|()| false),
            Mood::Taking | Mood::Slow | Mood::ClosingAfterData => {
                self.reply("220 bench ready").await.map(|()| true)
            }
        }
    }

    /// Stays silent until the mood is another one.
    async fn hang(&mut self) -> std::io::Result<()> {
        // The sender of moods goes away with the whole server.
        let _ = self.mood.wait_for(|mood| *mood != Mood::Hanging).await;
        Ok(())
    }

    /// Takes a mail; says whether the conversation goes on.
    async fn receive(&mut self) -> std::io::Result<bool> {
        self.reply("354 go on").await?;
        let (mut due, mut id, mut subject, mut in_head) = (None, String::new(), String::new(), true);
        while self.read_line().await? {
            match self.line.as_slice() {
                b".\r\n" => return self.take(Mail { accepted: timestamp::now(), due, id, subject }).await,
                b"\r\n" => in_head = false,
                line if in_head => {
                    due = header(line, "X-Frontdesk-Due").map_or(due, timestamp::parse);
                    id = header(line, "Message-ID").map_or(id, str::to_owned);
                    subject = header(line, "Subject").map_or(subject, str::to_owned);
                }
                _ => {}
            }
        }
        Ok(false)
    }

    /// A mail is kept only if its sender may come to know; or if that is just what this mood is about.
    async fn take(&mut self, mail: Mail) -> std::io::Result<bool> {
        match self.mood() {
            Mood::Refusing => return self.reply(UNAVAILABLE).await.map(|()| false),
            Mood::Hanging => return self.hang().await.map(|()| false),
            Mood::Taking | Mood::Slow | Mood::ClosingAfterData => self.mailbox.lock().push(mail),
        }
        match self.mood() {
            Mood::ClosingAfterData => return Ok(false),
            Mood::Slow => tokio::time::sleep(SLOWNESS).await,
            Mood::Taking | Mood::Refusing | Mood::Hanging => {}
        }
        self.reply("250 taken").await.map(|()| true)
    }

    /// Reads into `self.line`; `false` at the end of the connection.
    async fn read_line(&mut self) -> std::io::Result<bool> {
        self.line.clear();
        Ok(self.stream.read_until(b'\n', &mut self.line).await? > 0)
    }

    /// Replies to pipelined commands are sent together.
    async fn reply(&mut self, text: &str) -> std::io::Result<()> {
        self.replies.extend_from_slice(text.as_bytes());
        self.replies.extend_from_slice(b"\r\n");
        if self.stream.buffer().is_empty() {
            self.stream.get_mut().write_all(&self.replies).await?;
            self.replies.clear();
        }
        Ok(())
    }
}

/// The value of a header line, if it has this name.
fn header<'a>(line: &'a [u8], name: &str) -> Option<&'a str> {
    let (found, rest) = line.split_at_checked(name.len())?;
    let value = rest.strip_prefix(b":").filter(|_| found.eq_ignore_ascii_case(name.as_bytes()))?;
    str::from_utf8(value).ok().map(str::trim)
}
