//! Bots and their keys.

use std::sync::Arc;

use domain::{
    audit::{Action, Facts},
    bot::{Bot, BotKeys, Hook, HookSecret, Secret, SecretDigest},
    identity::Country,
    ids::BotId,
    label,
    language::Language,
};

use crate::{
    audit::{Audit, bot_facts, fact},
    ports::{Clock, Entropy, Ids, Storage, StorageError, Transaction, atomically},
};

/// Why a bot stays as it is.
#[derive(Debug, thiserror::Error)]
pub enum BotError {
    /// A bot needs a name.
    #[error("a bot needs a name of 1 to 100 characters")]
    Name,
    /// The name is another bot's.
    #[error("there is a bot named {0} already")]
    NameTaken(String),
    /// There is no bot of this name.
    #[error("there is no bot named {0}")]
    Unknown(String),
    /// There is no key to revoke.
    #[error("the bot {0} has no such key")]
    NoKey(String),
    /// It could not be written.
    #[error("changing the bot failed")]
    Storage(#[from] StorageError),
}

/// What a new bot is to be.
#[derive(Debug, Clone)]
pub struct NewBot {
    /// Its name.
    pub name: String,
    /// The origin of users who come without one.
    pub default_origin: Option<String>,
    /// The language of users who did not say theirs.
    pub default_language: Language,
    /// Where national phone numbers are from.
    pub default_country: Option<Country>,
}

/// Adds a bot.
#[derive(Clone)]
pub struct AddBot {
    /// Where bots are.
    pub storage: Arc<dyn Storage>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// New ids.
    pub ids: Arc<dyn Ids>,
    /// New keys.
    pub entropy: Arc<dyn Entropy>,
    /// Who does it.
    pub audit: Audit,
}

impl AddBot {
    /// Answers the bot's first key, which can never be shown again.
    pub async fn execute(&self, new: NewBot) -> Result<Secret, BotError> {
        let name = label::parse(&new.name).ok_or(BotError::Name)?;
        let key = Secret::bot_key(self.entropy.secret());
        let bot = Bot {
            id: BotId::from_uuid(self.ids.next()),
            name,
            default_origin: new.default_origin,
            default_language: new.default_language,
            default_country: new.default_country,
            keys: BotKeys::new(key.digest()),
            hook: Hook::new(HookSecret::new(self.entropy.secret())),
            created_at: self.clock.now(),
            archived_at: None,
        };
        let inserted = atomically(&*self.storage, async |tx| {
            tx.bots().insert(&bot).await?;
            self.audit.did(tx, Action::BotAdded, &bot.name, bot_facts(&bot)).await
        })
        .await;
        match inserted {
            Ok(()) => Ok(key),
            Err(StorageError::Conflict(_)) => Err(BotError::NameTaken(bot.name)),
            Err(error) => Err(error.into()),
        }
    }
}

/// What is to change of a bot. Each part is left as it is unless it is given; the inner option takes it away.
#[derive(Debug, Clone, Default)]
pub struct BotChange {
    /// Its name.
    pub name: Option<String>,
    /// The origin of users who come without one.
    pub default_origin: Option<Option<String>>,
    /// The language of users who did not say theirs.
    pub default_language: Option<Language>,
    /// Where national phone numbers are from.
    pub default_country: Option<Option<Country>>,
}

/// Changes a bot.
#[derive(Clone)]
pub struct SetBot {
    /// Where bots are.
    pub storage: Arc<dyn Storage>,
    /// Who does it.
    pub audit: Audit,
}

impl SetBot {
    /// Changes what is given, and answers the bot as it is then.
    pub async fn execute(&self, name: &str, change: BotChange) -> Result<Bot, BotError> {
        let new_name = change.name.map(|name| label::parse(&name).ok_or(BotError::Name)).transpose()?;
        atomically(&*self.storage, async |tx| {
            let mut bot = find(tx, name).await?;
            let before = bot_facts(&bot);
            if let Some(name) = new_name.filter(|new| *new != bot.name) {
                if tx.bots().by_name(&name).await?.is_some() {
                    return Err(BotError::NameTaken(name));
                }
                bot.name = name;
            }
            bot.default_origin = change.default_origin.unwrap_or(bot.default_origin);
            bot.default_language = change.default_language.unwrap_or(bot.default_language);
            bot.default_country = change.default_country.unwrap_or(bot.default_country);
            tx.bots().update(&bot).await?;
            self.audit.changed(tx, Action::BotChanged, &bot.name, before, bot_facts(&bot)).await?;
            Ok(bot)
        })
        .await
    }
}

/// Puts a bot away.
#[derive(Clone)]
pub struct ArchiveBot {
    /// Where bots are.
    pub storage: Arc<dyn Storage>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// New secrets.
    pub entropy: Arc<dyn Entropy>,
    /// Who does it.
    pub audit: Audit,
}

impl ArchiveBot {
    /// Revokes all its keys, takes nothing at its hook any more, and gives its name free. Whom it registered and what it
    /// opened stays.
    pub async fn execute(&self, name: &str) -> Result<(), BotError> {
        atomically(&*self.storage, async |tx| {
            let mut bot = find(tx, name).await?;
            bot.keys.revoke_all();
            bot.hook = Hook::new(HookSecret::new(self.entropy.secret()));
            bot.name = label::archived(&bot.name, bot.id);
            bot.archived_at = Some(self.clock.now());
            tx.bots().update(&bot).await?;
            Ok(self.audit.did(tx, Action::BotArchived, name, Facts::new()).await?)
        })
        .await
    }
}

/// Makes a new key for a bot.
#[derive(Clone)]
pub struct RotateBotKey {
    /// Where bots are.
    pub storage: Arc<dyn Storage>,
    /// New keys.
    pub entropy: Arc<dyn Entropy>,
    /// Who does it.
    pub audit: Audit,
}

impl RotateBotKey {
    /// Answers the new key, which can never be shown again. The one before it stays valid until the next rotation.
    pub async fn execute(&self, name: &str) -> Result<Secret, BotError> {
        let key = Secret::bot_key(self.entropy.secret());
        atomically(&*self.storage, async |tx| {
            let mut bot = find(tx, name).await?;
            bot.keys.rotate(key.digest());
            tx.bots().update(&bot).await?;
            self.audit.did(tx, Action::BotKeyRotated, name, Facts::new()).await.map_err(BotError::from)
        })
        .await?;
        Ok(key)
    }
}

/// Which keys of a bot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WhichKeys {
    /// The one before the last rotation.
    Previous,
    /// All of them.
    All,
}

