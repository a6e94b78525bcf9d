//! Who is signed in.

use diesel::prelude::*;
use domain::{bot::SecretDigest, session::Session};

use crate::{
    columns::{At, Digest, Id},
    schema::sessions,
};

#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = sessions)]
pub(crate) struct SessionRow {
    id: Id,
    agent_id: Id,
    digest: Digest,
    client: String,
    created_at: At,
    seen_at: At,
}

impl From<&Session> for SessionRow {
    fn from(session: &Session) -> Self {
        Self {
            id: session.id.into(),
            agent_id: session.agent_id.into(),
            digest: Digest(*session.digest.as_bytes()),
            client: session.client.clone(),
            created_at: At(session.created_at),
            seen_at: At(session.seen_at),
        }
    }
}

impl From<SessionRow> for Session {
    fn from(row: SessionRow) -> Self {
        Self {
            id: row.id.into(),
            agent_id: row.agent_id.into(),
            digest: SecretDigest::restore(row.digest.0),
            client: row.client,
            created_at: row.created_at.0,
            seen_at: row.seen_at.0,
        }
    }
}
