//! From words to a message (RFC 5322).

use std::time::SystemTime;

use domain::ids::NotificationId;
use jiff::Timestamp;
use lettre::message::{
    MultiPart, SinglePart,
    header::{
        ContentTransferEncoding, ContentType, Date, From, HeaderName, HeaderValue, Headers, MIME_VERSION_1_0,
        ReplyTo, Subject, To,
    },
};

use crate::{header_text::HeaderText, mailbox::Correspondent, templates::Rendered};

/// What goes into the head of a mail.
pub(crate) struct Head<'a> {
    pub(crate) id: NotificationId,
    pub(crate) from: &'a Correspondent,
    pub(crate) to: &'a Correspondent,
    pub(crate) reply_to: Option<&'a Correspondent>,
    pub(crate) due_at: Timestamp,
    pub(crate) possible_duplicate: bool,
    pub(crate) written_at: Timestamp,
}

/// A mail that is ready to go.
pub(crate) struct ComposedMail {
    pub(crate) message_id: String,
    pub(crate) subject: HeaderText,
    pub(crate) message: Vec<u8>,
}

impl Head<'_> {
    /// The same in every attempt, so that a receiving side can tell copies apart.
    fn message_id(&self) -> String {
        format!("<{}@{}>", self.id, self.from.address().domain())
    }

    fn write(&self, headers: &mut Headers, message_id: &str, subject: &HeaderText) {
        // The date type cannot hold what was before 1970.
        headers.set(Date::new(SystemTime::from(self.written_at.max(Timestamp::UNIX_EPOCH))));
        headers.set(From::from(self.from.to_mailboxes()));
        headers.set(To::from(self.to.to_mailboxes()));
        if let Some(reply_to) = self.reply_to {
            headers.set(ReplyTo::from(reply_to.to_mailboxes()));
        }
        headers.set(Subject::from(subject.as_str().to_owned()));
        headers.insert_raw(unfolded("Message-ID", message_id.to_owned()));
        // Keeps other programs from answering (RFC 3834, section 5).
        headers.insert_raw(unfolded("Auto-Submitted", "auto-generated".to_owned()));
        headers.insert_raw(unfolded("X-Frontdesk-Notification", self.id.to_string()));
        headers.insert_raw(unfolded("X-Frontdesk-Due", format!("{:.6}", self.due_at)));
        if self.possible_duplicate {
            headers.insert_raw(unfolded("X-Frontdesk-Possible-Duplicate", "yes".to_owned()));
        }
    }
}

/// Composes a mail of a text and an HTML part.
///
/// lettre's types write the headers and the parts. Its builder of whole messages is not used: it reads back what it
/// wrote, which need not succeed for every name.
pub(crate) fn compose(head: &Head<'_>, words: Rendered) -> ComposedMail {
    let (message_id, subject) = (head.message_id(), HeaderText::clean(&words.subject));
    let mut mail = MultiPart::builder()
        .build()
        .singlepart(part(ContentType::TEXT_PLAIN, words.text))
        .singlepart(part(ContentType::TEXT_HTML, words.html));
    let headers = mail.headers_mut();
    head.write(headers, &message_id, &subject);
    headers.set(MIME_VERSION_1_0);
    headers.set(alternatives_between(&format!("=_{}", head.id)));
    ComposedMail { message_id, subject, message: mail.formatted() }
}

/// Encodes a text so that none of its lines can look like the boundary, which begins with `=_`: quoted-printable and
/// base64 never contain that (RFC 2045, section 6.7).
pub(crate) fn part(content_type: ContentType, text: String) -> SinglePart {
    let part = SinglePart::builder().content_type(content_type);
    // Otherwise the shorter of these two encodings is taken.
    let may_stay_bare = text.is_ascii();
    if may_stay_bare {
        part.header(ContentTransferEncoding::QuotedPrintable).body(text)
    } else {
        part.body(text)
    }
}

fn alternatives_between(boundary: &str) -> ContentType {
    ContentType::parse(&format!("multipart/alternative; boundary=\"{boundary}\""))
        .expect("a boundary of plain ASCII")
}

/// A value of our own: short, printable ASCII, and to be found on one line.
pub(crate) fn unfolded(name: &'static str, value: String) -> HeaderValue {
    HeaderValue::dangerous_new_pre_encoded(HeaderName::new_from_ascii_str(name), value.clone(), value)
}
