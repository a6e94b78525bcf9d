//! A client that sends exactly what a test says, also what no library would.

use std::{
    fmt::Write as _,
    io::{Read, Write},
    net::{Shutdown, SocketAddr, TcpStream},
    time::Duration,
};

use serde_json::Value;

/// A test that waits longer has failed.
const PATIENCE: Duration = Duration::from_secs(20);

/// A request that is being put together.
pub(crate) struct Request {
    address: SocketAddr,
    method: &'static str,
    target: String,
    host: Option<String>,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    /// What the head says of the body, if that is not true.
    declared_length: Option<usize>,
}

impl Request {
    pub(crate) fn new(address: SocketAddr, method: &'static str, target: &str) -> Self {
        let target = target.to_owned();
        let host = Some("localhost".to_owned());
        Self { address, method, target, host, headers: Vec::new(), body: Vec::new(), declared_length: None }
    }

    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn host(mut self, host: &str) -> Self {
        self.host = Some(host.to_owned());
        self
    }

    pub(crate) fn bearer(self, key: &str) -> Self {
        self.header("Authorization", &format!("Bearer {key}"))
    }

    pub(crate) fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    /// Says that the body is longer than it is; the client hangs up after it.
    pub(crate) fn declare_length(mut self, length: usize) -> Self {
        self.declared_length = Some(length);
        self
    }

    pub(crate) fn send(self) -> Response {
        let (method, is_cut) = (self.method, self.declared_length.is_some());
        let stream = self.begin();
        if is_cut {
            stream.shutdown(Shutdown::Write).expect("half a hang-up");
        }
        Response::read(stream, method)
    }

    /// Sends it, and leaves the answer to be read while it comes.
    pub(crate) fn begin(self) -> TcpStream {
        let mut stream = TcpStream::connect(self.address).expect("the server listens");
        stream.set_read_timeout(Some(PATIENCE)).expect("a timeout");
        // At once, so that the body does not wait for the acknowledgement of the head. The server may answer and hang up
        // before it read everything.
        let _ = stream.write_all(&[self.head(), self.body].concat());
        stream
    }

    fn head(&self) -> Vec<u8> {
        let mut head = format!("{} {} HTTP/1.1\r\nConnection: close\r\n", self.method, self.target);
        let own = self.host.iter().map(|host| ("Host".to_owned(), host.clone()));
        let length =
            ("Content-Length".to_owned(), self.declared_length.unwrap_or(self.body.len()).to_string());
        for (name, value) in own.chain([length]).chain(self.headers.clone()) {
            write!(head, "{name}: {value}\r\n").expect("a string takes everything");
        }
        head.push_str("\r\n");
        head.into_bytes()
    }
}

/// What the server said.
#[derive(Debug)]
pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Response {
    fn read(mut stream: TcpStream, method: &str) -> Self {
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).expect("the server answers and closes");
        let end = bytes.windows(4).position(|four| four == b"\r\n\r\n").expect("a whole head");
        let head = std::str::from_utf8(&bytes[..end]).expect("a head is text");
        let mut lines = head.split("\r\n");
        let status = lines.next().and_then(|line| line.split(' ').nth(1)).expect("a status line");
        let header =
            |line: &str| line.split_once(": ").map(|(name, value)| (name.to_lowercase(), value.to_owned()));
        let mut response = Self {
            status: status.parse().expect("a status"),
            headers: lines.filter_map(header).collect(),
            body: bytes[end + 4..].to_vec(),
        };
        // An answer without content says no length (RFC 9110, section 8.6).
        if response.header("transfer-encoding") == Some("chunked") {
            response.body = joined(&response.body);
        } else if method != "HEAD" && response.status != 204 {
            let length = response.header("content-length").expect("every answer says its length");
            assert_eq!(length, response.body.len().to_string());
        }
        response
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).expect("text")
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("no JSON: {self:?}"))
    }

    /// A flat answer: all keys in the order of the contract, and its id in the header too.
    pub(crate) fn answer(&self) -> Value {
        const KEYS: [&str; 12] = [
            "result",
            "created",
            "replayed",
            "user_id",
            "name",
            "reference",
            "topic",
            "status",
            "channels",
            "field",
            "message",
            "request_id",
        ];
        assert_eq!(self.header("content-type"), Some("application/json"));
        let answer = self.json();
        let keys: Vec<_> = answer.as_object().expect("an object").keys().collect();
        assert_eq!(keys, KEYS, "{answer}");
        assert!(
            answer
                .as_object()
                .expect("an object")
                .values()
                .all(|value| !value.is_object() && !value.is_array())
        );
        assert_eq!(self.header("x-request-id"), answer["request_id"].as_str());
        assert!(!answer["message"].as_str().expect("a sentence").is_empty());
        answer
    }
}

/// The body of chunks (RFC 9112, section 7.1), whose last is there.
fn joined(mut chunks: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    loop {
        let end = chunks.windows(2).position(|two| two == b"\r\n").expect("a size");
        let size = std::str::from_utf8(&chunks[..end]).expect("a size is text");
        let size = usize::from_str_radix(size, 16).expect("a size is a number");
        if size == 0 {
            return body;
        }
        body.extend_from_slice(&chunks[end + 2..end + 2 + size]);
        chunks = &chunks[end + 2 + size + 2..];
    }
}

/// Asserts that an answer has these values, whatever else it says.
pub(crate) fn says(answer: &Value, expected: &Value) {
    for (key, value) in expected.as_object().expect("an object") {
        assert_eq!(&answer[key], value, "{key} in {answer}");
    }
}
