//! A desk with chat services, and the notifications that it is asked to deliver.

use std::sync::{Arc, Mutex};

use adapters_chat::{ChatApis, ChatSettings, HttpTimeouts, TeamChats, Url};
use application::ports::{Channel, Receipt, Wording, WordingError};
use async_trait::async_trait;
use domain::{
    channel::{ChannelKind, Target},
    ids::{NotificationId, RequestId, TicketId, UserId},
    language::Language,
    message::{ChatUpdateFacts, Content, DigestFacts, Message, Person, ReplyFacts, TicketFacts},
    reminder::{Backlog, WaitingTicket},
    retry::{Fault, Outcome},
    ticket::{Chat, Reference, TicketStatus},
    user::Origin,
};
use jiff::SignedDuration;
use secrecy::SecretString;
use serde_json::Value;
use uuid::Uuid;

use crate::support::service::{Received, Service};

/// The environment variable that channels name.
pub(crate) const VARIABLE: &str = "TEAM_CHAT";

/// What the service knows the team by, and nobody else may read.
pub(crate) const SECRET: &str = "hunter2-hunter2";

/// Where a test's mail would go.
#[derive(Default)]
pub(crate) struct StandIn(Mutex<Vec<Message>>);

#[async_trait]
impl Channel for StandIn {
    async fn deliver(&self, message: &Message) -> Receipt {
        self.0.lock().expect("nothing panicked").push(message.clone());
        Receipt { mimicked: true, ..Receipt::new(Outcome::Sent) }
    }

    fn word(&self, _: &Message) -> Result<Wording, WordingError> {
        Ok(Wording { subject: None, html: None, text: "a mail".to_owned(), mimicked: true })
    }
}

/// Chat services with one secret.
pub(crate) struct Desk {
    pub(crate) chats: TeamChats,
    stand_in: Arc<StandIn>,
}

impl Desk {
    /// The value of the variable is `secret`; the services with an API are at `api`.
    pub(crate) fn with(secret: &str, api: &str) -> Self {
        Self::with_patience(secret, api, HttpTimeouts::default())
    }

    /// The same, with other limits of time.
    pub(crate) fn with_patience(secret: &str, api: &str, timeouts: HttpTimeouts) -> Self {
        let (secret, stand_in) = (SecretString::from(secret), Arc::new(StandIn::default()));
        let api = Url::parse(api).expect("a URL");
        let settings = ChatSettings {
            public_url: Some("https://desk.example.com/".to_owned()),
            environment: Arc::new(move |name| (name == VARIABLE).then(|| secret.clone())),
            timeouts,
            apis: ChatApis { slack: api.clone(), telegram: api },
        };
        Self { chats: TeamChats::new(settings, Arc::clone(&stand_in) as _), stand_in }
    }

    pub(crate) fn channel(&self, kind: ChannelKind) -> Arc<dyn Channel> {
        match kind {
            ChannelKind::Slack => self.chats.slack(),
            ChannelKind::Teams => self.chats.teams(),
            ChannelKind::Discord => self.chats.discord(),
            ChannelKind::Telegram => self.chats.telegram(),
            other => panic!("{other} is no chat service of a team"),
        }
    }

    /// What was left to mail.
    pub(crate) fn mailed(&self) -> Vec<Message> {
        self.stand_in.0.lock().expect("nothing panicked").clone()
    }
}

/// The services, and a secret by which each is reached at a server in the test.
pub(crate) const SERVICES: [ChannelKind; 4] =
    [ChannelKind::Slack, ChannelKind::Teams, ChannelKind::Discord, ChannelKind::Telegram];

/// A secret that leads to a server at `base`: where a service has webhooks, one of these.
pub(crate) fn secret_for(kind: ChannelKind, base: &str) -> String {
    match kind {
        ChannelKind::Telegram => format!("123456:{SECRET}#-1001234567890"),
        _ => format!("{base}services/{SECRET}?sig={SECRET}"),
    }
}

