//! A desk that writes mail, and the notifications that it is asked to deliver.

use std::{path::Path, sync::Arc};

use adapters_mail::{MailChannel, MailSettings, MailSetupError, parse_mailbox, smtp::SmtpSettings};
use application::ports::{CapturedMail, Channel as _, Receipt, consult};
use domain::{
    channel::{ChannelKind, Target},
    ids::{NotificationId, RequestId, TicketId, UserId},
    language::Language,
    message::{Content, DigestFacts, Message, Person, ReplyFacts, TicketFacts},
    reminder::{Backlog, WaitingTicket},
    retry::Outcome,
    ticket::{Chat, Reference, TicketStatus},
    user::Origin,
};
use jiff::Timestamp;
use mail_parser::{MessageParser, MimeHeaders as _, PartType};
use port_contracts::{FrozenClock, InMemoryStorage};
use secrecy::SecretString;
use uuid::Uuid;

/// The one environment variable that is set.
pub(crate) const SET_VARIABLE: &str = "SALES_MAILBOX";

/// What it holds.
pub(crate) const SET_MAILBOX: &str = "Sales <sales@example.com>";

/// A channel, and the database with what it captures.
pub(crate) struct Desk {
    pub(crate) mail: Arc<MailChannel>,
    pub(crate) storage: Arc<InMemoryStorage>,
    pub(crate) clock: Arc<FrozenClock>,
}

impl Desk {
    pub(crate) fn open(settings: MailSettings) -> Self {
        Self::try_open(settings).expect("the settings are valid")
    }

    pub(crate) fn try_open(settings: MailSettings) -> Result<Self, MailSetupError> {
        let clock = Arc::new(FrozenClock::default());
        let storage = Arc::new(InMemoryStorage::new(clock.clone()));
        let environment = Arc::new(|name: &str| match name {
            SET_VARIABLE => Some(SecretString::from(SET_MAILBOX)),
            "EMPTY_MAILBOX" => Some(SecretString::from(" ")),
            "BROKEN_MAILBOX" => Some(SecretString::from("https://hooks.example/t0ken")),
            _ => None,
        });
        let mail = MailChannel::new(settings, storage.clone(), clock.clone(), environment)?;
        Ok(Self { mail: Arc::new(mail), storage, clock })
    }

    /// Delivers, which must succeed by capturing, and answers what was captured.
    pub(crate) async fn captured(&self, message: &Message) -> Mail {
        let receipt = self.mail.deliver(message).await;
        assert_eq!(receipt.outcome, Outcome::Sent, "{receipt:?}");
        self.find(message).await.expect("it was captured")
    }

    pub(crate) async fn find(&self, message: &Message) -> Option<Mail> {
        let captured =
            consult(&*self.storage, async |tx| tx.captured_mails().of_notification(message.id).await);
        captured.await.expect("the storage works").map(Mail::from)
    }

    pub(crate) async fn refused(&self, message: &Message) -> String {
        let receipt = self.mail.deliver(message).await;
        assert_eq!(receipt.outcome, Outcome::Permanent, "{receipt:?}");
        assert!(self.find(message).await.is_none());
        receipt.answer.expect("a refusal is explained")
    }
}

/// A mail as a mail program reads it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Mail {
    pub(crate) recipient: String,
    pub(crate) source: String,
    pub(crate) subject: String,
    pub(crate) text: String,
    pub(crate) html: String,
}

impl From<CapturedMail> for Mail {
    fn from(captured: CapturedMail) -> Self {
        let source = String::from_utf8(captured.message).expect("the mail has ASCII or UTF-8 letters only");
        let mail = Self { recipient: captured.recipient, ..Self::read(source) };
        assert_eq!(mail.subject, captured.subject, "what lists show is what the mail says");
        mail
    }
}

impl Mail {
    pub(crate) fn read(source: String) -> Self {
        let message = MessageParser::default().parse(&source).expect("it is a mail");
        assert!(message.content_type().is_some_and(|kind| kind.subtype() == Some("alternative")));
        let [_, text, html] = &message.parts[..] else { panic!("a mail has two parts: {source}") };
        let (PartType::Text(text), PartType::Html(html)) = (&text.body, &html.body) else {
            panic!("{source}")
        };
        let subject = message.subject().unwrap_or_default().to_owned();
        let (text, html) = (text.replace("\r\n", "\n"), html.replace("\r\n", "\n"));
        Self { recipient: String::new(), subject, text, html, source }
    }

    /// The names and undecoded values of the head.
    pub(crate) fn head(&self) -> Vec<(String, String)> {
        let message = MessageParser::default().parse(&self.source).expect("it is a mail");
        message.headers_raw().map(|(name, value)| (name.to_owned(), value.trim().to_owned())).collect()
    }

    pub(crate) fn header(&self, name: &str) -> Option<String> {
        self.head().into_iter().find(|(own, _)| own == name).map(|(_, value)| value)
    }
}

