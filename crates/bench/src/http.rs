//! A small HTTP/1.1 client: one kept connection, one request in flight, bodies with a `Content-Length`.
//!
//! It exists because the client shares the processor with the server: it parses no more than it needs and
//! allocates nothing per request.

use std::io::Write as _;
use std::ops::Range;
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// After this time without an answer a call has failed.
const PATIENCE: Duration = Duration::from_secs(30);

/// A server, and the key of the bot that calls it.
#[derive(Debug, Clone)]
pub(crate) struct Target {
    /// `host:port`.
    pub(crate) address: String,
    /// Empty for calls that need none.
    pub(crate) key: String,
}

impl Target {
    /// Reads `http://host[:port]`.
    pub(crate) fn parse(url: &str, key: &str) -> Result<Self> {
        let host = url.strip_prefix("http://").context("reading --url: it must begin with http://")?;
        let host = host.trim_end_matches('/');
        ensure!(!host.contains('/') && !host.is_empty(), "reading --url: it must be a host and a port only");
        let port = host.rsplit_once(':').is_some_and(|(_, port)| port.parse::<u16>().is_ok());
        let address = if port { host.to_owned() } else { format!("{host}:80") };
        Ok(Self { address, key: key.to_owned() })
    }
}

/// An answer, borrowed from the client's buffer.
#[derive(Debug)]
pub(crate) struct Answer<'a> {
    /// The HTTP status.
    pub(crate) status: u16,
    /// The whole body.
    pub(crate) body: &'a [u8],
}

impl Answer<'_> {
    /// The body for people; broken UTF-8 is replaced.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(self.body).into_owned()
    }
}

/// One kept connection.
#[derive(Debug)]
pub(crate) struct Client {
    stream: TcpStream,
    headers: String,
    request: Vec<u8>,
    response: Vec<u8>,
}

impl Client {
    /// Connects without sending anything.
    pub(crate) async fn connect(target: &Target) -> Result<Self> {
        Self::connect_with(target, "").await
    }

    /// The same, with more lines in the head of each request.
    pub(crate) async fn connect_with(target: &Target, more: &str) -> Result<Self> {
        let stream = TcpStream::connect(&target.address)
            .await
            .with_context(|| format!("connecting to {}", target.address))?;
        stream.set_nodelay(true)?;
        let mut headers = format!(" HTTP/1.1\r\nHost: {}\r\n", target.address);
        if !target.key.is_empty() {
            headers = format!("{headers}Authorization: Bearer {}\r\n", target.key);
        }
        headers.push_str(more);
        Ok(Self { stream, headers, request: Vec::new(), response: Vec::new() })
    }

    /// Posts a JSON body.
    pub(crate) async fn post(&mut self, path: &str, body: &str) -> Result<Answer<'_>> {
        self.request.clear();
        write!(
            self.request,
            "POST {path}{}Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            self.headers,
            body.len()
        )?;
        self.exchange().await.with_context(|| format!("calling POST {path}"))
    }

    /// Gets a page.
    pub(crate) async fn get(&mut self, path: &str) -> Result<Answer<'_>> {
        self.request.clear();
        write!(self.request, "GET {path}{}\r\n", self.headers)?;
        self.exchange().await.with_context(|| format!("calling GET {path}"))
    }

    async fn exchange(&mut self) -> Result<Answer<'_>> {
        timeout(PATIENCE, async {
            self.stream.write_all(&self.request).await?;
            self.read_answer().await
        })
        .await
        .with_context(|| format!("waiting {} s for the answer", PATIENCE.as_secs()))?
    }

    async fn read_answer(&mut self) -> Result<Answer<'_>> {
        self.response.clear();
        let (status, body) = loop {
            self.fill().await?;
            if let Some(head) = parse_head(&self.response)? {
                break head;
            }
        };
        while self.response.len() < body.end {
            self.fill().await?;
        }
        Ok(Answer { status, body: &self.response[body] })
    }

    async fn fill(&mut self) -> Result<()> {
        let read = self.stream.read_buf(&mut self.response).await?;
        ensure!(read > 0, "the server closed the connection");
        Ok(())
    }
}

