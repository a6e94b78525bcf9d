//! A small HTTP/1.1 client for the commands that speak to a running server: one kept connection, one call at a time, no
//! TLS (RFC 9112).

use std::{io, time::Duration};

use tokio::{
    io::{AsyncBufRead, AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader},
    net::TcpStream,
    time::timeout,
};

/// Who waits longer for an answer is told so.
const PATIENCE: Duration = Duration::from_secs(30);

/// No answer of the server is longer; a longer one is refused before it is read.
const BODY_MAX: usize = 4 * 1024 * 1024;

/// A line of a head is no longer.
const LINE_MAX: u64 = 64 * 1024;

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum HttpError {
    /// The URL cannot be used.
    #[error("a URL such as http://127.0.0.1:8080 is needed")]
    Url,
    /// The URL asks for TLS.
    #[error("this command speaks no https; give the server's own address, such as http://127.0.0.1:8080")]
    Https,
    /// The server did not answer, or not in HTTP.
    #[error("calling {server} failed (is the server running?)")]
    Connection {
        /// Host and port.
        server: String,
        /// What went wrong.
        source: io::Error,
    },
}

/// What the server answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    /// The status code.
    pub status: u16,
    /// Names in lower case, and values.
    pub headers: Vec<(String, String)>,
    /// The body, broken UTF-8 replaced.
    pub body: String,
}

impl Response {
    /// The value of the header with this lower-case name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// A request. Header lines and the path must come from the program or be checked: they are sent as they are.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// The method.
    pub method: &'a str,
    /// The path, with its query.
    pub path: &'a str,
    /// The bot's key.
    pub key: Option<&'a str>,
    /// The body.
    pub body: &'a str,
}

/// A client of one server.
pub struct HttpClient {
    server: String,
    base_path: String,
    kept: Option<BufReader<TcpStream>>,
}

impl HttpClient {
    /// A client of the server at an `http://` URL; what follows the host goes before every path. Connects to nothing
    /// yet.
    pub fn new(url: &str) -> Result<Self, HttpError> {
        let (scheme, rest) = url.trim().split_once("://").ok_or(HttpError::Url)?;
        if scheme.eq_ignore_ascii_case("https") {
            return Err(HttpError::Https);
        }
        let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
        let fits = |c: char| c.is_ascii_graphic() && !matches!(c, '@' | '?' | '#');
        if !scheme.eq_ignore_ascii_case("http") || authority.is_empty() || !rest.chars().all(fits) {
            return Err(HttpError::Url);
        }
        let has_port = authority.rsplit_once(':').is_some_and(|(_, port)| !port.contains(']'));
        let server = if has_port { authority.to_owned() } else { format!("{authority}:80") };
        let path = path.trim_end_matches('/');
        let base_path = if path.is_empty() { String::new() } else { format!("/{path}") };
        Ok(Self { server, base_path, kept: None })
    }

    /// Sends a request and reads its answer. A kept connection that the server has closed is replaced.
    pub async fn call(&mut self, request: Request<'_>) -> Result<Response, HttpError> {
        if let Some(mut kept) = self.kept.take()
            && let Ok(response) = self.exchange(&mut kept, request).await
        {
            self.keep(kept, &response);
            return Ok(response);
        }
        let mut fresh = self.connect().await?;
        let response = self.exchange(&mut fresh, request).await.map_err(|error| self.failed(error))?;
        self.keep(fresh, &response);
        Ok(response)
    }

    async fn connect(&self) -> Result<BufReader<TcpStream>, HttpError> {
        let connected = in_time(TcpStream::connect(&self.server)).await;
        let stream = connected.and_then(|stream| stream.set_nodelay(true).map(|()| stream));
        stream.map(BufReader::new).map_err(|error| self.failed(error))
    }

    fn failed(&self, source: io::Error) -> HttpError {
        HttpError::Connection { server: self.server.clone(), source }
    }

    async fn exchange(
        &self,
        stream: &mut BufReader<TcpStream>,
        request: Request<'_>,
    ) -> io::Result<Response> {
        let exchange = async {
            stream.write_all(self.head(request).as_bytes()).await?;
            stream.write_all(request.body.as_bytes()).await?;
            read_response(stream).await
        };
        in_time(exchange).await
    }

