//! Who is signed in.

use application::ports::{SessionRepository, StorageError};
use async_trait::async_trait;
use domain::{
    agent::StaffMember,
    bot::SecretDigest,
    ids::{AgentId, SessionId},
    session::Session,
};
use jiff::Timestamp;

use crate::storage::{Operation, unit_of_work::InMemoryUnitOfWork};

#[async_trait]
impl SessionRepository for InMemoryUnitOfWork {
    async fn insert(&mut self, session: &Session) -> Result<(), StorageError> {
        self.write(Operation::SessionsInsert)?.sessions.insert(session.id, session.clone(), "sessions_pkey")
    }

    async fn by_digest(
        &mut self,
        digest: SecretDigest,
    ) -> Result<Option<(StaffMember, Session)>, StorageError> {
        let state = self.read(Operation::SessionsByDigest)?;
        let session = state.sessions.values().find(|session| session.digest == digest);
        Ok(session.and_then(|session| Some((state.agents.get(&session.agent_id)?.clone(), session.clone()))))
    }

    async fn of_agent(&mut self, agent: AgentId) -> Result<Vec<Session>, StorageError> {
        let state = self.read(Operation::SessionsOfAgent)?;
        let own = state.sessions.newest_first(None).filter(|session| session.agent_id == agent);
        Ok(own.cloned().collect())
    }

    async fn note_seen(&mut self, id: SessionId, at: Timestamp) -> Result<(), StorageError> {
        if let Some(session) = self.write(Operation::SessionsNoteSeen)?.sessions.get_mut(&id) {
            session.seen_at = at;
        }
        Ok(())
    }

    async fn end(&mut self, agent: AgentId, id: SessionId) -> Result<bool, StorageError> {
        let state = self.write(Operation::SessionsEnd)?;
        Ok(state.sessions.remove_where(|session| session.id == id && session.agent_id == agent) > 0)
    }

    async fn end_others(&mut self, agent: AgentId, kept: Option<SessionId>) -> Result<usize, StorageError> {
        let state = self.write(Operation::SessionsEndOthers)?;
        Ok(state.sessions.remove_where(|session| session.agent_id == agent && Some(session.id) != kept))
    }

    async fn forget_idle(&mut self, seen_before: Timestamp) -> Result<usize, StorageError> {
        let state = self.write(Operation::SessionsForgetIdle)?;
        Ok(state.sessions.remove_where(|session| session.seen_at < seen_before))
    }
}
