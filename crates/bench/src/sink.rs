//! The mail server that the measured server delivers to: takes every mail, and remembers when.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use crate::timestamp;

/// The reply to EHLO: what a server may use (RFC 6152, RFC 2920, RFC 6531).
const EXTENSIONS: &str = "250-bench\r\n250-8BITMIME\r\n250-PIPELINING\r\n250 SMTPUTF8";

/// One mail that was accepted. Times are microseconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Mail {
    /// When its last line was read, just before the answer.
    pub(crate) accepted: i64,
    /// Its due time by the header `X-Frontdesk-Due`.
    pub(crate) due: Option<i64>,
    /// A digest of its `Message-ID`.
    id: u64,
}

/// How many mails came more than once.
pub(crate) fn duplicates(mails: &[Mail]) -> usize {
    let ids: HashSet<u64> = mails.iter().map(|mail| mail.id).collect();
    mails.len() - ids.len()
}

/// The listening server; it ends when dropped.
#[derive(Debug)]
pub(crate) struct Sink {
    /// Where it listens, on the loopback address.
    pub(crate) address: SocketAddr,
    mailbox: Mailbox,
    accepting: JoinHandle<()>,
}

impl Sink {
    /// Listens on a free port.
    pub(crate) async fn bind() -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await.context("binding the mail sink")?;
        let address = listener.local_addr()?;
        let mailbox = Mailbox::default();
        let accepting = tokio::spawn(accept(listener, mailbox.clone()));
        Ok(Self { address, mailbox, accepting })
    }

    /// How many mails have come since the last [`Sink::take`].
    pub(crate) fn count(&self) -> usize {
        self.mailbox.lock().len()
    }

    /// Empties the mailbox.
    pub(crate) fn take(&self) -> Vec<Mail> {
        std::mem::take(&mut *self.mailbox.lock())
    }

    /// Waits until this many mails have come, or none came for the given time, and empties the mailbox. A
    /// moment more is waited, in which duplicates would arrive.
    pub(crate) async fn collect(&self, expected: usize, patience: Duration) -> Vec<Mail> {
        let mut seen = self.count();
        let mut last_news = Instant::now();
        while seen < expected && last_news.elapsed() < patience {
            tokio::time::sleep(Duration::from_millis(50)).await;
            if self.count() > seen {
                seen = self.count();
                last_news = Instant::now();
            }
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
        self.take()
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

#[derive(Debug, Clone, Default)]
struct Mailbox(Arc<Mutex<Vec<Mail>>>);

impl Mailbox {
    fn lock(&self) -> MutexGuard<'_, Vec<Mail>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn accept(listener: TcpListener, mailbox: Mailbox) {
    while let Ok((stream, _)) = listener.accept().await {
        let mailbox = mailbox.clone();
        // A connection that breaks is the sender's to notice.
        tokio::spawn(async move { Session::new(stream, mailbox).run().await.ok() });
    }
}

struct Session {
    stream: BufReader<TcpStream>,
    mailbox: Mailbox,
    line: Vec<u8>,
    replies: Vec<u8>,
}

impl Session {
    fn new(stream: TcpStream, mailbox: Mailbox) -> Self {
        let stream = BufReader::with_capacity(16 * 1024, stream);
        Self { stream, mailbox, line: Vec::new(), replies: Vec::new() }
    }

    async fn run(mut self) -> std::io::Result<()> {
        self.stream.get_ref().set_nodelay(true)?;
        self.reply("220 bench ready").await?;
        while self.read_line().await? {
            let verb = self.line.get(..4).unwrap_or_default().to_ascii_uppercase();
            match verb.as_slice() {
                b"EHLO" => self.reply(EXTENSIONS).await?,
                b"HELO" | b"MAIL" | b"RCPT" | b"RSET" | b"NOOP" => self.reply("250 ok").await?,
                b"DATA" => self.receive().await?,
                b"QUIT" => return self.reply("221 bye").await,
                _ => self.reply("502 not implemented").await?,
            }
        }
        Ok(())
    }

    async fn receive(&mut self) -> std::io::Result<()> {
        self.reply("354 go on").await?;
        let (mut due, mut id, mut in_head) = (None, 0, true);
        while self.read_line().await? {
            match self.line.as_slice() {
                b".\r\n" => {
                    self.mailbox.lock().push(Mail { accepted: timestamp::now(), due, id });
                    return self.reply("250 taken").await;
                }
                b"\r\n" => in_head = false,
                line if in_head => {
                    due = header(line, "X-Frontdesk-Due").map_or(due, timestamp::parse);
                    id = header(line, "Message-ID").map_or(id, digest);
                }
                _ => {}
            }
        }
        Ok(())
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

fn digest(id: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    id.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAIL: &str = "Subject: hi\r\nmessage-id: <1@frontdesk>\r\n\
        X-Frontdesk-Due: 1970-01-01T00:00:01.000002Z\r\n\r\n\
        X-Frontdesk-Due: 1970-01-01T00:00:09Z\r\n..\r\ntext\r\n.\r\n";

    async fn say(stream: &mut BufReader<TcpStream>, text: &str, replies: usize) -> String {
        stream.write_all(text.as_bytes()).await.unwrap();
        let mut heard = String::new();
        for _ in 0..replies {
            stream.read_line(&mut heard).await.unwrap();
        }
        heard
    }

    async fn connect(sink: &Sink) -> BufReader<TcpStream> {
        let mut stream = BufReader::new(TcpStream::connect(sink.address).await.unwrap());
        assert!(say(&mut stream, "", 1).await.starts_with("220 "));
        stream
    }

    #[tokio::test]
    async fn a_mail_is_taken_with_its_due_time_and_its_time_of_arrival() {
        let sink = Sink::bind().await.unwrap();
        let mut stream = connect(&sink).await;
        let before = timestamp::now();
        assert!(say(&mut stream, "EHLO me\r\n", 4).await.contains("250-8BITMIME"));
        assert_eq!(say(&mut stream, "MAIL FROM:<a@b> BODY=8BITMIME\r\n", 1).await, "250 ok\r\n");
        assert_eq!(say(&mut stream, "RCPT TO:<c@d>\r\n", 1).await, "250 ok\r\n");
        assert!(say(&mut stream, "DATA\r\n", 1).await.starts_with("354 "));
        assert_eq!(sink.count(), 0);
        assert_eq!(say(&mut stream, MAIL, 1).await, "250 taken\r\n");
        assert!(say(&mut stream, "QUIT\r\n", 1).await.starts_with("221 "));

        let mails = sink.take();
        assert_eq!(mails.len(), 1);
        assert_eq!(mails[0].due, Some(1_000_002));
        assert!((before..=timestamp::now()).contains(&mails[0].accepted));
        assert_eq!(sink.count(), 0);
    }

    #[tokio::test]
    async fn a_mail_that_comes_twice_in_one_pipeline_is_counted_as_a_duplicate() {
        let sink = Sink::bind().await.unwrap();
        let mut stream = connect(&sink).await;
        for _ in 0..2 {
            let heard = say(&mut stream, "MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\n", 3).await;
            assert!(heard.ends_with("354 go on\r\n"), "{heard}");
            say(&mut stream, MAIL, 1).await;
        }
        let mails = sink.take();
        assert_eq!((mails.len(), duplicates(&mails)), (2, 1));
    }
}
