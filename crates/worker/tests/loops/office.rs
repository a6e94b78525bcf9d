//! An office with a database and a queue, in which workers work.

use std::{collections::HashMap, sync::Arc, time::Duration};

use application::{
    delivery::{BeatHeart, DispatchNotifications, ReclaimNotifications, SettleAttempts, StopWorker},
    jobs::{RunJob, ShareJobs},
    ports::{
        Channel, Clock, Ids, NotificationFilter, NotificationQueue, Page, Storage, StorageError, Transaction,
        atomically, consult,
    },
};
use domain::{
    bot::{Bot, BotKeys, Hook, HookSecret, Secret},
    channel::{ChannelKind, PERSON_CHANNEL_ID},
    ids::{BotId, ChannelId, NotificationId, RequestId, UserId, WorkerId},
    language::Language,
    ledger::Made,
    notification::{Attempt, NewNotification, Notification, NotificationStatus, OutcomeKind, Purpose},
    retention::Retention,
    retry::RetryPolicies,
    user::{Origin, User},
};
use jiff::{SignedDuration, Timestamp};
use port_contracts::{
    FixedEntropy, InMemoryQueue, InMemoryStorage, RuntimeClock, SequentialIds, TEST_BEGINS,
};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;
use worker::{Company, Pulse, Worker};

/// The worker of an office, and others that were or are there.
pub(crate) const ME: WorkerId = WorkerId::from_uuid(Uuid::from_u128(1));
pub(crate) const OTHER: WorkerId = WorkerId::from_uuid(Uuid::from_u128(2));

/// How many attempts of a kind may be open.
pub(crate) const CONCURRENCY: usize = 8;

/// A database, a queue, a clock that goes with the runtime's, and one person to write to.
pub(crate) struct Office {
    pub(crate) storage: Arc<InMemoryStorage>,
    pub(crate) queue: Arc<InMemoryQueue>,
    pub(crate) clock: Arc<RuntimeClock>,
    ids: Arc<SequentialIds>,
    person: UserId,
}

/// A worker at work.
pub(crate) struct Shift {
    stop: CancellationToken,
    work: JoinHandle<()>,
    pub(crate) pulse: Pulse,
}

impl Office {
    pub(crate) async fn open() -> Self {
        let clock = Arc::new(RuntimeClock::start());
        let storage = Arc::new(InMemoryStorage::new(Arc::clone(&clock) as Arc<dyn Clock>));
        let ids = Arc::new(SequentialIds::new());
        let (bot, person) = (bot(&ids), UserId::from_uuid(ids.next()));
        let user = user(person, &bot);
        let office = Self { storage, queue: Arc::default(), clock, ids, person };
        office
            .change(async |tx| {
                tx.bots().insert(&bot).await?;
                tx.users().insert(std::slice::from_ref(&user)).await?;
                let made = Made { users: 1, ..Made::default() };
                tx.ledger().made_without_call(user.created_at, made).await
            })
            .await;
        office
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

    pub(crate) fn storage(&self) -> Arc<dyn Storage> {
        Arc::clone(&self.storage) as _
    }

    fn clock(&self) -> Arc<dyn Clock> {
        Arc::clone(&self.clock) as _
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }
}

/// Notifications.
impl Office {
    /// Plans a mail to the person, due so many milliseconds after the test began.
    pub(crate) async fn plan(&self, due_ms: i64) -> NotificationId {
        self.plan_over(PERSON_CHANNEL_ID, 1, due_ms).await[0]
    }

    /// Plans notifications over a channel.
    pub(crate) async fn plan_over(
        &self,
        channel: ChannelId,
        count: usize,
        due_ms: i64,
    ) -> Vec<NotificationId> {
        let planned: Vec<_> = (0..count)
            .map(|_| NewNotification {
                id: NotificationId::from_uuid(self.ids.next()),
                purpose: Purpose::Welcome,
                channel_id: channel,
                user_id: Some(self.person),
                ticket_id: None,
                request_id: RequestId::from_uuid(self.ids.next()),
                due_at: after(due_ms),
                created_at: self.now(),
            })
            .collect();
        self.change(async |tx| tx.notifications().insert(&planned).await).await;
        planned.iter().map(|notification| notification.id).collect()
    }

