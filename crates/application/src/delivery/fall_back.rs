//! What failed for good is told over another channel.
//!
//! Only an attempt that was closed in its worker's own name ends so: the fate of an abandoned one is unknown, and what may
//! have arrived is not told elsewhere.

use domain::{
    fallback::fall_back,
    ids::{IdSource, NotificationId},
    ledger::Made,
    notification::NotificationStatus,
};
use jiff::Timestamp;

use crate::ports::{ClosedAttempt, Ids, StorageError, Transaction};

/// Plans, in the unit of work that closes the last attempts, what is told over other channels instead. Says how many
/// notifications that are.
pub(super) async fn plan_fallbacks(
    tx: &mut Transaction,
    closed: &[ClosedAttempt],
    now: Timestamp,
    ids: &dyn Ids,
) -> Result<usize, StorageError> {
    let has_failed = |closed: &&ClosedAttempt| closed.next.status == NotificationStatus::Failed;
    let failed: Vec<NotificationId> =
        closed.iter().filter(has_failed).map(|closed| closed.notification_id).collect();
    if failed.is_empty() {
        return Ok(0);
    }
    let undelivered = tx.fallbacks().undelivered(&failed).await?;
    let channels = tx.channels().all().await?;
    let mut next_id = || ids.next();
    let fallbacks = fall_back(&undelivered, &channels, now, &mut next_id as &mut (dyn IdSource + Send));
    if fallbacks.is_empty() {
        return Ok(0);
    }
    tx.fallbacks().plan(&fallbacks).await?;
    let made = Made { notifications: fallbacks.len() as u64, ..Made::default() };
    tx.ledger().made_without_call(now, made).await?;
    Ok(fallbacks.len())
}