/// The status, and where the body lies; `None` while the head is incomplete.
fn parse_head(response: &[u8]) -> Result<Option<(u16, Range<usize>)>> {
    let Some(end) = response.windows(4).position(|bytes| bytes == b"\r\n\r\n") else {
        return Ok(None);
    };
    let head = str::from_utf8(&response[..end]).context("reading the answer's head")?;
    let mut lines = head.split("\r\n");
    let status = lines.next().and_then(|line| line.strip_prefix("HTTP/1.1 ")?.get(..3)?.parse().ok());
    let Some(status) = status else { bail!("the answer is not HTTP/1.1: {head}") };
    let length: Option<usize> = lines
        .filter_map(|line| line.split_once(':'))
        .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
        .and_then(|(_, value)| value.trim().parse().ok());
    let Some(length) = length else { bail!("the answer has no Content-Length: {head}") };
    Ok(Some((status, end + 4..end + 4 + length)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::net::TcpListener;
    use tokio::task::JoinHandle;

    /// Answers each request with the next of these texts, in two writes, and gives back what it was sent.
    async fn canned(answers: &'static [&'static str]) -> (Target, JoinHandle<Vec<String>>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let served = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut requests = Vec::new();
            for answer in answers {
                let mut request = vec![0; 4096];
                let read = stream.read(&mut request).await.unwrap();
                requests.push(String::from_utf8_lossy(&request[..read]).into_owned());
                let (first, second) = answer.split_at(answer.len() / 2);
                stream.write_all(first.as_bytes()).await.unwrap();
                tokio::task::yield_now().await;
                stream.write_all(second.as_bytes()).await.unwrap();
            }
            requests
        });
        (Target { address, key: "fd_key".to_owned() }, served)
    }

    #[tokio::test]
    async fn a_connection_is_kept_for_several_calls() {
        let (target, served) = canned(&[
            "HTTP/1.1 200 OK\r\ncontent-length: 15\r\nX-Other: 1\r\n\r\n{\"result\":\"ok\"}",
            "HTTP/1.1 503 Service Unavailable\r\nContent-Length:0\r\n\r\n",
        ])
        .await;
        let mut client = Client::connect(&target).await.unwrap();
        let answer = client.post("/bot/v1/users", "{}").await.unwrap();
        assert_eq!((answer.status, answer.body), (200, &br#"{"result":"ok"}"#[..]));
        let answer = client.get("/health/ready").await.unwrap();
        assert_eq!((answer.status, answer.body), (503, &b""[..]));

        let requests = served.await.unwrap();
        assert!(requests[0].starts_with("POST /bot/v1/users HTTP/1.1\r\nHost: 127.0.0.1:"), "{requests:?}");
        assert!(requests[0].contains("\r\nAuthorization: Bearer fd_key\r\n"), "{requests:?}");
        assert!(requests[0].ends_with("\r\nContent-Length: 2\r\n\r\n{}"), "{requests:?}");
        assert!(requests[1].starts_with("GET /health/ready HTTP/1.1\r\n"), "{requests:?}");
    }

    #[tokio::test]
    async fn an_answer_cut_short_is_an_error() {
        let (target, _served) = canned(&["HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"]).await;
        let mut client = Client::connect(&target).await.unwrap();
        let error = client.get("/metrics").await.unwrap_err();
        assert!(format!("{error:#}").contains("closed the connection"), "{error:#}");
    }

    #[test]
    fn an_answer_without_a_length_is_refused() {
        assert!(parse_head(b"HTTP/1.1 200 OK\r\nServer: x\r\n\r\n").is_err());
        assert!(parse_head(b"HTTP/1.1 200 OK\r\nContent-Le").unwrap().is_none());
    }

    #[test]
    fn a_target_is_a_host_and_a_port() {
        let address = |url| Target::parse(url, "k").map(|target| target.address).ok();
        assert_eq!(address("http://localhost:8080/"), Some("localhost:8080".to_owned()));
        assert_eq!(address("http://frontdesk.example"), Some("frontdesk.example:80".to_owned()));
        assert_eq!(address("https://localhost"), None);
        assert_eq!(address("http://localhost/bot"), None);
    }
}
