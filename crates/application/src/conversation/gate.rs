//! Deliveries take turns, so that bots' calls never wait long for the database.

use std::sync::Arc;

use tokio::sync::{Semaphore, SemaphorePermit};

/// At most so many deliveries are written at once: a call of a bot waits for that many commits at most.
const AT_ONCE: usize = 4;

/// More deliveries than this do not wait.
const WAITING_MAX: usize = 1_024;

/// Where deliveries take turns.
#[derive(Clone)]
pub(super) struct Gate {
    turns: Arc<Semaphore>,
    places: Arc<Semaphore>,
}

/// A turn, until this is dropped.
pub(super) struct Turn<'a> {
    _turn: SemaphorePermit<'a>,
    _place: SemaphorePermit<'a>,
}

impl Gate {
    pub(super) fn new() -> Self {
        Self { turns: Arc::new(Semaphore::new(AT_ONCE)), places: Arc::new(Semaphore::new(WAITING_MAX)) }
    }

    /// Waits for a turn; none if too many wait already.
    pub(super) async fn turn(&self) -> Option<Turn<'_>> {
        let place = self.places.try_acquire().ok()?;
        let turn = self.turns.acquire().await.ok()?;
        Some(Turn { _turn: turn, _place: place })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn few_have_a_turn_and_not_all_may_wait() {
        let gate = Gate::new();
        let mut turns = Vec::new();
        for _ in 0..AT_ONCE {
            turns.push(gate.turn().await.expect("there is room"));
        }
        let waiting: Vec<_> = (AT_ONCE..WAITING_MAX)
            .map(|_| {
                let gate = gate.clone();
                tokio::spawn(async move { gate.turn().await.is_some() })
            })
            .collect();
        while gate.places.available_permits() > 0 {
            tokio::task::yield_now().await;
        }
        assert!(gate.turn().await.is_none());
        drop(turns);
        for waiting in waiting {
            assert!(waiting.await.expect("it ends"));
        }
        assert!(gate.turn().await.is_some());
    }
}
