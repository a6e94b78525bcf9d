//! Several processes on one database at the same time.

use std::{collections::BTreeSet, slice::from_ref, sync::Arc, time::Duration};

use adapters_postgres::PgStorage;
use application::{
    delivery::DispatchNotifications,
    intake::TakeCalls,
    ports::{Ids as _, NotificationFilter, Page, Storage, Transaction, UserFilter, atomically, consult},
};
use domain::{
    answer::{Answer, Verdict},
    bot_call::{Fields, ReadingContext, Refused, read_users_call},
    channel::PERSON_CHANNEL_ID,
    dispatch::{HANDED_OVER_PER_SLOT, HORIZON, Quota},
    identity::{EmailAddress, Identity},
    ids::{BotId, ChannelId, NotificationId, RequestId, UserId, WorkerId},
    intake::{CallPath, CallingBot, IntakeRules, NewIdentity, PendingCall, RawCall},
    language::Language,
    notification::{NewNotification, Notification, NotificationStatus, Purpose},
    user::User,
};
use jiff::SignedDuration;
use port_contracts::{FrozenClock, InMemoryQueue, SequentialIds, TEST_BEGINS};
use tokio::task::{JoinHandle, JoinSet};
use uuid::Uuid;

use crate::support::{Schema, storage};

const BOT: BotId = BotId::from_uuid(Uuid::from_u128(7));

/// Two processes on one database.
pub(crate) struct Replicas {
    pub(crate) schema: Schema,
    pub(crate) storages: [Arc<PgStorage>; 2],
    ids: Arc<SequentialIds>,
}

impl Replicas {
    pub(crate) async fn new() -> Self {
        let schema = Schema::new().await;
        let first = schema.storage().await;
        let second = storage(&schema.url());
        Self { schema, storages: [Arc::new(first), Arc::new(second)], ids: Arc::default() }
    }

    fn take_calls(&self, replica: usize) -> TakeCalls {
        TakeCalls {
            storage: Arc::clone(&self.storages[replica]) as _,
            queue: Arc::new(InMemoryQueue::new()),
            clock: Arc::new(FrozenClock::default()),
            ids: Arc::clone(&self.ids) as _,
            rules: IntakeRules { welcome_delay: SignedDuration::from_secs(60) },
        }
    }

    /// A call about a person, which is no replay of any other.
    fn call(&self, body: &str) -> PendingCall {
        let raw = RawCall { query: String::new(), body: body.as_bytes().to_vec() };
        let context = ReadingContext { bot: BOT, country: None };
        let fields = Fields::read("", &raw.body).map_err(Refused::from);
        PendingCall {
            request_id: RequestId::from_uuid(self.ids.next()),
            bot: CallingBot { id: BOT, default_origin: None, default_language: Language::ENGLISH },
            path: CallPath::Users,
            read: fields.and_then(|fields| read_users_call(&fields, &context)),
            replay: None,
            raw,
            received_at: TEST_BEGINS,
        }
    }

    /// The same calls arrive at both replicas at once, each alone.
    pub(crate) async fn call_both(&self, bodies: &[&str]) -> Vec<Answer> {
        let mut calls = JoinSet::new();
        for body in bodies {
            for replica in 0..2 {
                let (take_calls, call) = (self.take_calls(replica), self.call(body));
                calls.spawn(async move { take_calls.execute(&[call]).await.remove(0) });
            }
        }
        calls.join_all().await
    }

    pub(crate) async fn users(&self) -> Vec<User> {
        let users = consult(&*self.storages[0], async |tx| {
            tx.users().page(&UserFilter::default(), Page::first(99)).await
        })
        .await;
        users.expect("storage works")
    }

    async fn notifications(&self) -> Vec<Notification> {
        let all = NotificationFilter::default();
        let page = async |tx: &mut Transaction| tx.notifications().page(all, Page::first(u16::MAX)).await;
        consult(&*self.storages[0], page).await.expect("storage works")
    }

    /// Plans notifications that are due now.
    async fn plan(&self, over: ChannelId, count: usize) -> Vec<NotificationId> {
        let planned = |_| NewNotification {
            id: NotificationId::from_uuid(self.ids.next()),
            purpose: Purpose::Welcome,
            channel_id: over,
            user_id: Some(UserId::from_uuid(Uuid::nil())),
            ticket_id: None,
            request_id: RequestId::from_uuid(self.ids.next()),
            due_at: TEST_BEGINS,
            created_at: TEST_BEGINS,
        };
        let planned: Vec<_> = (0..count).map(planned).collect();
        let written = atomically(&*self.storages[0], async |tx| tx.notifications().insert(&planned).await);
        written.await.expect("storage works");
        planned.iter().map(|planned| planned.id).collect()
    }

