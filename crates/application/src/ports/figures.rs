//! What days brought, in figures.

use async_trait::async_trait;
use domain::figures::{DayFigures, Figures};
use jiff::civil::Date;

use super::StorageError;

/// Figures of days: counted from rows, and kept for pages.
#[async_trait]
pub trait FigureRepository: Send {
    /// Counts the rows that a UTC day brought, as they are now. Rows are found by their ids, as in the ledger.
    async fn count(&mut self, day: Date) -> Result<Figures, StorageError>;

    /// Keeps the figures of a day, in the place of those that were kept before. Those of the day on which somebody was
    /// registered who is erased are kept no longer.
    async fn keep(&mut self, figures: &DayFigures) -> Result<(), StorageError>;

    /// The figures that are kept of days from `first` on, the oldest first.
    async fn since(&mut self, first: Date) -> Result<Vec<DayFigures>, StorageError>;

    /// Deletes the figures of days before `first`.
    async fn forget_before(&mut self, first: Date) -> Result<(), StorageError>;
}
