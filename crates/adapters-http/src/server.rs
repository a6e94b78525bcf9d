//! The server, and what it grants to clients.

use std::{io, net::TcpListener, sync::Arc, time::Duration};

use actix_web::{
    App, HttpServer,
    dev::Server,
    http::KeepAlive,
    middleware::{NormalizePath, from_fn},
    web,
};

use crate::{
    edge::edge,
    routes,
    state::{HttpState, Shared},
};

/// A client that takes longer for the head of a request is cut off.
const HEAD_TIMEOUT: Duration = Duration::from_secs(5);

/// A connection without a request is closed after so long: longer than the 60 s of common load balancers, so
/// that they close first and never send a request into a closing connection.
const KEEP_ALIVE: Duration = Duration::from_secs(75);

/// After an early answer, so long is read what the client still sends, so that it sees the answer and no
/// reset.
const DISCONNECT_TIMEOUT: Duration = Duration::from_secs(2);

/// Requests that run have so long to finish once the server stops.
const SHUTDOWN_TIMEOUT_SECS: u64 = 30;

/// Open connections of one worker; more wait in the listener's backlog.
const CONNECTIONS_MAX: usize = 10_000;

/// Which paths a server has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Surface {
    /// All of them.
    Everything,
    /// Health and metrics, for a process that delivers only.
    Health,
}

/// Answers requests on `listener` with `workers` threads until it is stopped by its handle. The future has to
/// be run within Tokio. Signals are left to the caller.
pub fn serve(
    listener: TcpListener,
    state: HttpState,
    surface: Surface,
    workers: usize,
) -> Result<Server, io::Error> {
    let shared = web::Data::from(Arc::new(Shared::new(state)));
    let routes = match surface {
        Surface::Everything => routes::everything,
        Surface::Health => routes::health_only,
    };
    let app = move || {
        App::new().app_data(shared.clone()).wrap(NormalizePath::trim()).wrap(from_fn(edge)).configure(routes)
    };
    let server = HttpServer::new(app)
        .workers(workers)
        .keep_alive(KeepAlive::Timeout(KEEP_ALIVE))
        .client_request_timeout(HEAD_TIMEOUT)
        .client_disconnect_timeout(DISCONNECT_TIMEOUT)
        .shutdown_timeout(SHUTDOWN_TIMEOUT_SECS)
        .max_connections(CONNECTIONS_MAX)
        .tcp_nodelay(true)
        .disable_signals()
        .listen(listener)?;
    Ok(server.run())
}