    /// Waits until the task waits for somebody else in the database.
    pub(crate) async fn until_it_waits<T>(&self, task: &JoinHandle<T>) {
        let waiting = format!(
            "SELECT count(*) FROM pg_stat_activity WHERE application_name = '{}' AND wait_event_type = 'Lock'",
            self.schema.name()
        );
        while self.schema.number(&waiting).await == 0 {
            assert!(!task.is_finished(), "it did not wait");
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_calls_at_two_replicas_at_once_is_one_user_and_gets_one_welcome_mail() {
    let replicas = Replicas::new().await;
    let body = r#"{"name": "Ana", "email": "ana@example.com", "phone": "+34600111222"}"#;
    let answers = replicas.call_both(&[body; 10]).await;
    assert!(answers.iter().all(|answer| answer.result == Verdict::Ok), "{answers:#?}");
    assert_eq!(answers.iter().filter(|answer| answer.created == Some(true)).count(), 1);
    let [user] = &replicas.users().await[..] else { panic!("it is one user") };
    assert!(answers.iter().all(|answer| answer.user_id == Some(user.id)));
    assert_eq!(replicas.notifications().await.len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_known_user_whose_address_comes_to_two_replicas_at_once_gets_one_welcome_mail() {
    let replicas = Replicas::new().await;
    replicas.call_both(&[r#"{"phone": "+34600111222"}"#]).await;
    assert_eq!(replicas.notifications().await, [], "nobody has an address yet");
    let bodies = [
        r#"{"phone": "+34600111222", "email": "ana@example.com"}"#,
        r#"{"phone": "+34600111222", "email": "ana@example.org"}"#,
    ];
    let answers = replicas.call_both(&bodies).await;
    assert!(answers.iter().all(|answer| answer.result == Verdict::Ok), "{answers:#?}");
    assert_eq!(replicas.users().await.len(), 1);
    assert_eq!(replicas.notifications().await.len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_that_waits_for_an_erasure_registers_the_person_anew() {
    let replicas = Replicas::new().await;
    let body = r#"{"name": "Ana", "email": "ana@example.com"}"#;
    replicas.call_both(&[body]).await;
    let erased = replicas.users().await[0].id;
    let mut erasing = replicas.storages[0].begin().await.expect("it begins");
    erasing.users().erase(erased, TEST_BEGINS).await.expect("it is erased").expect("it was known");
    let (take_calls, call) = (replicas.take_calls(1), replicas.call(body));
    let calling = tokio::spawn(async move { take_calls.execute(&[call]).await.remove(0) });
    replicas.until_it_waits(&calling).await;
    erasing.commit().await.expect("it is committed");
    let answer = calling.await.expect("it ends");
    assert_eq!((answer.result, answer.created), (Verdict::Ok, Some(true)));
    let [user] = &replicas.users().await[..] else { panic!("it is one user") };
    assert_ne!(user.id, erased);
    assert_eq!(replicas.notifications().await.len(), 1, "it is greeted, and the erased one is not");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_erasure_waits_for_a_call_and_takes_what_it_wrote() {
    let replicas = Replicas::new().await;
    replicas.call_both(&[r#"{"phone": "+34600111222"}"#]).await;
    let id = replicas.users().await[0].id;
    let identity = Identity::Email(EmailAddress::restore("ana@example.com".to_owned()));
    let mut calling = replicas.storages[0].begin().await.expect("it begins");
    let phone = calling.users().identities_of(id).await.expect("it is read").remove(0);
    let known = calling.users().by_identities(from_ref(&phone.identity)).await.expect("it is read");
    assert_eq!(known.users.len(), 1);
    let storage = Arc::clone(&replicas.storages[1]);
    let erasing = tokio::spawn(async move {
        atomically(&*storage, async |tx| tx.users().erase(id, TEST_BEGINS).await).await
    });
    replicas.until_it_waits(&erasing).await;
    let new = NewIdentity { identity, ..phone };
    calling.users().add_identities(&[new]).await.expect("it is written");
    calling.commit().await.expect("it is committed");
    let receipt = erasing.await.expect("it ends").expect("it is erased").expect("it was known");
    assert_eq!(receipt.identities, 2);
}

/// Two dispatchers of different processes, with one place each.
fn dispatchers(replicas: &Replicas, queue: &Arc<InMemoryQueue>) -> [DispatchNotifications; 2] {
    [0, 1].map(|replica| DispatchNotifications {
        storage: Arc::clone(&replicas.storages[replica]) as _,
        queue: Arc::clone(queue) as _,
        clock: Arc::new(FrozenClock::default()),
        worker_id: WorkerId::from_uuid(Uuid::from_u128(replica as u128 + 1)),
        concurrency: 8,
    })
}

/// Lets both dispatch at once, several times.
async fn dispatch(dispatchers: [DispatchNotifications; 2]) {
    let mut rounds = JoinSet::new();
    for dispatcher in dispatchers {
        for _ in 0..8 {
            let dispatcher = dispatcher.clone();
            rounds.spawn(async move { dispatcher.execute().await.expect("it is dispatched") });
        }
    }
    rounds.join_all().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn dispatchers_of_two_replicas_never_hand_over_the_same_nor_more_than_there_is_room_for() {
    let replicas = Replicas::new().await;
    let planned = replicas.plan(PERSON_CHANNEL_ID, 200).await;
    let queue = Arc::new(InMemoryQueue::new());
    dispatch(dispatchers(&replicas, &queue)).await;
    let handed_over: Vec<_> = queue.published().iter().map(|claimed| claimed.id).collect();
    let distinct: BTreeSet<_> = handed_over.iter().copied().collect();
    assert_eq!(distinct.len(), handed_over.len(), "one was handed over twice");
    assert!(distinct.iter().all(|id| planned.contains(id)));
    let room = HANDED_OVER_PER_SLOT * 8;
    assert!((room / 2..=room).contains(&handed_over.len()), "{} for {room} places", handed_over.len());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dispatcher_waits_for_another_one_and_then_keeps_the_pace_that_is_left() {
    let replicas = Replicas::new().await;
    let slack = consult(&*replicas.storages[0], async |tx| tx.channels().by_name("sales-slack").await);
    let slack = slack.await.expect("storage works").expect("it is shipped").id;
    replicas.plan(slack, 9).await;
    let queue = Arc::new(InMemoryQueue::new());
    let [_, second] = dispatchers(&replicas, &queue);
    let mut first = replicas.storages[0].begin().await.expect("it begins");
    let horizon = TEST_BEGINS + HORIZON;
    let loads = first.deliveries().loads(horizon, 9).await.expect("it looks");
    assert_eq!(loads.iter().map(|load| load.due).collect::<Vec<_>>(), [9]);
    let dispatching = tokio::spawn(async move { second.execute().await });
    replicas.until_it_waits(&dispatching).await;
    let quota = Quota { channel_id: slack, limit: 3 };
    let worker = WorkerId::from_uuid(Uuid::from_u128(1));
    let claimed = first.deliveries().claim(worker, &[quota], horizon).await.expect("it claims");
    assert_eq!(claimed.len(), 3);
    let next_slot = TEST_BEGINS + SignedDuration::from_secs(3);
    first.channels().set_next_slot(slack, next_slot).await.expect("it is written");
    first.commit().await.expect("it is committed");
    let handed_over = dispatching.await.expect("it ends").expect("it is dispatched");
    assert_eq!(handed_over, 0, "the slots within the horizon are given away");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cancelling_waits_for_an_attempt_that_is_just_beginning_and_is_too_late() {
    let replicas = Replicas::new().await;
    replicas.call_both(&[r#"{"email": "ana@example.com"}"#]).await;
    let planned = replicas.notifications().await.remove(0);
    let (id, worker) = (planned.id, WorkerId::from_uuid(Uuid::from_u128(1)));
    let mut opening = replicas.storages[0].begin().await.expect("it begins");
    let opened = opening.deliveries().open(worker, &[id], planned.due_at).await.expect("it is opened");
    assert_eq!(opened.len(), 1);
    let storage = Arc::clone(&replicas.storages[1]);
    let cancelling =
        tokio::spawn(
            async move { atomically(&*storage, async |tx| tx.notifications().cancel(id).await).await },
        );
    replicas.until_it_waits(&cancelling).await;
    opening.commit().await.expect("it is committed");
    assert!(!cancelling.await.expect("it ends").expect("storage works"));
    assert_eq!(replicas.notifications().await[0].status, NotificationStatus::Sending);
}