/// Mail is captured; the team has a mailbox.
pub(crate) fn settings() -> MailSettings {
    MailSettings {
        from: parse_mailbox("Frontdesk <frontdesk@example.com>").expect("a mailbox"),
        team_to: Some(parse_mailbox("The team <team@example.com>").expect("a mailbox")),
        reply_to: None,
        public_url: Some("https://desk.example.com".to_owned()),
        smtp: None,
        templates: None,
        max_connections: 2,
    }
}

pub(crate) fn settings_with_templates(folder: &Path) -> MailSettings {
    MailSettings { templates: Some(folder.to_owned()), ..settings() }
}

pub(crate) fn settings_with_server(url: &str) -> MailSettings {
    MailSettings { smtp: Some(SmtpSettings::parse(url).expect("the test's URL is valid")), ..settings() }
}

pub(crate) fn ana() -> Person {
    Person {
        id: UserId::from_uuid(id(1)),
        name: Some("Ana García".to_owned()),
        email: Some("ana@example.com".to_owned()),
        phone: Some("+34600111222".to_owned()),
        language: Language::ENGLISH,
        origin: Origin {
            source: Some("landing".to_owned()),
            page: Some("https://www.example.com/prices?a=1&b=2".to_owned()),
            utm_source: Some("newsletter".to_owned()),
            utm_campaign: Some("spring".to_owned()),
            ..Origin::default()
        },
    }
}

pub(crate) fn ticket() -> TicketFacts {
    TicketFacts {
        id: TicketId::from_uuid(id(42)),
        reference: Reference::new(42),
        topic: "Sales".to_owned(),
        topic_asked: Some("big deals".to_owned()),
        description: "How much is it?\n\nI need it < 3 weeks & ¡gracias!".to_owned(),
        chat: Chat { customer: None, uuid: Some("8F0E7C3A-91B6-4C36-9E3C-0C4A4C9F3D11".to_owned()) },
        bot: "lead bot".to_owned(),
        team_language: Language::ENGLISH,
        opened_at: "2026-01-01T09:30:00Z".parse().expect("a time"),
    }
}

pub(crate) fn welcome(person: Person) -> Message {
    message(Target::Person, Content::Welcome { person })
}

pub(crate) fn opened(ticket: TicketFacts, person: Option<Person>) -> Message {
    message(Target::Team, Content::TicketOpened { ticket: Box::new(ticket), person })
}

pub(crate) fn overdue(ticket: TicketFacts, person: Option<Person>) -> Message {
    let message = message(Target::Team, Content::Escalation { ticket: Box::new(ticket), person });
    Message { due_at: "2026-01-01T14:00:00Z".parse().expect("a time"), ..message }
}

/// An answer to Ana.
pub(crate) fn reply(text: &str, language: Language) -> Message {
    let reply = ReplyFacts {
        ticket: TicketId::from_uuid(id(42)),
        reference: Reference::new(42),
        chat: Chat::default(),
        email: Some("ana.given@example.com".to_owned()),
        text: text.to_owned(),
        language,
    };
    message(Target::Person, Content::Reply { reply: Box::new(reply), person: Some(ana()) })
}

/// A digest of two open tickets and a pending one.
pub(crate) fn digest(team_language: Language) -> Message {
    let waiting = |number: u64, status, opened_at: &str| WaitingTicket {
        id: TicketId::from_uuid(id(number.into())),
        reference: Reference::new(number),
        status,
        opened_at: opened_at.parse().expect("a time"),
    };
    let oldest = vec![
        waiting(42, TicketStatus::Open, "2025-12-28T20:30:00Z"),
        waiting(43, TicketStatus::Pending, "2025-12-31T12:00:00Z"),
        waiting(44, TicketStatus::Open, "2025-12-31T23:15:00Z"),
    ];
    let backlog = Backlog { open: 2, pending: 1, oldest };
    let digest = DigestFacts { topic: "Sales & more".to_owned(), backlog, team_language };
    message(Target::Team, Content::Digest { digest: Box::new(digest) })
}

fn message(target: Target, content: Content) -> Message {
    Message {
        id: NotificationId::from_uuid(id(7)),
        request_id: RequestId::from_uuid(id(8)),
        kind: ChannelKind::Email,
        channel: "team-mail".to_owned(),
        target,
        due_at: "2026-01-01T00:00:00.000250Z".parse::<Timestamp>().expect("a time"),
        possible_duplicate: false,
        content,
    }
}

pub(crate) fn in_spanish() -> Language {
    Language::parse("es").expect("a language")
}

pub(crate) fn id(number: u128) -> Uuid {
    Uuid::from_u128(0x0193_0000_0000_7000_8000_0000_0000_0000 + number)
}

/// A receipt's outcome and whether mail stood in.
pub(crate) fn ending(receipt: &Receipt) -> (Outcome, bool) {
    (receipt.outcome, receipt.mimicked)
}
