//! The mail server that the measured server delivers to: takes every mail, and remembers when.

pub(crate) mod chat;
mod session;

use std::collections::HashSet;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use session::Session;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};

/// How the mail server treats its clients.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mood {
    /// It takes every mail.
    Taking,
    /// It takes every mail, and takes its time to say so.
    Slow,
    /// It says that it is not available, and hangs up (RFC 5321, 3.8).
    Refusing,
    /// It reads, and says nothing any more.
    Hanging,
    /// It takes a mail, and hangs up instead of saying so.
    ClosingAfterData,
}

/// One mail that was accepted. Times are microseconds since 1970.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mail {
    /// When its last line was read, just before the answer.
    pub(crate) accepted: i64,
    /// Its due time by the header `X-Frontdesk-Due`.
    pub(crate) due: Option<i64>,
    /// Its `Message-ID`.
    pub(crate) id: String,
    /// Its `Subject`, as it was written.
    pub(crate) subject: String,
}

/// How many mails came more than once.
pub(crate) fn duplicates(mails: &[Mail]) -> usize {
    let ids: HashSet<&str> = mails.iter().map(|mail| mail.id.as_str()).collect();
    mails.len() - ids.len()
}

/// The listening server; it ends when dropped.
#[derive(Debug)]
pub(crate) struct Sink {
    /// Where it listens, on the loopback address.
    pub(crate) address: SocketAddr,
    mailbox: Mailbox,
    mood: watch::Sender<Mood>,
    accepting: JoinHandle<()>,
}

impl Sink {
    /// Listens on a free port.
    pub(crate) async fn bind() -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await.context("binding the mail sink")?;
        let address = listener.local_addr()?;
        let mailbox = Mailbox::default();
        let (mood, moods) = watch::channel(Mood::Taking);
        let accepting = tokio::spawn(accept(listener, mailbox.clone(), moods));
        Ok(Self { address, mailbox, mood, accepting })
    }

    /// Changes how clients are treated, those that are connected included. Whoever was left hanging is cut off.
    pub(crate) fn set(&self, mood: Mood) {
        self.mood.send_replace(mood);
    }

    /// Whether a mail has come whose subject contains this.
    pub(crate) fn has(&self, subject: &str) -> bool {
        self.mailbox.lock().iter().any(|mail| mail.subject.contains(subject))
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

async fn accept(listener: TcpListener, mailbox: Mailbox, mood: watch::Receiver<Mood>) {
    // Sessions end with their server.
    let mut sessions = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        while sessions.try_join_next().is_some() {}
        // A connection that breaks is the sender's to notice.
        let session = Session::new(stream, mailbox.clone(), mood.clone());
        sessions.spawn(async move { session.run().await.ok() });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::timestamp;
    use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
    use tokio::net::TcpStream;

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
        assert_eq!((mails[0].id.as_str(), mails[0].subject.as_str()), ("<1@frontdesk>", "hi"));
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

    #[tokio::test]
    async fn a_server_that_refuses_says_so_and_hangs_up() {
        let sink = Sink::bind().await.unwrap();
        let mut before = connect(&sink).await;
        sink.set(Mood::Refusing);
        assert!(say(&mut before, "EHLO me\r\n", 1).await.starts_with("421 "));
        let mut after = BufReader::new(TcpStream::connect(sink.address).await.unwrap());
        assert!(say(&mut after, "", 1).await.starts_with("421 "));
        assert_eq!(after.read(&mut [0]).await.unwrap(), 0);
    }

    #[tokio::test]
    async fn whoever_was_left_hanging_is_cut_off_in_the_end() {
        let sink = Sink::bind().await.unwrap();
        let mut before = connect(&sink).await;
        sink.set(Mood::Hanging);
        before.write_all(b"EHLO me\r\n").await.unwrap();
        let mut after = TcpStream::connect(sink.address).await.unwrap();
        let silence = tokio::time::timeout(Duration::from_millis(50), after.read(&mut [0])).await;
        assert!(silence.is_err());
        sink.set(Mood::Taking);
        assert_eq!(before.read(&mut [0]).await.unwrap(), 0);
        assert_eq!(after.read(&mut [0]).await.unwrap(), 0);
        connect(&sink).await;
    }

    #[tokio::test]
    async fn a_mail_whose_receipt_is_not_said_was_received() {
        let sink = Sink::bind().await.unwrap();
        let mut stream = connect(&sink).await;
        sink.set(Mood::ClosingAfterData);
        say(&mut stream, "MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\n", 3).await;
        assert_eq!(say(&mut stream, MAIL, 1).await, "");
        assert!(sink.has("hi"));
        assert_eq!(sink.take()[0].id, "<1@frontdesk>");
    }
}
