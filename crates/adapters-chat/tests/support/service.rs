//! An HTTP server in the test, which plays a chat service: it answers as it is told, and keeps what it was sent.

use std::{
    collections::VecDeque,
    io,
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use serde_json::Value;
use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
    time::{sleep, timeout},
};

/// How long a test waits for something that should happen soon, before it fails.
const PATIENCE: Duration = Duration::from_secs(30);

/// What the server does with a request that it has read.
#[derive(Clone, Debug)]
pub(crate) enum Reaction {
    /// Answers.
    Answer(Reply),
    /// Answers never.
    Hang,
    /// Closes the connection without a word.
    Close,
    /// Answers with half of the text, and closes.
    Break(Reply),
}

/// An answer.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: String,
}

impl Reply {
    pub(crate) fn new(status: u16, body: impl Into<String>) -> Self {
        Self { status, headers: Vec::new(), body: body.into() }
    }

    pub(crate) fn json(status: u16, body: &Value) -> Self {
        Self::new(status, body.to_string()).with("Content-Type", "application/json")
    }

    pub(crate) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    fn written(&self) -> String {
        let mut text =
            format!("HTTP/1.1 {} Whatever\r\nContent-Length: {}\r\n", self.status, self.body.len());
        for (name, value) in &self.headers {
            text.extend([*name, ": ", value, "\r\n"]);
        }
        text + "Connection: close\r\n\r\n" + &self.body
    }
}

impl From<Reply> for Reaction {
    fn from(reply: Reply) -> Self {
        Self::Answer(reply)
    }
}

/// A request as it arrived.
#[derive(Clone, Debug, Default)]
pub(crate) struct Received {
    pub(crate) method: String,
    /// Path and query.
    pub(crate) target: String,
    /// Names in lower case.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Received {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("the body is JSON")
    }
}

/// A running server; it ends when it is dropped.
pub(crate) struct Service {
    address: SocketAddr,
    state: Arc<State>,
    task: JoinHandle<()>,
}

struct State {
    react: Mutex<React>,
    received: Mutex<Vec<Received>>,
    connections: AtomicUsize,
}

/// Decides what the server does with a request.
type React = Box<dyn FnMut(&Received) -> Reaction + Send>;

impl Service {
    /// A server with one way to react.
    pub(crate) async fn that(reaction: impl Into<Reaction>) -> Self {
        Self::that_first(vec![reaction.into()]).await
    }

    /// A server with a reaction for each request; the last one is for all that follow.
    pub(crate) async fn that_first(reactions: Vec<Reaction>) -> Self {
        let mut reactions = VecDeque::from(reactions);
        let react = move |_: &Received| {
            let is_last = reactions.len() == 1;
            let next = if is_last { reactions.front().cloned() } else { reactions.pop_front() };
            next.expect("a server has a reaction")
        };
        Self::that_reacts(react).await
    }

    /// A server that decides at each request.
    pub(crate) async fn that_reacts(react: impl FnMut(&Received) -> Reaction + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
        let address = listener.local_addr().expect("it has an address");
        let state = Arc::new(State {
            react: Mutex::new(Box::new(react)),
            received: Mutex::default(),
            connections: AtomicUsize::default(),
        });
        let task = tokio::spawn(serve(listener, Arc::clone(&state)));
        Self { address, state, task }
    }

    /// The URL of a path, which begins with a slash.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// What arrived so far.
    pub(crate) fn received(&self) -> Vec<Received> {
        self.state.received.lock().expect("nothing panicked").clone()
    }

    /// How many connections were made so far.
    pub(crate) fn connections(&self) -> usize {
        self.state.connections.load(Ordering::Relaxed)
    }

    /// What arrived, once it is so many requests.
    pub(crate) async fn wait_for(&self, count: usize) -> Vec<Received> {
        let arrived = async {
            while self.received().len() < count {
                sleep(Duration::from_millis(5)).await;
            }
            self.received()
        };
        timeout(PATIENCE, arrived).await.expect("the requests arrive in time")
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// The URL of a server that does not run.
pub(crate) async fn nobodys_url(path: &str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
    format!("http://{}{path}", listener.local_addr().expect("it has an address"))
}

async fn serve(listener: TcpListener, state: Arc<State>) {
    while let Ok((stream, _)) = listener.accept().await {
        state.connections.fetch_add(1, Ordering::Relaxed);
        let state = Arc::clone(&state);
        // A client that goes away ends its own connection only.
        tokio::spawn(async move { drop(converse(stream, &state).await) });
    }
}

async fn converse(stream: TcpStream, state: &State) -> io::Result<()> {
    let mut stream = BufReader::new(stream);
    let request = read(&mut stream).await?;
    let reaction = (state.react.lock().expect("nothing panicked"))(&request);
    state.received.lock().expect("nothing panicked").push(request);
    let text = match reaction {
        Reaction::Answer(reply) => reply.written(),
        Reaction::Break(reply) => {
            let mut text = reply.written();
            text.truncate(text.len() - reply.body.len() / 2);
            text
        }
        Reaction::Hang => std::future::pending().await,
        Reaction::Close => return Ok(()),
    };
    stream.write_all(text.as_bytes()).await?;
    stream.shutdown().await
}

async fn read(stream: &mut BufReader<TcpStream>) -> io::Result<Received> {
    let first = line(stream).await?;
    let mut words = first.split(' ').map(str::to_owned);
    let (method, target) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let mut request = Received { method, target, ..Received::default() };
    loop {
        let line = line(stream).await?;
        let Some((name, value)) = line.split_once(':') else { break };
        request.headers.push((name.to_lowercase(), value.trim().to_owned()));
    }
    let length = request.header("content-length").map_or(0, |text| text.parse().expect("a length"));
    request.body.resize(length, 0);
    stream.read_exact(&mut request.body).await?;
    Ok(request)
}

async fn line(stream: &mut BufReader<TcpStream>) -> io::Result<String> {
    let mut line = String::new();
    if stream.read_line(&mut line).await? == 0 {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    line.truncate(line.trim_end().len());
    Ok(line)
}
