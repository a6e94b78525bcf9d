//! Members of staff and their tokens.

use application::ports::{AgentRepository, StorageError};
use async_trait::async_trait;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::{
    agent::{ApiToken, StaffMember},
    bot::SecretDigest,
    ids::{AgentId, TokenId},
};
use jiff::Timestamp;

use crate::{
    columns::{At, Digest, Id},
    error::inserted,
    rows::{AgentRow, ApiTokenRow},
    schema::{agents, api_tokens},
    unit_of_work::PgUnitOfWork,
};

#[async_trait]
impl AgentRepository for PgUnitOfWork {
    async fn insert(&mut self, member: &StaffMember) -> Result<(), StorageError> {
        let row = AgentRow::from(member);
        self.run(async |connection| {
            let insert = diesel::insert_into(agents::table).values(&row).on_conflict_do_nothing();
            inserted(insert.execute(connection).await?, 1, "agents_email_key")
        })
        .await
    }

    async fn all(&mut self) -> Result<Vec<StaffMember>, StorageError> {
        self.run(async |connection| {
            let members = agents::table.order(agents::id).select(AgentRow::as_select());
            Ok(members.load(connection).await?.into_iter().map(StaffMember::from).collect())
        })
        .await
    }

    async fn update(&mut self, member: &StaffMember) -> Result<(), StorageError> {
        let row = AgentRow::from(member);
        self.run(async |connection| {
            diesel::update(agents::table.find(row.id)).set(&row).execute(connection).await?;
            Ok(())
        })
        .await
    }

    async fn by_email(&mut self, email: &str) -> Result<Option<StaffMember>, StorageError> {
        self.run(async |connection| {
            let member = agents::table.filter(agents::email.eq(email)).select(AgentRow::as_select());
            Ok(member.get_result(connection).await.optional()?.map(StaffMember::from))
        })
        .await
    }

    async fn by_token(
        &mut self,
        digest: SecretDigest,
    ) -> Result<Option<(StaffMember, ApiToken)>, StorageError> {
        self.run(async |connection| {
            let found: Option<(AgentRow, ApiTokenRow)> = agents::table
                .inner_join(api_tokens::table.on(api_tokens::agent_id.eq(agents::id)))
                .filter(api_tokens::digest.eq(Digest(*digest.as_bytes())))
                .select((AgentRow::as_select(), ApiTokenRow::as_select()))
                .get_result(connection)
                .await
                .optional()?;
            Ok(found.map(|(member, token)| (member.into(), token.into())))
        })
        .await
    }

    async fn insert_token(&mut self, token: &ApiToken) -> Result<(), StorageError> {
        let row = ApiTokenRow::from(token);
        self.run(async |connection| {
            let insert = diesel::insert_into(api_tokens::table).values(&row).on_conflict_do_nothing();
            inserted(insert.execute(connection).await?, 1, "api_tokens_digest_key")
        })
        .await
    }

    async fn tokens(&mut self, agent: Option<AgentId>) -> Result<Vec<ApiToken>, StorageError> {
        self.run(async |connection| {
            let mut tokens =
                api_tokens::table.order(api_tokens::id).select(ApiTokenRow::as_select()).into_boxed();
            if let Some(agent) = agent {
                tokens = tokens.filter(api_tokens::agent_id.eq(Id::from(agent)));
            }
            Ok(tokens.load(connection).await?.into_iter().map(ApiToken::from).collect())
        })
        .await
    }

    async fn revoke_token(&mut self, id: TokenId, at: Timestamp) -> Result<bool, StorageError> {
        self.run(async |connection| {
            let in_force = api_tokens::table.find(Id::from(id)).filter(api_tokens::revoked_at.is_null());
            let revoke = diesel::update(in_force).set(api_tokens::revoked_at.eq(At(at)));
            Ok(revoke.execute(connection).await? > 0)
        })
        .await
    }
}
