//! What mail is told by its operator.

use std::{path::PathBuf, sync::Arc};

use lettre::message::Mailbox;
use secrecy::SecretString;

use crate::{mailbox::MailboxError, smtp::SmtpSettings, templates::TemplateError};

/// Finds the value of an environment variable that a channel names.
pub type EnvironmentLookup = Arc<dyn Fn(&str) -> Option<SecretString> + Send + Sync>;

/// From whom, to whom, and over which server.
#[derive(Debug, Clone)]
pub struct MailSettings {
    /// The sender. Its name signs the mails, its domain is also that of message ids.
    pub from: Mailbox,
    /// The team's mailbox; none: its mail is captured.
    pub team_to: Option<Mailbox>,
    /// Where answers go, if not to the sender.
    pub reply_to: Option<Mailbox>,
    /// Where people reach this server, for links; a slash at the end does not matter.
    pub public_url: Option<String>,
    /// The server; none: mail is captured.
    pub smtp: Option<SmtpSettings>,
    /// A folder whose templates take the place of the shipped ones, and may add languages.
    pub templates: Option<PathBuf>,
    /// How many mails may be under way at once.
    pub max_connections: usize,
}

/// Mail cannot be set up as the settings ask.
#[derive(Debug, thiserror::Error)]
pub enum MailSetupError {
    /// A mailbox among the settings cannot stand in the head of a mail.
    #[error("setting up the {role} of mails")]
    Mailbox {
        /// Which one.
        role: &'static str,
        /// What is wrong with it.
        source: MailboxError,
    },
    /// A template cannot be used.
    #[error(transparent)]
    Template(#[from] TemplateError),
}
