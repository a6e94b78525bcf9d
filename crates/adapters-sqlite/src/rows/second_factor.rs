//! What members of staff show beside their password.

use diesel::prelude::*;
use domain::{bot::SecretDigest, second_factor::SecondFactor};

use crate::{
    columns::{At, Id},
    schema::second_factors,
};

#[derive(Insertable, AsChangeset, Queryable, Selectable)]
#[diesel(table_name = second_factors, primary_key(agent_id), treat_none_as_null = true)]
pub(crate) struct SecondFactorRow {
    agent_id: Id,
    sealed: Vec<u8>,
    confirmed_at: Option<At>,
    last_step: i64,
    recovery: Vec<u8>,
}

impl From<&SecondFactor> for SecondFactorRow {
    fn from(factor: &SecondFactor) -> Self {
        Self {
            agent_id: factor.agent_id.into(),
            sealed: factor.sealed.clone(),
            confirmed_at: factor.confirmed_at.map(At),
            last_step: factor.last_step,
            recovery: factor.recovery.iter().flat_map(|digest| *digest.as_bytes()).collect(),
        }
    }
}

impl From<SecondFactorRow> for SecondFactor {
    fn from(row: SecondFactorRow) -> Self {
        let (digests, _) = row.recovery.as_chunks::<32>();
        Self {
            agent_id: row.agent_id.into(),
            sealed: row.sealed,
            confirmed_at: row.confirmed_at.map(|at| at.0),
            last_step: row.last_step,
            recovery: digests.iter().copied().map(SecretDigest::restore).collect(),
        }
    }
}
