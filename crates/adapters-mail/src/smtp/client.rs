//! The client: a bounded number of connections, one mail at a time on each.

use std::sync::Arc;

use lettre::address::Envelope;
use tokio::sync::Semaphore;

use super::{
    connection::Connection, idle::IdleConnections, redaction::Redaction, reply::Reply,
    settings::SmtpSettings, trouble::Trouble, verdict::Verdict, wire_form::wire_form,
};

/// Hands mail to one server. Connections are opened when they are needed and kept for a short while.
pub struct SmtpClient {
    settings: SmtpSettings,
    redaction: Redaction,
    slots: Semaphore,
    idle: Arc<IdleConnections>,
}

impl SmtpClient {
    /// A client that never has more than `max_connections` mails under way; at least one is always allowed.
    /// Connects to nothing yet.
    pub fn new(settings: SmtpSettings, max_connections: usize) -> Self {
        Self {
            redaction: Redaction::new(settings.login.clone()),
            slots: Semaphore::new(max_connections.max(1)),
            idle: Arc::new(IdleConnections::new(settings.timeouts.idle)),
            settings,
        }
    }

    /// Hands over one mail, and waits for its turn first. With several recipients the mail is taken for all of them
    /// or for none. A future that is dropped half-way closes its connection; what became of the mail is then unknown.
    pub async fn send(&self, envelope: &Envelope, message: &[u8]) -> Verdict {
        let _slot = self.slots.acquire().await.expect("the semaphore is never closed");
        match self.hand_over(envelope, &wire_form(message)).await {
            Ok(reply) => Verdict::accepted(&reply, &self.redaction),
            Err(trouble) => Verdict::of_trouble(&trouble, &self.redaction),
        }
    }

    /// Connects, secures and logs in as for a mail, and takes leave. The error is for a person and shows no secret.
    pub async fn check(&self) -> Result<(), String> {
        match Connection::open(&self.settings).await {
            Ok(connection) => {
                connection.quit();
                Ok(())
            }
            Err(trouble) => Err(self.redaction.clean(&trouble.describe())),
        }
    }

    /// Uses a kept connection, and a fresh one if the server has closed that in the meantime.
    async fn hand_over(&self, envelope: &Envelope, wire: &[u8]) -> Result<Reply, Trouble> {
        if let Some(kept) = self.idle.take() {
            match self.hand_over_on(kept, envelope, wire).await {
                Err(trouble) if trouble.looks_like_a_stale_connection() => {
                    tracing::debug!("the mail server has closed a kept connection, opening another");
                }
                outcome => return outcome,
            }
        }
        let fresh = Connection::open(&self.settings).await?;
        self.hand_over_on(fresh, envelope, wire).await
    }

    /// Keeps the connection after a success only.
    async fn hand_over_on(
        &self,
        mut connection: Connection,
        envelope: &Envelope,
        wire: &[u8],
    ) -> Result<Reply, Trouble> {
        let outcome = connection.deliver(envelope, wire).await;
        match &outcome {
            Ok(_) => self.idle.put(connection),
            Err(trouble) if trouble.leaves_the_server_listening() => connection.quit(),
            Err(_) => drop(connection),
        }
        outcome
    }
}
