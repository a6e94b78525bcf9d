//! When to look for due notifications.

use std::{sync::Arc, time::Duration};

use application::{delivery::DispatchNotifications, ports::NotificationQueue};
use tokio_util::sync::CancellationToken;

use crate::{
    Pulse,
    outage::{Outage, WAIT_AFTER_FAILURE},
};

/// A ring may be lost; this is the net.
const POLL_EVERY: Duration = Duration::from_millis(250);

/// Hands over what is due, whenever somebody rings and at least every 250 ms.
pub(crate) async fn run(
    dispatch: DispatchNotifications,
    queue: Arc<dyn NotificationQueue>,
    pulse: Pulse,
    stop: CancellationToken,
) {
    let mut outage = Outage::of("dispatching notifications");
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = queue.rung() => {}
            () = tokio::time::sleep(POLL_EVERY) => {}
        }
        if !pulse.may_open() {
            continue;
        }
        match dispatch.execute().await {
            Ok(_) => outage.works(),
            Err(error) => {
                outage.failed(&error);
                tokio::time::sleep(WAIT_AFTER_FAILURE).await;
            }
        }
    }
}
