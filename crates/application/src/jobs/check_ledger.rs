//! What calls made is held against what there is.

use std::sync::Arc;

use domain::ledger::{LedgerCounts, day_of};
use jiff::civil::Date;

use crate::ports::{Clock, Storage, StorageError, consult};

/// Compares what was made on the last days with the rows that there are. A difference is a lost or doubled row.
#[derive(Clone)]
pub struct CheckLedger {
    /// Where the ledger is.
    pub storage: Arc<dyn Storage>,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

impl CheckLedger {
    /// Reads today and yesterday (UTC), each from a snapshot of its own, and says which of them do not balance.
    pub async fn execute(&self) -> Result<Vec<(Date, LedgerCounts)>, StorageError> {
        let today = day_of(self.clock.now());
        let mut unbalanced = Vec::new();
        for day in [today.yesterday().ok(), Some(today)].into_iter().flatten() {
            let counts = consult(&*self.storage, async |snapshot| snapshot.ledger().day(day).await).await?;
            if !counts.is_balanced() {
                warn(day, &counts);
                unbalanced.push((day, counts));
            }
        }
        Ok(unbalanced)
    }
}

fn warn(day: Date, counts: &LedgerCounts) {
    for imbalance in counts.imbalances() {
        tracing::warn!(
            %day, what = imbalance.entity.as_str(), made = imbalance.made, found = imbalance.found,
            "the ledger does not balance: rows are missing or too many"
        );
    }
}
