//! What mail is told by its operator.

use std::{path::PathBuf, sync::Arc};

use lettre::message::Mailbox;
use secrecy::SecretString;

use crate::smtp::SmtpSettings;

/// Finds the value of an environment variable that a channel names.
pub type EnvironmentLookup = Arc<dyn Fn(&str) -> Option<SecretString> + Send + Sync>;

/// From whom, to whom, and over which server.
#[derive(Debug, Clone)]
pub struct MailSettings {
    /// The sender. Its domain is also that of message ids.
    pub from: Mailbox,
    /// The team's mailbox; none: its mail is captured.
    pub team_to: Option<Mailbox>,
    /// Where answers go, if not to the sender.
    pub reply_to: Option<Mailbox>,
    /// Where people reach this server, without a slash at the end; for links.
    pub public_url: Option<String>,
    /// The server; none: mail is captured.
    pub smtp: Option<SmtpSettings>,
    /// A folder whose templates take the place of the shipped ones, and may add languages.
    pub templates: Option<PathBuf>,
    /// How many mails may be under way at once.
    pub max_connections: usize,
}

/// A text is no mailbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a mailbox such as Frontdesk <frontdesk@example.com> is needed")]
pub struct MailboxError;

/// Reads `Name <address>` or a bare address.
pub fn parse_mailbox(text: &str) -> Result<Mailbox, MailboxError> {
    text.trim().parse().map_err(|_| MailboxError)
}
