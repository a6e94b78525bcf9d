//! Connections between two mails.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
    time::Duration,
};

use tokio::time::{Instant, sleep};

use super::connection::Connection;

/// A stack of unused connections: the youngest is taken first, so that in quiet times the others grow old
/// and are closed.
pub(super) struct IdleConnections {
    state: Mutex<State>,
    lifetime: Duration,
}

#[derive(Default)]
struct State {
    /// With the time since when each is unused; the youngest last.
    connections: VecDeque<(Instant, Connection)>,
    /// Whether a task is there that closes old ones.
    swept: bool,
}

impl IdleConnections {
    pub(super) fn new(lifetime: Duration) -> Self {
        Self { state: Mutex::default(), lifetime }
    }

    /// The connection that was used last, unless it is too old.
    pub(super) fn take(&self) -> Option<Connection> {
        let (since, connection) = self.state().connections.pop_back()?;
        if since.elapsed() <= self.lifetime {
            return Some(connection);
        }
        connection.quit();
        None
    }

    /// Keeps a connection that is ready for the next mail.
    pub(super) fn put(self: &Arc<Self>, connection: Connection) {
        let mut state = self.state();
        state.connections.push_back((Instant::now(), connection));
        if !state.swept {
            state.swept = true;
            tokio::spawn(sweep(Arc::downgrade(self)));
        }
    }

    /// Closes the connections that are too old and says whether any is left.
    fn close_old(&self) -> bool {
        let mut state = self.state();
        let old = state.connections.partition_point(|(since, _)| since.elapsed() > self.lifetime);
        state.connections.drain(..old).for_each(|(_, connection)| connection.quit());
        state.swept = !state.connections.is_empty();
        state.swept
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // No code that can panic half-way runs under the lock.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Runs as long as there are unused connections, and costs nothing when there are none.
async fn sweep(idle: Weak<IdleConnections>) {
    while let Some(lifetime) = idle.upgrade().map(|idle| idle.lifetime) {
        sleep(lifetime).await;
        if !idle.upgrade().is_some_and(|idle| idle.close_old()) {
            return;
        }
    }
}
