//! Calls of bots, and answers kept for equal calls.

use application::ports::{Changed, IntakeRepository, StorageError};
use async_trait::async_trait;
use domain::intake::{AnswerSlot, BoundAnswer, IntakeRow};
use jiff::Timestamp;

use crate::storage::{Operation, unit_of_work::InMemoryUnitOfWork};

#[async_trait]
impl IntakeRepository for InMemoryUnitOfWork {
    async fn kept_answers(
        &mut self,
        slots: &[AnswerSlot],
        now: Timestamp,
    ) -> Result<Vec<BoundAnswer>, StorageError> {
        let state = self.read(Operation::IntakeKeptAnswers)?;
        let kept = slots.iter().filter_map(|slot| state.answers.get(slot));
        Ok(kept.filter(|bound| !has_expired(bound, now)).cloned().collect())
    }

    async fn keep(&mut self, answers: &[BoundAnswer], now: Timestamp) -> Result<(), StorageError> {
        let state = self.write(Operation::IntakeKeep)?;
        for bound in answers {
            let slot = bound.replay.slot;
            if state.answers.get(&slot).is_some_and(|kept| !has_expired(kept, now)) {
                return Err(StorageError::Conflict("kept_answers_principal_scope_digest_key"));
            }
            state.answers.put(slot, bound.clone());
        }
        Ok(())
    }

    async fn record(&mut self, rows: &[IntakeRow]) -> Result<(), StorageError> {
        let state = self.write(Operation::IntakeRecord)?;
        state.note(Changed::by_calls(rows));
        rows.iter().try_for_each(|row| state.intake.insert(row.request_id, row.clone(), "intake_pkey"))
    }

    async fn forget_expired(&mut self, now: Timestamp, limit: u16) -> Result<usize, StorageError> {
        let state = self.write(Operation::IntakeForgetExpired)?;
        let mut left = limit;
        let mut forget = |has_expired: bool| {
            let forget = left > 0 && has_expired;
            left -= u16::from(forget);
            forget
        };
        let answers = state.answers.remove_where(|bound| forget(has_expired(bound, now)));
        Ok(answers + state.responses.remove_where(|bound| forget(bound.expires_at <= now)))
    }
}

fn has_expired(bound: &BoundAnswer, now: Timestamp) -> bool {
    bound.replay.expires_at <= now
}
