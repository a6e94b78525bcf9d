//! What days brought is counted, for pages that show it.

use std::sync::Arc;

use domain::{
    figures::{DayFigures, days_to_count, first_day},
    ledger::day_of,
};

use crate::ports::{Clock, Storage, StorageError, atomically, consult};

/// Counts what the last days brought.
#[derive(Clone)]
pub struct CountFigures {
    /// Where rows and figures are.
    pub storage: Arc<dyn Storage>,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

impl CountFigures {
    /// Counts the days that are to be counted now, each from a snapshot of its own, and says how many these were.
    pub async fn execute(&self) -> Result<usize, StorageError> {
        let now = self.clock.now();
        let today = day_of(now);
        let first = first_day(today);
        let kept = consult(&*self.storage, async |snapshot| snapshot.figures().since(first).await).await?;
        let counted: Vec<_> = kept.iter().map(|kept| (kept.day, kept.counted_at)).collect();
        let days = days_to_count(today, &counted, now);
        for &day in &days {
            let figures =
                consult(&*self.storage, async |snapshot| snapshot.figures().count(day).await).await?;
            let unchanged = kept.iter().any(|kept| kept.day == day && kept.figures == figures);
            if unchanged && day == today {
                continue;
            }
            let counted = DayFigures { day, counted_at: now, figures };
            atomically(&*self.storage, async |tx| {
                tx.figures().keep(&counted).await?;
                tx.figures().forget_before(first).await
            })
            .await?;
        }
        Ok(days.len())
    }
}