/// Delivers over a service that is `service`.
pub(crate) async fn deliver(kind: ChannelKind, service: &Service, message: &Message) -> Receipt {
    let base = service.url("/");
    Desk::with(&secret_for(kind, &base), &base).channel(kind).deliver(message).await
}

/// The body that arrives for a message.
pub(crate) async fn told(kind: ChannelKind, message: &Message) -> Value {
    let service = Service::that(taken(kind)).await;
    let receipt = deliver(kind, &service, message).await;
    assert_eq!(receipt.outcome, Outcome::Sent, "{receipt:?}");
    only(&service).json()
}

/// The one request that arrived.
pub(crate) fn only(service: &Service) -> Received {
    let [request] = &service.received()[..] else { panic!("one request arrives") };
    request.clone()
}

/// What a service answers when it takes a message.
pub(crate) fn taken(kind: ChannelKind) -> crate::support::service::Reply {
    use crate::support::service::Reply;
    match kind {
        ChannelKind::Teams => Reply::new(202, ""),
        ChannelKind::Discord => Reply::json(200, &serde_json::json!({"id": "1234", "content": ""})),
        ChannelKind::Telegram => {
            Reply::json(200, &serde_json::json!({"ok": true, "result": {"message_id": 77}}))
        }
        _ => Reply::new(200, "ok"),
    }
}

/// Failed for now, by the service's fault.
pub(crate) fn temporary(retry_after_ms: Option<i64>) -> Outcome {
    let retry_after = retry_after_ms.map(SignedDuration::from_millis);
    Outcome::Temporary { fault: Fault::Channel, retry_after }
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

pub(crate) fn opened(ticket: TicketFacts, person: Option<Person>) -> Message {
    message(Content::TicketOpened { ticket: Box::new(ticket), person })
}

pub(crate) fn overdue(ticket: TicketFacts, person: Option<Person>) -> Message {
    message(Content::Escalation { ticket: Box::new(ticket), person })
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
    message(Content::Digest { digest: Box::new(digest) })
}

pub(crate) fn message(content: Content) -> Message {
    Message {
        id: NotificationId::from_uuid(id(7)),
        request_id: RequestId::from_uuid(id(8)),
        kind: ChannelKind::Slack,
        channel: "team-chat".to_owned(),
        target: Target::Env(VARIABLE.to_owned()),
        due_at: "2026-01-01T14:00:00Z".parse().expect("a time"),
        possible_duplicate: false,
        content,
    }
}

/// Some news.
pub(crate) fn news() -> Message {
    opened(ticket(), Some(ana()))
}

/// An agent's answer to a ticket that was opened from the chat of `customer`, if from any.
pub(crate) fn reply(customer: Option<&str>, text: &str) -> Message {
    let facts = ticket();
    let reply = ReplyFacts {
        ticket: facts.id,
        reference: facts.reference,
        chat: Chat { customer: customer.map(str::to_owned), uuid: None },
        email: None,
        text: text.to_owned(),
        language: Language::ENGLISH,
    };
    let content = Content::Reply { reply: Box::new(reply), person: Some(ana()) };
    Message { kind: ChannelKind::Landbot, ..message(content) }
}

/// What the chat of `customer` is told: values of fields, and where its flow goes on.
pub(crate) fn chat_update(
    customer: Option<&str>,
    fields: &[(&str, &str)],
    resume_at: Option<&str>,
) -> Message {
    let written = |(name, value): &(&str, &str)| (name.parse().expect("a field"), (*value).to_owned());
    let update = ChatUpdateFacts {
        reference: ticket().reference,
        chat: Chat { customer: customer.map(str::to_owned), uuid: None },
        writes: fields.iter().map(written).collect(),
        resume_at: resume_at.map(|point| point.parse().expect("a place")),
        team_language: Language::ENGLISH,
    };
    Message { kind: ChannelKind::Landbot, ..message(Content::ChatUpdate { update: Box::new(update) }) }
}

pub(crate) fn in_spanish() -> Language {
    Language::parse("es").expect("a language")
}

fn id(number: u128) -> Uuid {
    Uuid::from_u128(0x0193_0000_0000_7000_8000_0000_0000_0000 + number)
}
