//! A front desk with a bot, on fakes, and what people do at it.

use std::sync::Arc;

use application::{
    audit::Audit,
    bots::{AddBot, NewBot},
    delivery::{DispatchNotifications, FinishedAttempt, ReclaimNotifications, SettleAttempts},
    intake::TakeCalls,
    ports::{
        Clock, NotificationFilter, OpenedAttempt, Page, QuarantineFilter, Receipt, Storage, StorageError,
        Transaction, UserFilter, atomically, consult,
    },
};
use domain::{
    answer::Answer,
    audit::Author,
    bot::{Bot, Secret},
    bot_call::{Fields, ReadingContext, Refused, read_tickets_call, read_users_call},
    channel::{Channel, PERSON_CHANNEL_ID},
    dispatch::Claimed,
    ids::{ChannelId, NotificationId, RequestId, UserId, WorkerId},
    intake::{CallPath, CallingBot, IntakeRules, PendingCall, RawCall, Replay},
    language::Language,
    notification::{Attempt, NewNotification, Notification, NotificationStatus, Purpose},
    retry::{Outcome, RetryPolicies},
    user::User,
};
use jiff::{SignedDuration, Timestamp};
use port_contracts::{FixedEntropy, FrozenClock, InMemoryQueue, InMemoryStorage, SequentialIds, TEST_BEGINS};
use serde_json::{Value, json};
use uuid::Uuid;

/// When the clock of a desk begins.
pub(crate) const BEGIN: Timestamp = TEST_BEGINS;

/// From a registration to its welcome mail.
pub(crate) const WELCOME_DELAY: SignedDuration = SignedDuration::from_secs(60);

/// The name of the bot of a desk.
pub(crate) const BOT: &str = "lead bot";

/// Workers of a desk.
pub(crate) const WORKER: WorkerId = WorkerId::from_uuid(Uuid::from_u128(1));
pub(crate) const OTHER_WORKER: WorkerId = WorkerId::from_uuid(Uuid::from_u128(2));

/// Everything that a use case needs, in memory.
pub(crate) struct Desk {
    pub(crate) storage: Arc<InMemoryStorage>,
    pub(crate) queue: Arc<InMemoryQueue>,
    pub(crate) clock: Arc<FrozenClock>,
    pub(crate) ids: Arc<SequentialIds>,
    pub(crate) entropy: Arc<FixedEntropy>,
    pub(crate) bot: Bot,
    pub(crate) key: Secret,
}

pub(crate) const fn seconds(count: i64) -> SignedDuration {
    SignedDuration::from_secs(count)
}

impl Desk {
    /// A desk as it is shipped, with one bot.
    pub(crate) async fn open() -> Self {
        let clock = Arc::new(FrozenClock::default());
        let storage = Arc::new(InMemoryStorage::new(Arc::clone(&clock) as Arc<dyn Clock>));
        let (ids, entropy) = (Arc::new(SequentialIds::new()), Arc::new(FixedEntropy::new()));
        let audit = Audit::of(Author::AT_THE_MACHINE, Arc::clone(&ids) as _, Arc::clone(&clock) as _);
        let add_bot = AddBot {
            audit,
            storage: Arc::clone(&storage) as Arc<dyn Storage>,
            clock: Arc::clone(&clock) as Arc<dyn Clock>,
            ids: Arc::clone(&ids) as _,
            entropy: Arc::clone(&entropy) as _,
        };
        let new = NewBot {
            name: BOT.to_owned(),
            default_origin: Some("landing".to_owned()),
            default_language: Language::ENGLISH,
            default_country: None,
        };
        let key = add_bot.execute(new).await.expect("the bot is new");
        let found = consult(&*storage, async |snapshot| snapshot.bots().by_name(BOT).await).await;
        let bot = found.expect("storage works").expect("it was added");
        Self { storage, queue: Arc::default(), clock, ids, entropy, bot, key }
    }

    /// Whoever works at the machine.
    pub(crate) fn audit(&self) -> Audit {
        Audit::of(Author::AT_THE_MACHINE, Arc::clone(&self.ids) as _, self.clock())
    }

    pub(crate) fn storage(&self) -> Arc<dyn Storage> {
        Arc::clone(&self.storage) as _
    }

    pub(crate) fn clock(&self) -> Arc<dyn Clock> {
        Arc::clone(&self.clock) as _
    }

    pub(crate) fn request_id(&self) -> RequestId {
        RequestId::from_uuid(application::ports::Ids::next(&*self.ids))
    }

