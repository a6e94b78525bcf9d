//! A captured mail, taken apart.

use application::ports::CapturedMail;
use domain::ids::NotificationId;
use mail_parser::{Message, MessageParser, PartType};

/// A captured mail, taken apart as far as it can be.
pub(in crate::panel) struct MailContent {
    /// Of which notification.
    pub(in crate::panel) id: NotificationId,
    /// Names and values.
    pub(in crate::panel) headers: Vec<(String, String)>,
    /// What it says as text.
    pub(in crate::panel) text: Option<String>,
    /// What it says as HTML.
    pub(in crate::panel) html: Option<String>,
    /// All of it.
    pub(in crate::panel) source: String,
}

impl MailContent {
    /// Takes a mail apart; of what is no message (RFC 5322) only the source is known.
    pub(in crate::panel) fn of(mail: &CapturedMail) -> Self {
        let message = MessageParser::default().parse(&mail.message);
        Self {
            id: mail.notification_id,
            headers: message.as_ref().map(headers).unwrap_or_default(),
            text: message.as_ref().and_then(text),
            html: message.as_ref().and_then(html),
            source: String::from_utf8_lossy(&mail.message).into_owned(),
        }
    }
}

fn headers(message: &Message<'_>) -> Vec<(String, String)> {
    message.headers_raw().map(|(name, value)| (name.to_owned(), value.trim().to_owned())).collect()
}

fn text(message: &Message<'_>) -> Option<String> {
    match &message.text_part(0)?.body {
        PartType::Text(text) => Some(text.to_string()),
        _ => None,
    }
}

fn html(message: &Message<'_>) -> Option<String> {
    match &message.html_part(0)?.body {
        PartType::Html(html) => Some(html.to_string()),
        _ => None,
    }
}