    fn head(&self, Request { method, path, key, body }: Request<'_>) -> String {
        let authorization = key.map(|key| format!("authorization: Bearer {key}\r\n")).unwrap_or_default();
        let content_type = if body.is_empty() { "" } else { "content-type: application/json\r\n" };
        format!(
            "{method} {}{path} HTTP/1.1\r\nhost: {}\r\n{authorization}{content_type}content-length: {}\r\n\r\n",
            self.base_path,
            self.server,
            body.len(),
        )
    }

    fn keep(&mut self, stream: BufReader<TcpStream>, response: &Response) {
        let closes = response.header("connection").is_some_and(|value| value.eq_ignore_ascii_case("close"));
        let has_end = response.header("content-length").is_some() || is_chunked(response);
        self.kept = (has_end && !closes).then_some(stream);
    }
}

async fn in_time<T>(work: impl Future<Output = io::Result<T>>) -> io::Result<T> {
    timeout(PATIENCE, work).await.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
}

async fn read_response(stream: &mut (impl AsyncBufRead + Unpin)) -> io::Result<Response> {
    let status_line = read_line(stream).await?;
    let status = status_line.strip_prefix("HTTP/1.").and_then(|rest| rest.get(2..5)?.parse().ok());
    let mut response =
        Response { status: status.ok_or_else(malformed)?, headers: Vec::new(), body: String::new() };
    loop {
        let line = read_line(stream).await?;
        if line.is_empty() {
            break;
        }
        let (name, value) = line.split_once(':').ok_or_else(malformed)?;
        response.headers.push((name.trim().to_ascii_lowercase(), value.trim().to_owned()));
    }
    let body = read_body(stream, &response).await?;
    response.body = String::from_utf8_lossy(&body).into_owned();
    Ok(response)
}

async fn read_body(stream: &mut (impl AsyncBufRead + Unpin), response: &Response) -> io::Result<Vec<u8>> {
    if is_chunked(response) {
        return read_chunks(stream).await;
    }
    let mut body = Vec::new();
    match response.header("content-length") {
        Some(length) => read_exactly(stream, length.parse().map_err(|_| malformed())?, &mut body).await?,
        None => {
            stream.take(BODY_MAX as u64).read_to_end(&mut body).await?;
        }
    }
    Ok(body)
}

async fn read_chunks(stream: &mut (impl AsyncBufRead + Unpin)) -> io::Result<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let size = read_line(stream).await?;
        let size = size.split(';').next().unwrap_or_default().trim();
        let size = usize::from_str_radix(size, 16).map_err(|_| malformed())?;
        read_exactly(stream, size, &mut body).await?;
        // After the last chunk trailers may follow; after each chunk there is an empty line.
        while !read_line(stream).await?.is_empty() {}
        if size == 0 {
            return Ok(body);
        }
    }
}

async fn read_exactly(
    stream: &mut (impl AsyncBufRead + Unpin),
    length: usize,
    body: &mut Vec<u8>,
) -> io::Result<()> {
    let start = body.len();
    if length > BODY_MAX - start.min(BODY_MAX) {
        return Err(malformed());
    }
    body.resize(start + length, 0);
    stream.read_exact(&mut body[start..]).await.map(drop)
}

/// A line without its end; an end of the stream is an error.
async fn read_line(stream: &mut (impl AsyncBufRead + Unpin)) -> io::Result<String> {
    let mut line = Vec::new();
    stream.take(LINE_MAX).read_until(b'\n', &mut line).await?;
    match line.pop() {
        Some(b'\n') => {
            let line = line.strip_suffix(b"\r").unwrap_or(&line);
            String::from_utf8(line.to_vec()).map_err(|_| malformed())
        }
        Some(_) => Err(malformed()),
        None => Err(io::ErrorKind::UnexpectedEof.into()),
    }
}

fn is_chunked(response: &Response) -> bool {
    response.header("transfer-encoding").is_some_and(|value| value.eq_ignore_ascii_case("chunked"))
}

fn malformed() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "the answer is no HTTP, or longer than this client reads")
}

#[cfg(test)]
mod tests;
