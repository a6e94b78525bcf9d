//! Channels.

use std::sync::Arc;

use application::ports::{ChannelRepository, ChannelResult, StorageError};
use async_trait::async_trait;
use domain::{channel::Channel, ids::ChannelId};
use jiff::Timestamp;

use crate::storage::{Operation, state::ChannelRow, unit_of_work::InMemoryUnitOfWork};

#[async_trait]
impl ChannelRepository for InMemoryUnitOfWork {
    async fn all(&mut self) -> Result<Vec<Channel>, StorageError> {
        Ok(self.read(Operation::ChannelsAll)?.channels.iter().map(|row| row.channel.clone()).collect())
    }

    async fn by_name(&mut self, name: &str) -> Result<Option<Channel>, StorageError> {
        let state = self.read(Operation::ChannelsByName)?;
        Ok(state.channels.iter().map(|row| &row.channel).find(|channel| channel.name == name).cloned())
    }

    async fn insert(&mut self, channel: &Channel) -> Result<(), StorageError> {
        let state = self.write(Operation::ChannelsInsert)?;
        if state.channels.iter().any(|row| row.channel.name == channel.name || row.channel.id == channel.id) {
            return Err(StorageError::Conflict("channels_name_key"));
        }
        let row = ChannelRow { channel: channel.clone(), next_slot_at: None, failures: 0 };
        Arc::make_mut(&mut state.channels).push(row);
        Ok(())
    }

    async fn update(&mut self, channel: &Channel) -> Result<(), StorageError> {
        let state = self.write(Operation::ChannelsUpdate)?;
        let stored = &mut state.channel_mut(channel.id).ok_or(StorageError::Stale)?.channel;
        stored.target = channel.target.clone();
        stored.interval = channel.interval;
        stored.fallback = channel.fallback;
        stored.quiet_hours.clone_from(&channel.quiet_hours);
        Ok(())
    }

    async fn set_paused(&mut self, id: ChannelId, since: Option<Timestamp>) -> Result<(), StorageError> {
        if let Some(row) = self.write(Operation::ChannelsSetPaused)?.channel_mut(id) {
            row.channel.paused_at = since;
        }
        Ok(())
    }

    async fn set_next_slot(&mut self, id: ChannelId, at: Timestamp) -> Result<(), StorageError> {
        if let Some(row) = self.write(Operation::ChannelsSetNextSlot)?.channel_mut(id) {
            row.next_slot_at = Some(at);
        }
        Ok(())
    }

    async fn note_results(&mut self, results: &[(ChannelId, ChannelResult)]) -> Result<(), StorageError> {
        let state = self.write(Operation::ChannelsNoteResults)?;
        for (id, result) in results {
            let Some(row) = state.channel_mut(*id) else { continue };
            row.failures = match result {
                ChannelResult::Works => 0,
                ChannelResult::Failed(times) => row.failures + times,
            };
        }
        Ok(())
    }
}
