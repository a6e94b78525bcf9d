//! Commands and replies over one connection, each within its time.

use std::{fmt::Display, time::Duration};

use tokio::{
    io::{AsyncWriteExt as _, BufReader},
    net::TcpStream,
    time::timeout,
};
use tokio_rustls::client::TlsStream;
use tokio_util::either::Either;

use super::{
    reply::Reply,
    timeouts::SmtpTimeouts,
    trouble::{Failure, Step, Trouble},
};

/// A connection with or without TLS.
pub(super) type Stream = Either<TcpStream, Box<TlsStream<TcpStream>>>;

/// Replies are short, and an idle connection should be small.
const READ_BUFFER_BYTES: usize = 1024;

/// One side of an SMTP conversation. After any error it must not be used for another mail.
pub(super) struct Dialogue {
    stream: BufReader<Stream>,
    timeouts: SmtpTimeouts,
}

impl Dialogue {
    pub(super) fn new(stream: Stream, timeouts: SmtpTimeouts) -> Self {
        Self { stream: BufReader::with_capacity(READ_BUFFER_BYTES, stream), timeouts }
    }

    /// Writes a command and reads the reply, which must be of the class that the step expects.
    pub(super) async fn command(&mut self, step: Step, command: impl Display) -> Result<Reply, Trouble> {
        let command = command.to_string();
        let limit = step.limit(&self.timeouts);
        let exchange = async {
            self.write_all(command.as_bytes()).await?;
            Reply::read(&mut self.stream).await
        };
        let reply = within(limit, exchange).await;
        expect(step, reply)
    }

    /// Reads a reply to what was written before.
    pub(super) async fn reply(&mut self, step: Step) -> Result<Reply, Trouble> {
        let reply = within(step.limit(&self.timeouts), Reply::read(&mut self.stream)).await;
        expect(step, reply)
    }

    /// Writes bytes; once this returns `Ok`, all of them have left this process.
    pub(super) async fn write(&mut self, step: Step, bytes: &[u8]) -> Result<(), Trouble> {
        let limit = step.limit(&self.timeouts);
        within(limit, self.write_all(bytes)).await.map_err(|failure| failure.at(step))
    }

    /// The connection below, for TLS to begin on. Anything that the server, or somebody on the way, said in clear
    /// beyond the last reply would be taken for an answer under TLS, so it ends the dialogue
    /// (RFC 3207, section 5).
    pub(super) fn into_unread(self) -> Result<Stream, Failure> {
        if self.stream.buffer().is_empty() { Ok(self.stream.into_inner()) } else { Err(Failure::Malformed) }
    }

    async fn write_all(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        self.stream.write_all(bytes).await?;
        Ok(self.stream.flush().await?)
    }
}

/// The future's result, or [`Failure::TimedOut`].
pub(super) async fn within<T, E: Into<Failure>>(
    limit: Duration,
    future: impl Future<Output = Result<T, E>>,
) -> Result<T, Failure> {
    timeout(limit, future).await.map_err(|_| Failure::TimedOut)?.map_err(Into::into)
}

fn expect(step: Step, reply: Result<Reply, Failure>) -> Result<Reply, Trouble> {
    match reply {
        Ok(reply) if reply.class() == step.expected_class() => Ok(reply),
        Ok(reply) => Err(Failure::Refused(reply).at(step)),
        Err(failure) => Err(failure.at(step)),
    }
}