    pub(crate) async fn channel(&self, name: &str) -> ChannelId {
        self.look(async |snapshot| snapshot.channels().by_name(name).await)
            .await
            .expect("a channel of this name")
            .id
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

    /// How its attempts ended; none for an open one.
    pub(crate) async fn outcomes(&self, id: NotificationId) -> Vec<Option<OutcomeKind>> {
        self.attempts(id).await.iter().map(|attempt| attempt.outcome).collect()
    }

    /// How many notifications stand so.
    pub(crate) async fn count(&self, status: NotificationStatus) -> usize {
        let filter = NotificationFilter { status: Some(status), ..NotificationFilter::default() };
        self.look(async |snapshot| snapshot.notifications().page(filter, Page::first(u16::MAX)).await)
            .await
            .len()
    }

    /// Waits until it stands so, or further on; gives up after ten minutes of the office's clock.
    pub(crate) async fn wait_until(&self, id: NotificationId, status: NotificationStatus) {
        for _ in 0..600_000 {
            if self.status(id).await == status {
                return;
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        panic!("it stays {}", self.status(id).await);
    }

    pub(crate) async fn workers(&self) -> Vec<WorkerId> {
        self.look(async |snapshot| snapshot.workers().all().await).await
    }
}

/// Workers.
impl Office {
    /// A worker that delivers mail over `mail`, alone on its database, and has not begun.
    pub(crate) fn worker(&self, mail: Arc<dyn Channel>) -> Worker {
        let (storage, queue) = (self.storage(), Arc::clone(&self.queue) as Arc<dyn NotificationQueue>);
        let policies = Arc::new(RetryPolicies::default());
        let (worker_id, concurrency) = (ME, CONCURRENCY);
        let ids = Arc::clone(&self.ids) as Arc<dyn Ids>;
        let run_job = RunJob::new(&storage, &queue, &self.clock(), &ids, Retention::default());
        Worker {
            beat_heart: BeatHeart { storage: self.storage(), worker_id },
            dispatch: DispatchNotifications {
                storage: self.storage(),
                queue: Arc::clone(&queue),
                clock: self.clock(),
                worker_id,
                concurrency,
            },
            settle: SettleAttempts {
                storage: self.storage(),
                clock: self.clock(),
                ids: Arc::clone(&ids),
                entropy: Arc::new(FixedEntropy::new()),
                policies: Arc::clone(&policies),
                worker_id,
            },
            reclaim: ReclaimNotifications {
                storage: self.storage(),
                queue: Arc::clone(&queue),
                clock: self.clock(),
                policies,
            },
            stop: StopWorker { storage, worker_id },
            share_jobs: ShareJobs { storage: self.storage(), worker_id },
            run_job,
            queue,
            channels: HashMap::from([(ChannelKind::Email, mail)]),
            clock: self.clock(),
            concurrency,
            company: Company::Alone,
            pulse: Pulse::default(),
        }
    }

    /// The same, with another queue in place of the office's.
    pub(crate) fn worker_at(&self, queue: Arc<dyn NotificationQueue>, mail: Arc<dyn Channel>) -> Worker {
        let mut worker = self.worker(mail);
        worker.dispatch.queue = Arc::clone(&queue);
        worker.reclaim.queue = Arc::clone(&queue);
        worker.queue = queue;
        worker
    }

    /// The same, with room for fewer or more attempts at once.
    pub(crate) fn worker_for(&self, concurrency: usize, mail: Arc<dyn Channel>) -> Worker {
        let mut worker = self.worker(mail);
        worker.dispatch.concurrency = concurrency;
        worker.concurrency = concurrency;
        worker
    }

    /// A worker begins that delivers mail over `mail`.
    pub(crate) fn start(&self, mail: Arc<dyn Channel>) -> Shift {
        begin(self.worker(mail))
    }
}

/// The same worker under another id.
pub(crate) fn named(worker_id: WorkerId, mut worker: Worker) -> Worker {
    worker.beat_heart.worker_id = worker_id;
    worker.dispatch.worker_id = worker_id;
    worker.settle.worker_id = worker_id;
    worker.stop.worker_id = worker_id;
    worker.share_jobs.worker_id = worker_id;
    worker
}

/// A worker begins.
pub(crate) fn begin(worker: Worker) -> Shift {
    let stop = CancellationToken::new();
    let pulse = worker.pulse.clone();
    let work = tokio::spawn(worker.run(stop.clone()));
    Shift { stop, work, pulse }
}

impl Shift {
    pub(crate) fn ask_to_stop(&self) {
        self.stop.cancel();
    }

    /// Waits until the worker has ended.
    pub(crate) async fn end(self) {
        self.work.await.expect("the worker does not panic");
    }

    pub(crate) async fn stop(self) {
        self.ask_to_stop();
        self.end().await;
    }

    pub(crate) fn has_ended(&self) -> bool {
        self.work.is_finished()
    }

    /// The process is killed: nothing is finished, nothing handed back.
    pub(crate) async fn kill(self) {
        self.work.abort();
        assert!(self.work.await.is_err_and(|error| error.is_cancelled()));
    }
}

/// The moment so many milliseconds after the test began.
pub(crate) fn after(ms: i64) -> Timestamp {
    TEST_BEGINS + SignedDuration::from_millis(ms)
}

/// Lets the office's clock go on to so many milliseconds after the test began; whatever falls due until then happens.
pub(crate) async fn until(office: &Office, ms: i64) {
    let left = after(ms).duration_since(office.now());
    assert!(!left.is_negative(), "it is later already: {}", office.now());
    tokio::time::sleep(left.unsigned_abs()).await;
}

fn bot(ids: &SequentialIds) -> Bot {
    Bot {
        id: BotId::from_uuid(ids.next()),
        name: "lead bot".to_owned(),
        default_origin: None,
        default_language: Language::ENGLISH,
        default_country: None,
        keys: BotKeys::new(Secret::bot_key([7; 32]).digest()),
        hook: Hook::new(HookSecret::new([7; 32])),
        created_at: TEST_BEGINS,
        archived_at: None,
    }
}

fn user(id: UserId, bot: &Bot) -> User {
    User {
        id,
        bot_id: bot.id,
        name: Some("Ana".to_owned()),
        email: None,
        phone: None,
        language: Language::ENGLISH,
        first_origin: Origin::default(),
        last_origin: Origin::default(),
        consent: None,
        fields: serde_json::Map::new(),
        welcomed: true,
        created_at: TEST_BEGINS,
        updated_at: TEST_BEGINS,
    }
}
