//! From a due notification to its outcome.

mod dispatch;
mod fall_back;
mod heartbeat;
mod intervene;
mod reclaim;
mod settle;

pub use dispatch::{DispatchError, DispatchNotifications};
pub use heartbeat::{BeatHeart, StopWorker};
pub use intervene::{CancelNotification, InterveneError, RetryNotification, RetryNotifications};
pub use reclaim::{Gone, ReclaimNotifications, Reclaimed};
pub use settle::{FinishedAttempt, SettleAttempts};
