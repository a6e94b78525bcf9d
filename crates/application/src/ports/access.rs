//! Who may call: bots and members of staff.

use async_trait::async_trait;
use domain::{
    agent::{ApiToken, StaffMember},
    bot::{Bot, HookSecret, SecretDigest},
    ids::{AgentId, SessionId, TokenId},
    second_factor::SecondFactor,
    session::Session,
};
use jiff::Timestamp;

use super::StorageError;

/// Bots and their keys.
#[async_trait]
pub trait BotRepository: Send {
    /// The bot that has or had a key with this digest.
    async fn by_key(&mut self, digest: SecretDigest) -> Result<Option<Bot>, StorageError>;

    /// The bot whose hook has this secret.
    async fn by_hook(&mut self, secret: &HookSecret) -> Result<Option<Bot>, StorageError>;

    /// A bot by its name.
    async fn by_name(&mut self, name: &str) -> Result<Option<Bot>, StorageError>;

    /// All bots, in the order in which they were added.
    async fn all(&mut self) -> Result<Vec<Bot>, StorageError>;

    /// Writes a new bot.
    ///
    /// [`StorageError::Conflict`] when its name is taken.
    async fn insert(&mut self, bot: &Bot) -> Result<(), StorageError>;

    /// Writes all that may change of a bot: its name, what it assumes of users, its keys, and whether it was put away.
    async fn update(&mut self, bot: &Bot) -> Result<(), StorageError>;
}

/// Members of staff and their tokens.
#[async_trait]
pub trait AgentRepository: Send {
    /// Writes a new member.
    ///
    /// [`StorageError::Conflict`] when the address is taken.
    async fn insert(&mut self, member: &StaffMember) -> Result<(), StorageError>;

    /// All members, in the order in which they were added.
    async fn all(&mut self) -> Result<Vec<StaffMember>, StorageError>;

    /// Writes all that may change of a member: its password, its role, and whether it may sign in.
    async fn update(&mut self, member: &StaffMember) -> Result<(), StorageError>;

    /// A member by the address it signs in with (lower-case).
    async fn by_email(&mut self, email: &str) -> Result<Option<StaffMember>, StorageError>;

    /// The token with this digest, and whose it is.
    async fn by_token(
        &mut self,
        digest: SecretDigest,
    ) -> Result<Option<(StaffMember, ApiToken)>, StorageError>;

    /// Writes a new token.
    async fn insert_token(&mut self, token: &ApiToken) -> Result<(), StorageError>;

    /// All tokens, or one agent's.
    async fn tokens(&mut self, agent: Option<AgentId>) -> Result<Vec<ApiToken>, StorageError>;

    /// Revokes a token. Says whether there was one in force.
    async fn revoke_token(&mut self, id: TokenId, at: Timestamp) -> Result<bool, StorageError>;
}

/// Who is signed in.
#[async_trait]
pub trait SessionRepository: Send {
    /// Writes a new session.
    async fn insert(&mut self, session: &Session) -> Result<(), StorageError>;

    /// The session with this digest, and whose it is. Also one that has ended by itself.
    async fn by_digest(
        &mut self,
        digest: SecretDigest,
    ) -> Result<Option<(StaffMember, Session)>, StorageError>;

    /// An agent's sessions, the newest first.
    async fn of_agent(&mut self, agent: AgentId) -> Result<Vec<Session>, StorageError>;

    /// Notes that a session was used.
    async fn note_seen(&mut self, id: SessionId, at: Timestamp) -> Result<(), StorageError>;

    /// Ends one of an agent's sessions. Says whether there was one.
    async fn end(&mut self, agent: AgentId, id: SessionId) -> Result<bool, StorageError>;

    /// Ends all of an agent's sessions but this one. Says how many there were.
    async fn end_others(&mut self, agent: AgentId, kept: Option<SessionId>) -> Result<usize, StorageError>;

    /// Deletes those that were last used before a moment. Says how many.
    async fn forget_idle(&mut self, seen_before: Timestamp) -> Result<usize, StorageError>;
}

/// What members of staff show beside their password.
#[async_trait]
pub trait SecondFactorRepository: Send {
    /// An agent's second factor, confirmed or not. In a unit of work that writes, nobody else takes a code of it
    /// meanwhile.
    async fn of_agent(&mut self, agent: AgentId) -> Result<Option<SecondFactor>, StorageError>;

    /// The agents whose second factor is asked for.
    async fn confirmed(&mut self) -> Result<Vec<AgentId>, StorageError>;

    /// Writes an agent's second factor, in the place of the one there was.
    async fn put(&mut self, factor: &SecondFactor) -> Result<(), StorageError>;

    /// Deletes an agent's second factor. Says whether there was one.
    async fn delete(&mut self, agent: AgentId) -> Result<bool, StorageError>;
}