    /// Looks at what is stored.
    pub(crate) async fn look<T>(
        &self,
        look: impl AsyncFnOnce(&mut Transaction) -> Result<T, StorageError>,
    ) -> T {
        consult(&*self.storage, look).await.expect("storage works")
    }

    /// Changes what is stored, past every use case.
    pub(crate) async fn change<T>(
        &self,
        change: impl AsyncFnOnce(&mut Transaction) -> Result<T, StorageError>,
    ) -> T {
        atomically(&*self.storage, change).await.expect("storage works")
    }
}

/// Bots call.
impl Desk {
    pub(crate) fn take_calls(&self) -> TakeCalls {
        self.take_calls_of(self.storage())
    }

    /// Takes calls like every other process on this database, which may be another one.
    pub(crate) fn take_calls_of(&self, storage: Arc<dyn Storage>) -> TakeCalls {
        TakeCalls {
            storage,
            queue: Arc::clone(&self.queue) as _,
            clock: self.clock(),
            ids: Arc::clone(&self.ids) as _,
            rules: IntakeRules { welcome_delay: WELCOME_DELAY },
        }
    }

    /// A call about a person.
    pub(crate) fn users_call(&self, body: &Value) -> PendingCall {
        self.call(CallPath::Users, body)
    }

    /// A call for help.
    pub(crate) fn tickets_call(&self, body: &Value) -> PendingCall {
        self.call(CallPath::Tickets, body)
    }

    fn call(&self, path: CallPath, body: &Value) -> PendingCall {
        let raw = RawCall { query: String::new(), body: body.to_string().into_bytes() };
        let context = ReadingContext { bot: self.bot.id, country: None };
        let fields = Fields::read("", &raw.body).map_err(Refused::from);
        let read = fields.and_then(|fields| match path {
            CallPath::Users => read_users_call(&fields, &context),
            CallPath::Tickets => read_tickets_call(&fields, &context),
            CallPath::Messages => panic!("it is no call"),
        });
        let (bot, now) = (CallingBot::from(&self.bot), self.clock.now());
        let replay =
            read.as_ref().ok().and_then(|call| Replay::of(call, path, bot.id, None, seconds(60), now));
        PendingCall { request_id: self.request_id(), bot, path, read, replay, raw, received_at: now }
    }

    /// One call is taken.
    pub(crate) async fn take(&self, call: PendingCall) -> Answer {
        self.take_calls().execute(&[call]).await.remove(0)
    }

    /// A person leaves an address.
    pub(crate) async fn register(&self, name: &str, email: &str) -> Answer {
        self.take(self.users_call(&json!({ "name": name, "email": email }))).await
    }

    /// Somebody asks for help on a topic.
    pub(crate) async fn ask(&self, topic: &str, email: &str) -> Answer {
        self.take(self.tickets_call(&json!({ "topic": topic, "description": "How?", "email": email }))).await
    }
}

/// What is stored.
impl Desk {
    /// All users, oldest first.
    pub(crate) async fn users(&self) -> Vec<User> {
        let mut users = self
            .look(async |snapshot| snapshot.users().page(&UserFilter::default(), Page::first(u16::MAX)).await)
            .await;
        users.reverse();
        users
    }

    /// All notifications, oldest first.
    pub(crate) async fn notifications(&self) -> Vec<Notification> {
        let all = NotificationFilter::default();
        let mut rows =
            self.look(async |snapshot| snapshot.notifications().page(all, Page::first(u16::MAX)).await).await;
        rows.reverse();
        rows
    }

    pub(crate) async fn notification(&self, id: NotificationId) -> Notification {
        self.look(async |snapshot| snapshot.notifications().find(id).await).await.expect("it was planned")
    }

    pub(crate) async fn status(&self, id: NotificationId) -> NotificationStatus {
        self.notification(id).await.status
    }

    pub(crate) async fn attempts(&self, id: NotificationId) -> Vec<Attempt> {
        self.look(async |snapshot| snapshot.notifications().attempts(id).await).await
    }

    /// The ids of calls in quarantine, oldest first.
    pub(crate) async fn held(&self) -> Vec<RequestId> {
        let open = QuarantineFilter::default();
        let held =
            self.look(async |snapshot| snapshot.quarantine().page(open, Page::first(u16::MAX)).await).await;
        held.iter().rev().map(|held| held.call.request_id).collect()
    }

