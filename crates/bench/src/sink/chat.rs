//! A team's chat that answers late, or never.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context as _, Result};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

/// The listening service; it ends when dropped.
#[derive(Debug)]
pub(crate) struct Chat {
    address: SocketAddr,
    accepting: JoinHandle<()>,
}

impl Chat {
    /// Listens on a free port. What it is told it takes after `delay`; without one it never says so.
    pub(crate) async fn bind(delay: Option<Duration>) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await.context("binding a chat")?;
        let address = listener.local_addr()?;
        let accepting = tokio::spawn(async move {
            let mut callers = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                while callers.try_join_next().is_some() {}
                // A connection that breaks is the caller's to notice.
                callers.spawn(async move { answer(stream, delay).await.ok() });
            }
        });
        Ok(Self { address, accepting })
    }

    /// What a channel's environment variable is set to.
    pub(crate) fn url(&self) -> String {
        format!("http://{}/hook", self.address)
    }
}

impl Drop for Chat {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

/// Requests are short: the first read has one, and the connection is closed after it.
async fn answer(mut stream: TcpStream, delay: Option<Duration>) -> Result<()> {
    let mut request = vec![0; 16 * 1024];
    let read = stream.read(&mut request).await?;
    match delay {
        Some(delay) if read > 0 => tokio::time::sleep(delay).await,
        _ => while stream.read(&mut request).await? > 0 {},
    }
    let agreed = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok";
    Ok(stream.write_all(agreed.as_bytes()).await?)
}
