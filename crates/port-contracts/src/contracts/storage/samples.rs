//! People, tickets and notifications as they really are: with emoji, texts from right to left, and gaps.

use std::slice::from_ref;

use application::ports::CapturedMail;
use domain::{
    answer::{Answer, Sentence, Verdict},
    channel::PERSON_CHANNEL_ID,
    identity::{CustomerId, EmailAddress, Identity, PhoneNumber},
    ids::{ChannelId, NotificationId, RequestId, TicketId, UserId},
    intake::{AnswerSlot, BoundAnswer, CallPath, NewIdentity, Replay},
    language::Language,
    notification::{NewNotification, Purpose},
    ticket::{Chat, Reference, Ticket, TicketStatus},
    topic::Slug,
    user::{Consent, Origin, User},
};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value, json};

use super::desk::Desk;

impl Desk<'_> {
    /// A person of whom everything is known, not stored yet.
    pub(super) fn person(&self) -> User {
        let number = self.next_person();
        User {
            name: Some(format!("Zoë 👩‍👩‍👧 محمد علي {number}")),
            email: Some(EmailAddress::restore(format!("zoë.{number}@example.com"))),
            phone: Some(PhoneNumber::restore(format!("+34600{number:06}"))),
            language: Language::parse("es").expect("a language"),
            first_origin: origin("first"),
            last_origin: origin("last"),
            consent: Some(Consent {
                given: true, text: Some("¿Aceptas? ✅".to_owned()), at: self.after(-5)
            }),
            fields: fields(json!({ "plan": "pro", "tags": ["a", null, 1.5], "nested": { "שלום": "👋🏽" } })),
            welcomed: true,
            updated_at: self.after(-2),
            ..self.stranger()
        }
    }

    /// A person of whom nothing is known, not stored yet.
    pub(super) fn stranger(&self) -> User {
        User {
            id: UserId::from_uuid(self.id()),
            bot_id: self.bot.id,
            name: None,
            email: None,
            phone: None,
            language: Language::ENGLISH,
            first_origin: Origin::default(),
            last_origin: Origin::default(),
            consent: None,
            fields: Map::new(),
            welcomed: false,
            created_at: self.after(-3),
            updated_at: self.after(-3),
        }
    }

    /// One identity of each kind, for a person of whom everything is known.
    pub(super) fn identities(&self, user: &User) -> [NewIdentity; 3] {
        let phone = user.phone.clone().expect("the person has a phone");
        let customer = CustomerId::restore(format!("tg:{}", phone.as_str().trim_start_matches('+')));
        [
            Identity::Customer { bot: self.bot.id, customer },
            Identity::Email(user.email.clone().expect("the person has an address")),
            Identity::Phone(phone),
        ]
        .map(|identity| NewIdentity { identity, user_id: user.id, created_at: self.now() })
    }

    /// Stores a person of whom everything is known, with its identities.
    pub(super) async fn registered(&self) -> User {
        let user = self.person();
        let identities = self.identities(&user);
        self.write(async |tx| {
            tx.users().insert(from_ref(&user)).await?;
            tx.users().add_identities(&identities).await
        })
        .await;
        user
    }

    /// A ticket of `user`, or of nobody, not stored yet.
    pub(super) fn ticket(&self, number: u64, user: Option<&User>) -> Ticket {
        Ticket {
            id: TicketId::from_uuid(self.id()),
            reference: Reference::new(number),
            user_id: user.map(|user| user.id),
            bot_id: self.bot.id,
            topic: Slug::restore("support".to_owned()),
            topic_asked: Some("Ayuda, por favor 🙏".to_owned()),
            description: "Line one\nשורה שתיים\n👩‍💻".to_owned(),
            status: TicketStatus::Open,
            chat: Chat { customer: Some("tg:42".to_owned()), uuid: Some("9b2e-chat".to_owned()) },
            reply_to: user.and_then(|user| user.email.clone()),
            language: Language::parse("he").expect("a language"),
            fields: fields(json!({ "order": 42, "note": "سؤال" })),
            created_at: self.now(),
        }
    }

    /// Stores a ticket.
    pub(super) async fn opened_ticket(&self, user: Option<&User>) -> Ticket {
        self.write(async |tx| {
            let number = tx.tickets().take_numbers(1).await?;
            let ticket = self.ticket(number, user);
            tx.tickets().insert(from_ref(&ticket)).await?;
            Ok(ticket)
        })
        .await
    }

    /// A welcome mail, not stored yet.
    pub(super) fn welcome(&self, user: UserId, due_at: Timestamp) -> NewNotification {
        NewNotification {
            id: NotificationId::from_uuid(self.id()),
            purpose: Purpose::Welcome,
            channel_id: PERSON_CHANNEL_ID,
            user_id: Some(user),
            ticket_id: None,
            request_id: RequestId::from_uuid(self.id()),
            due_at,
            created_at: self.now(),
        }
    }

    /// The news of a ticket for a team, not stored yet.
    pub(super) fn alert(&self, ticket: &Ticket, over: ChannelId, due_at: Timestamp) -> NewNotification {
        NewNotification {
            purpose: Purpose::TicketOpened,
            channel_id: over,
            user_id: ticket.user_id,
            ticket_id: Some(ticket.id),
            ..self.welcome(UserId::MAX, due_at)
        }
    }

    /// An answer kept for an hour, in a slot of its own.
    pub(super) fn bound_answer(&self, user: Option<&User>) -> BoundAnswer {
        let request_id = RequestId::from_uuid(self.id());
        let slot = AnswerSlot { principal: self.bot.id, scope: CallPath::Users, digest: self.digest() };
        let answer = Answer {
            created: Some(true),
            replayed: Some(false),
            user_id: user.map(|user| user.id),
            name: user.and_then(|user| user.name.clone()),
            reference: Some("T-000042".to_owned()),
            status: Some(TicketStatus::Open),
            ..Answer::new(
                Verdict::Ok,
                Sentence::Registered,
                Language::parse("es").expect("a language"),
                request_id,
            )
        };
        let expires_at = self.now() + SignedDuration::from_hours(1);
        BoundAnswer { replay: Replay { slot, body: self.digest(), expires_at }, answer }
    }

    /// A captured mail with a body that is no UTF-8.
    pub(super) fn mail(&self, of: NotificationId, recipient: &str) -> CapturedMail {
        CapturedMail {
            notification_id: of,
            recipient: recipient.to_owned(),
            subject: "¡Hola! 👋".to_owned(),
            message: [b"To: ".as_slice(), recipient.as_bytes(), b"\r\n\r\n\xff\xfe\0"].concat(),
            captured_at: self.now(),
        }
    }

    /// 32 bytes that no other has.
    pub(super) fn digest(&self) -> [u8; 32] {
        let mut digest = [0xa5; 32];
        digest[16..].copy_from_slice(self.id().as_bytes());
        digest
    }
}

/// An object as a map.
pub(super) fn fields(object: Value) -> Map<String, Value> {
    match object {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}

/// An origin that says in each part which part it is, and `when`.
pub(super) fn origin(when: &str) -> Origin {
    let part = |part: &str| Some(format!("{when} {part} ünï"));
    Origin {
        source: part("source"),
        page: part("page"),
        referrer: part("referrer"),
        utm_source: part("utm source"),
        utm_medium: part("utm medium"),
        utm_campaign: part("utm campaign"),
    }
}
