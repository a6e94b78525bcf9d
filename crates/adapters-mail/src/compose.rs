//! From words to a message (RFC 5322).

use std::time::SystemTime;

use domain::{
    ids::NotificationId,
    text::{ONE_LINE_MAX, one_line},
};
use jiff::Timestamp;
use lettre::message::{
    Mailbox, Message, MultiPart,
    header::{HeaderName, HeaderValue},
};

use crate::templates::Rendered;

/// What goes into the head of a mail.
pub(crate) struct Head<'a> {
    pub(crate) id: NotificationId,
    pub(crate) from: &'a Mailbox,
    pub(crate) to: Mailbox,
    pub(crate) reply_to: Option<Mailbox>,
    pub(crate) due_at: Timestamp,
    pub(crate) possible_duplicate: bool,
    pub(crate) written_at: Timestamp,
}

impl Head<'_> {
    /// The same for every attempt, so that a receiving side can tell copies apart.
    pub(crate) fn message_id(&self) -> String {
        format!("<{}@{}>", self.id, self.from.email.domain())
    }
}

/// Composes a mail with a text and an HTML part. What people wrote reaches the head as one clean line only, and lettre
/// encodes it, so that it can never become a header of its own.
pub(crate) fn compose(head: &Head<'_>, rendered: Rendered) -> Result<Message, lettre::error::Error> {
    let subject = one_line(&rendered.subject, ONE_LINE_MAX).text;
    let mut builder = Message::builder()
        .message_id(Some(head.message_id()))
        .date(SystemTime::from(head.written_at))
        .from(head.from.clone())
        .to(with_clean_name(head.to.clone()))
        .subject(subject);
    if let Some(reply_to) = &head.reply_to {
        builder = builder.reply_to(with_clean_name(reply_to.clone()));
    }
    for (name, value) in own_headers(head) {
        builder = builder.raw_header(unfolded(name, value));
    }
    builder.multipart(MultiPart::alternative_plain_html(rendered.text, rendered.html))
}

/// `Auto-Submitted` keeps other robots from answering (RFC 3834, section 5).
fn own_headers(head: &Head<'_>) -> Vec<(&'static str, String)> {
    let mut headers = vec![
        ("Auto-Submitted", "auto-generated".to_owned()),
        ("X-Frontdesk-Notification", head.id.to_string()),
        ("X-Frontdesk-Due", format!("{:.6}", head.due_at)),
    ];
    if head.possible_duplicate {
        headers.push(("X-Frontdesk-Possible-Duplicate", "yes".to_owned()));
    }
    headers
}

/// Values of our own: short, printable ASCII, and to be found on one line.
fn unfolded(name: &'static str, value: String) -> HeaderValue {
    HeaderValue::dangerous_new_pre_encoded(HeaderName::new_from_ascii_str(name), value.clone(), value)
}

fn with_clean_name(mut mailbox: Mailbox) -> Mailbox {
    mailbox.name = mailbox.name.map(|name| one_line(&name, ONE_LINE_MAX).text).filter(|name| !name.is_empty());
    mailbox
}
