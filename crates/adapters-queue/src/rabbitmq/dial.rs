//! How a connection comes about, and how it surely ends.

use std::{
    io,
    net::{Shutdown, SocketAddr},
    sync::{Arc, OnceLock},
    time::Duration,
};

use lapin::{
    AsyncTcpStream, Connection, ConnectionProperties,
    runtime::default_runtime,
    tcp::TLSConfig,
    uri::{AMQPScheme, AMQPUri},
};
use tokio::net::{TcpStream, lookup_host};

use super::{error::BrokerError, settings::Target};

/// From the first packet until the broker has let us in.
const CONNECT_WITHIN: Duration = Duration::from_secs(5);

/// A handle on the socket of a connection: when it is dropped, the socket is shut.
///
/// lapin reads and writes on a thread of its own, which ends with the socket and not before; a peer that takes the
/// connection and stays silent would keep it for ever.
#[derive(Debug, Default)]
pub(super) struct Socket(Arc<OnceLock<std::net::TcpStream>>);

impl Drop for Socket {
    fn drop(&mut self) {
        if let Some(socket) = self.0.get() {
            // It fails if the socket is shut already.
            let _ = socket.shutdown(Shutdown::Both);
        }
    }
}

/// Connects and logs in.
pub(super) async fn dial(target: &Target) -> Result<(Connection, Socket), BrokerError> {
    let socket = Socket::default();
    let connected = tokio::time::timeout(CONNECT_WITHIN, connect(target, &socket)).await;
    let connection = connected.map_err(|_| BrokerError::Silent)?.map_err(BrokerError::of_connecting)?;
    Ok((connection, socket))
}

async fn connect(target: &Target, socket: &Socket) -> lapin::Result<Connection> {
    let handle = Arc::clone(&socket.0);
    let authorities = target.authorities.clone();
    let properties = ConnectionProperties::default().with_connection_name("frontdesk".into());
    Connection::connector(
        target.uri.clone(),
        default_runtime()?,
        async move |uri, runtime| {
            let AMQPUri { scheme, authority, .. } = uri;
            let trust = TLSConfig { cert_chain: authorities.as_deref(), ..TLSConfig::default() };
            // This thread is not ended by dropping anything, so it watches the clock itself.
            let addresses = within(lookup_host((authority.host.as_str(), authority.port))).await?;
            let addresses: Vec<SocketAddr> = addresses.collect();
            let stream = within(AsyncTcpStream::connect(&runtime, addresses)).await?;
            if let AsyncTcpStream::Plain(stream) = &stream {
                // The connector is called once: there is no recovery and no second try.
                let _ = handle.set(duplicate(stream.get_ref())?);
            }
            match scheme {
                AMQPScheme::AMQP => Ok(stream),
                AMQPScheme::AMQPS => Ok(within(stream.into_tls(&authority.host, trust)).await?),
            }
        },
        properties,
    )
    .await
}

async fn within<T>(step: impl Future<Output = io::Result<T>>) -> io::Result<T> {
    tokio::time::timeout(CONNECT_WITHIN, step).await.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
}

#[cfg(unix)]
fn duplicate(socket: &TcpStream) -> io::Result<std::net::TcpStream> {
    use std::os::fd::AsFd as _;
    Ok(socket.as_fd().try_clone_to_owned()?.into())
}

#[cfg(windows)]
fn duplicate(socket: &TcpStream) -> io::Result<std::net::TcpStream> {
    use std::os::windows::io::AsSocket as _;
    Ok(socket.as_socket().try_clone_to_owned()?.into())
}
