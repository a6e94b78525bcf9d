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
        let state = self.read(Operation::ChannelsAll)?;
        let in_use = state.channels.iter().filter(|row| !row.is_archived);
        Ok(in_use.map(|row| row.channel.clone()).collect())
    }

    async fn by_name(&mut self, name: &str) -> Result<Option<Channel>, StorageError> {
        let state = self.read(Operation::ChannelsByName)?;
        let row = state.channels.iter().find(|row| row.channel.name == name && !row.is_archived);
        Ok(row.map(|row| row.channel.clone()))
    }

    async fn insert(&mut self, channel: &Channel) -> Result<(), StorageError> {
        let state = self.write(Operation::ChannelsInsert)?;
        if state.channels.iter().any(|row| row.channel.name == channel.name || row.channel.id == channel.id) {
            return Err(StorageError::Conflict("channels_name_key"));
        }
        let row =
            ChannelRow { channel: channel.clone(), next_slot_at: None, failures: 0, is_archived: false };
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

    async fn archive(&mut self, channel: &Channel, _at: Timestamp) -> Result<(), StorageError> {
        if let Some(row) = self.write(Operation::ChannelsArchive)?.channel_mut(channel.id) {
            row.channel.name = channel.archived_name();
            row.is_archived = true;
        }
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
