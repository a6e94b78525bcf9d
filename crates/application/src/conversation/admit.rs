//! Whose hook delivers.

use std::sync::Arc;

use domain::bot::{Bot, HookSecret};

use crate::{
    intake::AccessDenied,
    ports::{Storage, consult},
};

/// Finds the bot that a hook belongs to.
#[derive(Clone)]
pub struct AdmitDelivery {
    /// Where bots are.
    pub storage: Arc<dyn Storage>,
}

impl AdmitDelivery {
    /// The bot whose hook has this secret and lets in what comes with this token. Whatever is wrong is told as an unknown
    /// key.
    pub async fn execute(&self, secret: &HookSecret, token: Option<&str>) -> Result<Bot, AccessDenied> {
        let found = consult(&*self.storage, async |snapshot| snapshot.bots().by_hook(secret).await).await?;
        found.filter(|bot| bot.hook.admits(token)).ok_or(AccessDenied::UnknownKey)
    }
}
