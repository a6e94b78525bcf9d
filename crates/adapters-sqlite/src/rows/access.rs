//! Bots with their keys, and members of staff with their tokens.

use std::str::FromStr;

use diesel::prelude::*;
use domain::{
    agent::{ApiToken, Role, Scope, StaffMember},
    bot::{Bot, BotKeys, Hook, HookSecret, SecretDigest},
    identity::Country,
    language::Language,
};

use crate::{
    columns::{At, Digest, Id, Named, Names},
    error::Failure,
    schema::{agents, api_tokens, bot_keys, bots},
};

#[derive(Insertable, AsChangeset, Queryable, Selectable)]
#[diesel(table_name = bots, treat_none_as_default_value = false, treat_none_as_null = true)]
pub(crate) struct BotRow {
    pub(crate) id: Id,
    name: String,
    default_origin: Option<String>,
    default_language: String,
    default_country: Option<String>,
    created_at: At,
    hook: String,
    hook_token: Option<Digest>,
    archived_at: Option<At>,
}

impl From<&Bot> for BotRow {
    fn from(bot: &Bot) -> Self {
        Self {
            id: bot.id.into(),
            name: bot.name.clone(),
            default_origin: bot.default_origin.clone(),
            default_language: bot.default_language.to_string(),
            default_country: bot.default_country.map(|country| country.as_str().to_owned()),
            created_at: At(bot.created_at),
            hook: bot.hook.secret.reveal().to_owned(),
            hook_token: bot.hook.token.map(|token| Digest(*token.as_bytes())),
            archived_at: bot.archived_at.map(At),
        }
    }
}

impl BotRow {
    pub(crate) fn with_keys(self, keys: Vec<KeyRow>) -> Result<Bot, Failure> {
        let country = self.default_country.as_deref().map(Country::parse).transpose();
        Ok(Bot {
            id: self.id.into(),
            name: self.name,
            default_origin: self.default_origin,
            default_language: language(&self.default_language)?,
            default_country: country.map_err(|_| Failure::Unreadable("bots.default_country"))?,
            keys: bot_keys(keys),
            hook: Hook {
                secret: HookSecret::restore(self.hook),
                token: self.hook_token.map(|token| SecretDigest::restore(token.0)),
            },
            created_at: self.created_at.0,
            archived_at: self.archived_at.map(|at| at.0),
        })
    }
}

fn language(text: &str) -> Result<Language, Failure> {
    Language::parse(text).ok_or(Failure::Unreadable("bots.default_language"))
}

/// What a key is to its bot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    Current,
    Previous,
    Revoked,
}

impl Names for Standing {
    fn name(self) -> &'static str {
        match self {
            Self::Current => "current",
            Self::Previous => "previous",
            Self::Revoked => "revoked",
        }
    }
}

impl FromStr for Standing {
    type Err = Failure;

    fn from_str(text: &str) -> Result<Self, Failure> {
        match text {
            "current" => Ok(Self::Current),
            "previous" => Ok(Self::Previous),
            "revoked" => Ok(Self::Revoked),
            _ => Err(Failure::Unreadable("bot_keys.standing")),
        }
    }
}

#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = bot_keys)]
pub(crate) struct KeyRow {
    digest: Digest,
    bot_id: Id,
    standing: Named<Standing>,
    position: i64,
}

/// The keys of a bot as rows, in the order in which they are read back.
pub(crate) fn key_rows(bot: &Bot) -> Vec<KeyRow> {
    let keys = &bot.keys;
    let current = keys.current.iter().map(|digest| (Standing::Current, digest));
    let previous = keys.previous.iter().map(|digest| (Standing::Previous, digest));
    let revoked = keys.revoked.iter().map(|digest| (Standing::Revoked, digest));
    let row = |(position, (standing, digest)): (i64, (Standing, &SecretDigest))| KeyRow {
        digest: Digest(*digest.as_bytes()),
        bot_id: bot.id.into(),
        standing: Named(standing),
        position,
    };
    (1..).zip(current.chain(previous).chain(revoked)).map(row).collect()
}

fn bot_keys(rows: Vec<KeyRow>) -> BotKeys {
    let mut keys = BotKeys { current: None, previous: None, revoked: Vec::new() };
    for row in rows {
        let digest = SecretDigest::restore(row.digest.0);
        match row.standing.0 {
            Standing::Current => keys.current = Some(digest),
            Standing::Previous => keys.previous = Some(digest),
            Standing::Revoked => keys.revoked.push(digest),
        }
    }
    keys
}

#[derive(Insertable, AsChangeset, Queryable, Selectable)]
#[diesel(table_name = agents, treat_none_as_default_value = false, treat_none_as_null = true)]
pub(crate) struct AgentRow {
    pub(crate) id: Id,
    email: String,
    password_hash: String,
    role: Named<Role>,
    created_at: At,
    deactivated_at: Option<At>,
}

impl From<&StaffMember> for AgentRow {
    fn from(member: &StaffMember) -> Self {
        Self {
            id: member.id.into(),
            email: member.email.clone(),
            password_hash: member.password_hash.clone(),
            role: Named(member.role),
            created_at: At(member.created_at),
            deactivated_at: member.deactivated_at.map(At),
        }
    }
}

impl From<AgentRow> for StaffMember {
    fn from(row: AgentRow) -> Self {
        Self {
            id: row.id.into(),
            email: row.email,
            password_hash: row.password_hash,
            role: row.role.0,
            created_at: row.created_at.0,
            deactivated_at: row.deactivated_at.map(|at| at.0),
        }
    }
}

#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = api_tokens, treat_none_as_default_value = false)]
pub(crate) struct ApiTokenRow {
    id: Id,
    agent_id: Id,
    name: String,
    digest: Digest,
    scope: Named<Scope>,
    created_at: At,
    revoked_at: Option<At>,
}

impl From<&ApiToken> for ApiTokenRow {
    fn from(token: &ApiToken) -> Self {
        Self {
            id: token.id.into(),
            agent_id: token.agent_id.into(),
            name: token.name.clone(),
            digest: Digest(*token.digest.as_bytes()),
            scope: Named(token.scope),
            created_at: At(token.created_at),
            revoked_at: token.revoked_at.map(At),
        }
    }
}

impl From<ApiTokenRow> for ApiToken {
    fn from(row: ApiTokenRow) -> Self {
        Self {
            id: row.id.into(),
            agent_id: row.agent_id.into(),
            name: row.name,
            digest: SecretDigest::restore(row.digest.0),
            scope: row.scope.0,
            created_at: row.created_at.0,
            revoked_at: row.revoked_at.map(|at| at.0),
        }
    }
}
