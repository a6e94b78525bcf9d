//! People, and what is written about them.

use application::ports::{Ids as _, Storage, StorageError, Transaction, atomically, consult};
use domain::{
    answer::{Answer, Sentence, Verdict},
    bot_call::RefusalCode,
    channel::PERSON_CHANNEL_ID,
    identity::{EmailAddress, Identity, PhoneNumber},
    ids::{BotId, NotificationId, RequestId, UserId},
    intake::{
        AnswerSlot, BoundAnswer, CallPath, IntakeOutcome, IntakeRow, NewIdentity, QuarantineReason,
        Quarantined, RawCall, Replay,
    },
    language::Language,
    notification::{NewNotification, Purpose},
    user::{Origin, User},
};
use jiff::SignedDuration;
use port_contracts::{SequentialIds, TEST_BEGINS};
use uuid::Uuid;

/// One registration, as intake writes it.
pub(super) struct Registration {
    pub(super) user: User,
    pub(super) identities: [NewIdentity; 2],
    pub(super) welcome: NewNotification,
    pub(super) call: IntakeRow,
    pub(super) answer: BoundAnswer,
}

pub(super) const BOT: BotId = BotId::from_uuid(Uuid::from_u128(7));

/// Makes registrations of people who are all different.
pub(super) struct People(SequentialIds);

impl People {
    pub(super) fn new() -> Self {
        Self(SequentialIds::new())
    }

    pub(super) fn next(&self) -> Registration {
        let user = self.user();
        let request_id = RequestId::from_uuid(self.0.next());
        let identity = |identity| NewIdentity { identity, user_id: user.id, created_at: TEST_BEGINS };
        Registration {
            identities: [
                identity(Identity::Email(user.email.clone().expect("it has an address"))),
                identity(Identity::Phone(user.phone.clone().expect("it has a number"))),
            ],
            welcome: NewNotification {
                id: NotificationId::from_uuid(self.0.next()),
                purpose: Purpose::Welcome,
                channel_id: PERSON_CHANNEL_ID,
                user_id: Some(user.id),
                ticket_id: None,
                request_id,
                due_at: TEST_BEGINS,
                created_at: TEST_BEGINS,
            },
            call: IntakeRow {
                request_id,
                bot_id: BOT,
                path: CallPath::Users,
                outcome: IntakeOutcome::Registered,
                user_id: Some(user.id),
                ticket_id: None,
                users_made: 1,
                tickets_made: 0,
                notifications_made: 1,
                received_at: TEST_BEGINS,
            },
            answer: kept(&user, request_id),
            user,
        }
    }

    fn user(&self) -> User {
        let id = self.0.next();
        let digits = id.as_u128() % 1_000_000_000;
        let origin = Origin { source: Some("landing".to_owned()), ..Origin::default() };
        User {
            id: UserId::from_uuid(id),
            bot_id: BOT,
            name: Some("Ana".to_owned()),
            email: Some(EmailAddress::restore(format!("ana.{digits}@example.com"))),
            phone: Some(PhoneNumber::restore(format!("+34{digits:09}"))),
            language: Language::ENGLISH,
            first_origin: origin.clone(),
            last_origin: origin,
            consent: None,
            fields: serde_json::Map::new(),
            welcomed: true,
            created_at: TEST_BEGINS,
            updated_at: TEST_BEGINS,
        }
    }

    /// A call in quarantine with a body of so many bytes.
    pub(super) fn held(&self, bytes: usize) -> Quarantined {
        Quarantined {
            request_id: RequestId::from_uuid(self.0.next()),
            bot_id: BOT,
            path: CallPath::Users,
            reason: QuarantineReason { code: RefusalCode::BodyUnreadable, field: None },
            raw: RawCall { query: String::new(), body: vec![b'x'; bytes] },
            received_at: TEST_BEGINS,
        }
    }
}

fn kept(user: &User, request_id: RequestId) -> BoundAnswer {
    let mut digest = [0; 32];
    digest[..16].copy_from_slice(user.id.as_uuid().as_bytes());
    let slot = AnswerSlot { principal: BOT, scope: CallPath::Users, digest };
    let answer = Answer::new(Verdict::Ok, Sentence::Registered, Language::ENGLISH, request_id);
    BoundAnswer {
        replay: Replay { slot, body: digest, expires_at: TEST_BEGINS + SignedDuration::from_secs(60) },
        answer: Answer { user_id: Some(user.id), name: user.name.clone(), ..answer },
    }
}

impl Registration {
    /// What intake does with a person whom it does not know.
    pub(super) async fn write(&self, tx: &mut Transaction) -> Result<(), StorageError> {
        tx.intake().kept_answers(&[self.answer.replay.slot], TEST_BEGINS).await?;
        tx.users().by_identities(&self.identities.clone().map(|new| new.identity)).await?;
        tx.users().insert(std::slice::from_ref(&self.user)).await?;
        tx.users().update(std::slice::from_ref(&self.user)).await?;
        tx.users().add_identities(&self.identities).await?;
        tx.notifications().insert(std::slice::from_ref(&self.welcome)).await?;
        tx.intake().record(std::slice::from_ref(&self.call)).await?;
        tx.intake().keep(std::slice::from_ref(&self.answer), TEST_BEGINS).await
    }
}

/// Registers a person.
pub(super) async fn register(storage: &dyn Storage, person: &Registration) -> Result<(), StorageError> {
    atomically(storage, async |tx| person.write(tx).await).await
}

/// Whether a person is registered.
pub(super) async fn knows(storage: &dyn Storage, person: &Registration) -> bool {
    let found = consult(storage, async |tx| tx.users().find(person.user.id).await).await;
    found.expect("it can be read").is_some()
}
