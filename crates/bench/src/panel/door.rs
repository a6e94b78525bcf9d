//! How the panel is entered, and how a file is fetched from it.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::http::{Client, Target};

/// Somebody who is signed in.
#[derive(Debug, Clone)]
pub(super) struct Visitor {
    address: String,
    cookie: String,
}

/// What a file took.
#[derive(Debug, Clone, Copy)]
pub(super) struct Download {
    /// Until the first byte of the body.
    pub(super) first_byte: Duration,
    /// Until the last.
    pub(super) whole: Duration,
    /// Lines of it.
    pub(super) lines: usize,
}

impl Visitor {
    /// Signs in.
    pub(super) async fn sign_in(target: &Target, email: &str, password: &str) -> Result<Self> {
        let body = format!("email={email}&password={password}");
        let request = format!(
            "POST /admin/sign-in HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
            target.address,
            body.len()
        );
        let mut stream = TcpStream::connect(&target.address).await.context("connecting to the panel")?;
        stream.write_all(request.as_bytes()).await?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.context("signing in")?;
        let (head, _) = answer.split_once("\r\n\r\n").context("signing in was not answered")?;
        let cookie = head.lines().filter_map(|line| line.split_once(": "));
        let mut cookie = cookie.filter(|(name, _)| name.eq_ignore_ascii_case("set-cookie"));
        let cookie = cookie.next_back().and_then(|(_, cookie)| cookie.split(';').next());
        let cookie = cookie.with_context(|| format!("signing in gave no session: {head}"))?.to_owned();
        Ok(Self { address: target.address.clone(), cookie })
    }

    /// A kept connection.
    pub(super) async fn connect(&self) -> Result<Client> {
        let target = Target { address: self.address.clone(), key: String::new() };
        Client::connect_with(&target, &format!("Cookie: {}\r\n", self.cookie)).await
    }

    /// Fetches a file, and keeps none of it.
    pub(super) async fn download(&self, path: &str) -> Result<Download> {
        let Self { address, cookie } = self;
        let mut stream = TcpStream::connect(address).await.context("connecting to the panel")?;
        let begun = Instant::now();
        let request = format!(
            "GET {path} HTTP/1.1\r\nHost: {address}\r\nCookie: {cookie}\r\nConnection: close\r\n\r\n"
        );
        stream.write_all(request.as_bytes()).await?;
        let mut head = Vec::new();
        let body_at = loop {
            ensure!(stream.read_buf(&mut head).await? > 0, "the file {path} has no body");
            let end = head.windows(4).position(|bytes| bytes == b"\r\n\r\n").map(|end| end + 4);
            if let Some(end) = end.filter(|end| *end < head.len()) {
                break end;
            }
        };
        let first_byte = begun.elapsed();
        ensure!(head.starts_with(b"HTTP/1.1 200"), "the file {path} is not given");
        let mut lines = count_lines(&head[body_at..]);
        let mut buffer = vec![0; 65_536];
        loop {
            match stream.read(&mut buffer).await? {
                0 => break,
                read => lines += count_lines(&buffer[..read]),
            }
        }
        // Each portion of a chunked body has two ends of lines of its own, which are `\r\n` like no row's.
        Ok(Download { first_byte, whole: begun.elapsed(), lines })
    }
}

/// Ends of lines that are not those of the transfer.
fn count_lines(bytes: &[u8]) -> usize {
    let ends = bytes.iter().enumerate().filter(|(_, byte)| **byte == b'\n');
    ends.filter(|(at, _)| *at == 0 || bytes[at - 1] != b'\r').count()
}
