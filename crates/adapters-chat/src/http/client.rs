//! The one way to talk to other servers.

use std::{
    sync::{Arc, LazyLock},
    time::Duration,
};

use reqwest::{
    Client, ClientBuilder, Method, Request, RequestBuilder, Response, Url, header::HeaderMap,
    redirect::Policy,
};

use super::{
    answer::{Answer, NoAnswer},
    retry_after, tls,
};

/// The most bytes of an answer that are read: services answer with some hundred.
const MAX_ANSWER_BYTES: usize = 64 * 1024;

/// How long a connection is kept for the next message.
const IDLE: Duration = Duration::from_secs(5);

/// How long another server may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HttpTimeouts {
    /// Resolving the name, connecting and the TLS handshake. Default 10 s.
    pub connect: Duration,
    /// All of it, until the last byte of the answer. Default 30 s.
    pub total: Duration,
}

impl Default for HttpTimeouts {
    fn default() -> Self {
        Self { connect: Duration::from_secs(10), total: Duration::from_secs(30) }
    }
}

/// Sends requests and reads answers, within limits. Follows no redirects, keeps no cookies, uses no proxy and trusts
/// public certificates and those of the operating system.
#[derive(Clone, Debug)]
pub struct HttpClient {
    /// Made for the first request: the certificates alone are megabytes, and most desks use few of their channels.
    client: Arc<LazyLock<Client, Making>>,
}

/// No answer came to what was posted. Has no URL in it.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct PostError(String);

type Making = Box<dyn FnOnce() -> Client + Send>;

impl HttpClient {
    /// Connects to nothing yet.
    pub fn new(timeouts: HttpTimeouts) -> Self {
        Self::with(timeouts, |common| common)
    }

    /// A client that differs from the others in what `own` adds.
    pub(crate) fn with(
        timeouts: HttpTimeouts,
        own: impl FnOnce(ClientBuilder) -> ClientBuilder + Send + 'static,
    ) -> Self {
        let make = move || own(common(timeouts)).build().expect("a client of fixed parts can be built");
        Self { client: Arc::new(LazyLock::new(Box::new(make))) }
    }

    /// Posts bytes to another program of the operator's, such as a collector, and answers the status.
    pub async fn post(&self, url: Url, headers: HeaderMap, body: Vec<u8>) -> Result<u16, PostError> {
        let request = self.request(Method::POST, url).headers(headers).body(body).build();
        let request = request.map_err(|error| PostError(error.without_url().to_string()))?;
        let answer = self.send(request).await.map_err(|error| PostError(error.to_string()))?;
        Ok(answer.status)
    }

    /// A request, to be completed and handed to [`send`](Self::send).
    pub(crate) fn request(&self, method: Method, url: Url) -> RequestBuilder {
        self.client.request(method, url)
    }

    /// Sends once. An answer is whatever the other side said with a status, however little of its text came.
    pub(crate) async fn send(&self, request: Request) -> Result<Answer, NoAnswer> {
        let response = self.client.execute(request).await.map_err(NoAnswer::from)?;
        let (status, retry_after) = (response.status().as_u16(), retry_after::read(response.headers()));
        Ok(Answer { status, retry_after, body: read(response).await })
    }
}

/// What every client of this crate has in common.
fn common(timeouts: HttpTimeouts) -> ClientBuilder {
    Client::builder()
        .tls_backend_preconfigured(tls::config())
        .connect_timeout(timeouts.connect)
        .timeout(timeouts.total)
        .pool_idle_timeout(IDLE)
        .redirect(Policy::none())
        .retry(reqwest::retry::never())
        .no_proxy()
        .user_agent(concat!("Frontdesk/", env!("CARGO_PKG_VERSION")))
}

/// As much of the text as came and as is wanted.
async fn read(mut response: Response) -> String {
    let mut body = Vec::new();
    while let Ok(Some(chunk)) = response.chunk().await {
        let room = MAX_ANSWER_BYTES - body.len();
        body.extend_from_slice(&chunk[..chunk.len().min(room)]);
        if body.len() == MAX_ANSWER_BYTES {
            break;
        }
    }
    String::from_utf8_lossy(&body).into_owned()
}
