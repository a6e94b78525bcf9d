//! Who is signed in.

use application::ports::{SessionRepository, StorageError};
use async_trait::async_trait;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::{
    agent::StaffMember,
    bot::SecretDigest,
    ids::{AgentId, SessionId},
    session::Session,
};
use jiff::Timestamp;

use crate::{
    columns::{At, Digest, Id},
    error::inserted,
    rows::{AgentRow, SessionRow},
    schema::{agents, sessions},
    unit_of_work::PgUnitOfWork,
};

#[async_trait]
impl SessionRepository for PgUnitOfWork {
    async fn insert(&mut self, session: &Session) -> Result<(), StorageError> {
        let row = SessionRow::from(session);
        self.run(async |connection| {
            let insert = diesel::insert_into(sessions::table).values(&row).on_conflict_do_nothing();
            inserted(insert.execute(connection).await?, 1, "sessions_digest_key")
        })
        .await
    }

    async fn by_digest(
        &mut self,
        digest: SecretDigest,
    ) -> Result<Option<(StaffMember, Session)>, StorageError> {
        self.run(async |connection| {
            let found: Option<(AgentRow, SessionRow)> = agents::table
                .inner_join(sessions::table.on(sessions::agent_id.eq(agents::id)))
                .filter(sessions::digest.eq(Digest(*digest.as_bytes())))
                .select((AgentRow::as_select(), SessionRow::as_select()))
                .get_result(connection)
                .await
                .optional()?;
            Ok(found.map(|(member, session)| (member.into(), session.into())))
        })
        .await
    }

    async fn of_agent(&mut self, agent: AgentId) -> Result<Vec<Session>, StorageError> {
        self.run(async |connection| {
            let own = sessions::table.filter(sessions::agent_id.eq(Id::from(agent)));
            let newest_first = own.order(sessions::id.desc()).select(SessionRow::as_select());
            Ok(newest_first.load(connection).await?.into_iter().map(Session::from).collect())
        })
        .await
    }

    async fn note_seen(&mut self, id: SessionId, at: Timestamp) -> Result<(), StorageError> {
        self.run(async |connection| {
            let session = sessions::table.find(Id::from(id));
            diesel::update(session).set(sessions::seen_at.eq(At(at))).execute(connection).await?;
            Ok(())
        })
        .await
    }

    async fn end(&mut self, agent: AgentId, id: SessionId) -> Result<bool, StorageError> {
        self.run(async |connection| {
            let session = sessions::table.find(Id::from(id)).filter(sessions::agent_id.eq(Id::from(agent)));
            Ok(diesel::delete(session).execute(connection).await? > 0)
        })
        .await
    }

    async fn end_others(&mut self, agent: AgentId, kept: Option<SessionId>) -> Result<usize, StorageError> {
        self.run(async |connection| {
            let own = sessions::table.filter(sessions::agent_id.eq(Id::from(agent)));
            match kept {
                Some(kept) => {
                    let others = own.filter(sessions::id.ne(Id::from(kept)));
                    Ok(diesel::delete(others).execute(connection).await?)
                }
                None => Ok(diesel::delete(own).execute(connection).await?),
            }
        })
        .await
    }

    async fn forget_idle(&mut self, seen_before: Timestamp) -> Result<usize, StorageError> {
        self.run(async |connection| {
            let idle = sessions::table.filter(sessions::seen_at.lt(At(seen_before)));
            Ok(diesel::delete(idle).execute(connection).await?)
        })
        .await
    }
}