    pub(crate) async fn channel(&self, name: &str) -> Channel {
        self.look(async |snapshot| snapshot.channels().by_name(name).await)
            .await
            .expect("a channel of this name")
    }
}

/// Notifications are planned and delivered.
impl Desk {
    /// A person whom notifications can be about.
    pub(crate) async fn person(&self) -> UserId {
        let id = UserId::from_uuid(application::ports::Ids::next(&*self.ids));
        let user = User {
            id,
            bot_id: self.bot.id,
            name: Some("Ana".to_owned()),
            email: None,
            phone: None,
            language: Language::ENGLISH,
            first_origin: domain::user::Origin::default(),
            last_origin: domain::user::Origin::default(),
            consent: None,
            fields: serde_json::Map::new(),
            welcomed: true,
            created_at: self.clock.now(),
            updated_at: self.clock.now(),
        };
        self.change(async |tx| tx.users().insert(std::slice::from_ref(&user)).await).await;
        id
    }

    /// Plans `count` notifications to one person over a channel.
    pub(crate) async fn plan_over(
        &self,
        channel: ChannelId,
        count: usize,
        due_at: Timestamp,
    ) -> Vec<NotificationId> {
        let user = self.person().await;
        let planned: Vec<_> = (0..count)
            .map(|_| NewNotification {
                id: NotificationId::from_uuid(application::ports::Ids::next(&*self.ids)),
                purpose: Purpose::Welcome,
                channel_id: channel,
                user_id: Some(user),
                ticket_id: None,
                request_id: self.request_id(),
                due_at,
                created_at: self.clock.now(),
            })
            .collect();
        self.change(async |tx| tx.notifications().insert(&planned).await).await;
        planned.iter().map(|notification| notification.id).collect()
    }

    /// Plans one mail to a person.
    pub(crate) async fn plan_mail(&self, due_at: Timestamp) -> NotificationId {
        self.plan_over(PERSON_CHANNEL_ID, 1, due_at).await[0]
    }

    pub(crate) fn dispatch(&self, concurrency: usize) -> DispatchNotifications {
        DispatchNotifications {
            storage: self.storage(),
            queue: Arc::clone(&self.queue) as _,
            clock: self.clock(),
            worker_id: WORKER,
            concurrency,
        }
    }

    /// What one round of dispatch hands over.
    pub(crate) async fn hand_over(&self) -> Vec<Claimed> {
        let before = self.queue.published().len();
        self.dispatch(32).execute().await.expect("storage and queue work");
        self.queue.published().split_off(before)
    }

    pub(crate) fn settle_of(&self, worker_id: WorkerId) -> SettleAttempts {
        SettleAttempts {
            storage: self.storage(),
            clock: self.clock(),
            ids: Arc::clone(&self.ids) as _,
            entropy: Arc::clone(&self.entropy) as _,
            policies: Arc::new(RetryPolicies::default()),
            worker_id,
        }
    }

    pub(crate) fn settle(&self) -> SettleAttempts {
        self.settle_of(WORKER)
    }

    /// Opens attempts now.
    pub(crate) async fn open_attempts(&self, ids: &[NotificationId]) -> Vec<OpenedAttempt> {
        self.settle().execute(&[], ids).await.expect("storage works")
    }

    /// Opens an attempt that must be open to be had.
    pub(crate) async fn open_attempt(&self, id: NotificationId) -> OpenedAttempt {
        self.open_attempts(&[id]).await.pop().expect("it is due")
    }

    /// An attempt that ended now, after 40 ms.
    pub(crate) fn ended(&self, attempt: OpenedAttempt, outcome: Outcome) -> FinishedAttempt {
        self.ended_with(attempt, Receipt::new(outcome))
    }

    pub(crate) fn ended_with(&self, attempt: OpenedAttempt, receipt: Receipt) -> FinishedAttempt {
        let elapsed = SignedDuration::from_millis(40);
        FinishedAttempt { attempt, receipt, elapsed, finished_at: self.clock.now() }
    }

    /// Tries one that is due, with this outcome.
    pub(crate) async fn try_to_send(&self, id: NotificationId, outcome: Outcome) {
        let attempt = self.open_attempt(id).await;
        self.settle().execute(&[self.ended(attempt, outcome)], &[]).await.expect("storage works");
    }

    pub(crate) fn reclaim(&self) -> ReclaimNotifications {
        ReclaimNotifications {
            storage: self.storage(),
            queue: Arc::clone(&self.queue) as _,
            clock: self.clock(),
            policies: Arc::new(RetryPolicies::default()),
        }
    }
}