/// Revokes keys of a bot: within 5 s no process lets them in.
#[derive(Clone)]
pub struct RevokeBotKeys {
    /// Where bots are.
    pub storage: Arc<dyn Storage>,
    /// Who does it.
    pub audit: Audit,
}

impl RevokeBotKeys {
    /// Revokes them.
    pub async fn execute(&self, name: &str, which: WhichKeys) -> Result<(), BotError> {
        atomically(&*self.storage, async |tx| {
            let mut bot = find(tx, name).await?;
            let revoked = match which {
                WhichKeys::Previous => bot.keys.revoke_previous(),
                WhichKeys::All => bot.keys.revoke_all(),
            };
            if !revoked {
                return Err(BotError::NoKey(bot.name));
            }
            tx.bots().update(&bot).await?;
            let which = if which == WhichKeys::All { "all" } else { "previous" };
            Ok(self.audit.did(tx, Action::BotKeysRevoked, name, fact("keys", which)).await?)
        })
        .await
    }
}

/// What to change about a bot's hook.
#[derive(Clone, PartialEq, Eq)]
pub enum HookChange {
    /// Nothing: it is only looked at.
    Nothing,
    /// A new address. Nothing is taken at the old one any more.
    NewSecret,
    /// The token that Landbot was told to send along; none: it was told none.
    Token(Option<String>),
}

/// Shows and changes where a bot's conversations are delivered.
#[derive(Clone)]
pub struct ChangeHook {
    /// Where bots are.
    pub storage: Arc<dyn Storage>,
    /// New secrets.
    pub entropy: Arc<dyn Entropy>,
    /// Who does it.
    pub audit: Audit,
}

impl ChangeHook {
    /// Answers the hook as it is then.
    pub async fn execute(&self, name: &str, change: HookChange) -> Result<Hook, BotError> {
        atomically(&*self.storage, async |tx| {
            let mut bot = find(tx, name).await?;
            let what = match change {
                HookChange::Nothing => return Ok(bot.hook),
                HookChange::NewSecret => {
                    bot.hook.secret = HookSecret::new(self.entropy.secret());
                    "address"
                }
                HookChange::Token(token) => {
                    bot.hook.token = token.as_deref().map(SecretDigest::of);
                    "token"
                }
            };
            tx.bots().update(&bot).await?;
            self.audit.did(tx, Action::BotHookChanged, name, fact("changed", what)).await?;
            Ok(bot.hook)
        })
        .await
    }
}

/// The bots that are in use: all but those that were put away.
pub async fn bots_in_use(tx: &mut Transaction) -> Result<Vec<Bot>, StorageError> {
    let bots = tx.bots().all().await?;
    Ok(bots.into_iter().filter(|bot| bot.archived_at.is_none()).collect())
}

/// A bot that is in use.
async fn find(tx: &mut Transaction, name: &str) -> Result<Bot, BotError> {
    let bot = tx.bots().by_name(name).await?.filter(|bot| bot.archived_at.is_none());
    bot.ok_or_else(|| BotError::Unknown(name.to_owned()))
}
