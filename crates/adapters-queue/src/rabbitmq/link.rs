//! One connection, with everything that was made on it. It is never mended: a new one takes its place.

use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

use lapin::{Channel, Connection, options::ConfirmSelectOptions};
use tokio::sync::Mutex;
use tokio_util::sync::CancellationToken;

use super::{
    bell::{Bell, BellRope},
    dial::{Socket, dial},
    error::BrokerError,
    settings::Target,
    topology,
};

/// From the login until everything is declared. Quorum queues choose their leaders meanwhile.
const DECLARE_WITHIN: Duration = Duration::from_secs(10);

/// How long to wait for the broker's goodbye.
pub(super) const CLOSE_WITHIN: Duration = Duration::from_secs(1);

/// AMQP 0-9-1, section 1.2: the reason for a goodbye without complaint.
pub(super) const REPLY_SUCCESS: u16 = 200;

/// A connection that was let in and found or made all exchanges and queues.
#[derive(Debug)]
pub(super) struct Link {
    connection: Connection,
    /// In confirm mode. Locked while a batch is published: the order of messages is the order of their numbers.
    pub(super) publishing: Mutex<Channel>,
    pub(super) rope: BellRope,
    fault: Arc<Fault>,
    _socket: Socket,
}

/// What ended a connection, once something did.
#[derive(Debug, Default)]
pub(super) struct Fault {
    error: OnceLock<BrokerError>,
    broken: CancellationToken,
}

impl Fault {
    /// Gives the connection up. The first who says why is believed.
    pub(super) fn report(&self, error: BrokerError) {
        let _ = self.error.set(error);
        self.broken.cancel();
    }

    pub(super) fn is_reported(&self) -> bool {
        self.broken.is_cancelled()
    }

    /// Waits until the connection is given up.
    pub(super) async fn reported(&self) -> BrokerError {
        self.broken.cancelled().await;
        self.error.get().cloned().unwrap_or(BrokerError::Closed)
    }
}

impl Link {
    pub(super) async fn open(target: &Target, bell: &Arc<Bell>) -> Result<Self, BrokerError> {
        let (connection, socket) = dial(target).await?;
        let made = tokio::time::timeout(DECLARE_WITHIN, Self::furnish(&connection, target, bell)).await;
        let (publishing, rope, fault) = made.map_err(|_| BrokerError::Silent)??;
        Ok(Self { connection, publishing: Mutex::new(publishing), rope, fault, _socket: socket })
    }

    async fn furnish(
        connection: &Connection,
        target: &Target,
        bell: &Arc<Bell>,
    ) -> Result<(Channel, BellRope, Arc<Fault>), BrokerError> {
        let publishing = connection.create_channel().await.map_err(BrokerError::Lost)?;
        topology::declare(&publishing, &target.names).await?;
        publishing.confirm_select(ConfirmSelectOptions::default()).await.map_err(BrokerError::Lost)?;
        let fault = Arc::new(Fault::default());
        let ringing = connection.create_channel().await.map_err(BrokerError::Lost)?;
        let rope = BellRope::hang(ringing, target.names.bell(), bell, &fault).await?;
        Ok((publishing, rope, fault))
    }

    /// A channel of its own.
    pub(super) async fn channel(&self) -> Result<Channel, BrokerError> {
        self.connection.create_channel().await.map_err(BrokerError::Lost)
    }

    /// Whether the broker takes nothing at the moment. What is published meanwhile waits in this process.
    pub(super) fn is_blocked(&self) -> bool {
        self.connection.status().blocked()
    }

    pub(super) fn fault(&self) -> &Fault {
        &self.fault
    }

    /// Says goodbye, which hands back at once what is unacknowledged; not for long, and not to who is gone.
    pub(super) async fn close(&self) {
        let goodbye = self.connection.close(REPLY_SUCCESS, "closed by Frontdesk".into());
        if !matches!(tokio::time::timeout(CLOSE_WITHIN, goodbye).await, Ok(Ok(()))) {
            tracing::debug!("RabbitMQ did not say goodbye");
        }
    }
}
