//! How SQLite finds what is asked for.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, PoisonError},
};

use application::ports::{
    ChannelResult, ClosedAttempt, NotificationFilter, Page, QuarantineFilter, Storage as _, StorageError,
    UnitOfWork, UserFilter,
};
use diesel::{
    Connection as _, QueryableByName, RunQueryDsl as _,
    connection::{Instrumentation, InstrumentationEvent},
    sql_query,
    sql_types::Text,
};
use domain::{
    bot::SecretDigest,
    channel::PERSON_CHANNEL_ID,
    dispatch::{Deferral, HORIZON, Quota},
    ids::{ChannelId, TicketId, WorkerId},
    notification::{NotificationStatus, OutcomeKind},
    retry::NextStep,
    ticket::Reference,
};
use port_contracts::{FrozenClock, TEST_BEGINS};
use uuid::Uuid;

use super::{
    Folder,
    samples::{BOT, People, Registration, register},
};
use crate::{SqliteStorage, unit_of_work::SqliteUnitOfWork};

/// The statements that ran on a connection.
#[derive(Clone, Default)]
struct Statements(Arc<Mutex<Seen>>);

#[derive(Default)]
struct Seen {
    run: BTreeSet<String>,
    kept_prepared: BTreeSet<String>,
}

impl Instrumentation for Statements {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match event {
            InstrumentationEvent::StartQuery { query, .. } => {
                let text = query.to_string();
                let sql = text.split(" -- binds").next().unwrap_or_default().to_owned();
                seen.run.insert(sql);
            }
            InstrumentationEvent::CacheQuery { sql, .. } => {
                seen.kept_prepared.insert(sql.to_owned());
            }
            _ => {}
        }
    }
}

impl Statements {
    fn take(&self) -> Seen {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// A unit of work whose statements are watched.
pub(super) struct Watched {
    unit: SqliteUnitOfWork,
    statements: Statements,
}

#[derive(QueryableByName)]
struct Step {
    #[diesel(sql_type = Text)]
    detail: String,
}

impl Watched {
    pub(super) async fn begin(storage: &SqliteStorage) -> Self {
        let writer = Arc::clone(&storage.writer).lock_owned().await;
        let mut unit = SqliteUnitOfWork::writing(writer, Arc::new(FrozenClock::default()));
        let statements = Statements::default();
        let watcher = statements.clone();
        unit.run(move |connection| {
            connection.set_instrumentation(watcher);
            Ok(())
        })
        .await
        .expect("it begins");
        statements.take();
        Self { unit, statements }
    }

    /// The plans of the statements that `call` runs.
    pub(super) async fn plan<T>(
        &mut self,
        call: impl AsyncFnOnce(&mut dyn UnitOfWork) -> Result<T, StorageError>,
    ) -> Vec<String> {
        self.statements.take();
        call(&mut self.unit).await.expect("it can be asked");
        let statements = self.statements.take().run;
        let explain = move |connection: &mut diesel::SqliteConnection| {
            let mut steps = Vec::new();
            for statement in statements.iter().filter(|sql| !sql.starts_with("PRAGMA")) {
                let plan: Vec<Step> =
                    sql_query(format!("EXPLAIN QUERY PLAN {statement}")).load(connection)?;
                steps.extend(plan.into_iter().map(|step| step.detail));
            }
            Ok(steps)
        };
        self.unit.run(explain).await.expect("it can be explained")
    }

    /// Asserts that what `call` asks for is found by `index`, and that no table that grows is read as a whole.
    pub(super) async fn uses<T>(
        &mut self,
        index: &str,
        call: impl AsyncFnOnce(&mut dyn UnitOfWork) -> Result<T, StorageError>,
    ) {
        let plan = self.plan(call).await;
        assert!(plan.iter().any(|step| step.contains(index)), "{index} is not used: {plan:#?}");
        for step in &plan {
            assert!(!step.starts_with("SCAN") || is_small(step), "a whole table is read: {plan:#?}");
            assert!(!step.contains("TEMP B-TREE") || step.contains("RIGHT PART"), "it is sorted: {plan:#?}");
        }
    }
}

/// Whether a step reads a table, or an index of few rows, that stays small.
pub(super) fn is_small(step: &str) -> bool {
    let tables = [
        "bots",
        "channels",
        "topics",
        "topic_aliases",
        "topic_routes",
        "workers",
        "agents",
        "api_tokens",
        "sessions",
        "ticket_work",
        "ticket_events",
        "search_notes",
    ];
    let indexes = ["notifications_channel_id_claimed_by_idx", "attempts_worker_id_idx"];
    // A virtual table is always scanned, but for a plan without arguments only a part of it.
    let by_text = step.contains("VIRTUAL TABLE INDEX") && !step.ends_with("INDEX 0:");
    by_text
        || tables.iter().any(|table| step.split(' ').nth(1) == Some(table))
        || indexes.iter().any(|index| step.ends_with(index))
}

const PAGE: Page = Page { before: Some(Uuid::max()), limit: 9 };

async fn with_one_person(folder: &Folder) -> (SqliteStorage, Registration) {
    let storage = folder.open().await;
    let person = People::new().next();
    register(&storage, &person).await.expect("it is written");
    (storage, person)
}

#[tokio::test]
async fn people_and_their_tickets_are_found_by_index() {
    let folder = Folder::new();
    let (storage, person) = with_one_person(&folder).await;
    let id = person.user.id;
    let mut watched = Watched::begin(&storage).await;
    watched
        .uses("users USING PRIMARY KEY (id>? AND id<?)", async |tx| {
            tx.users().page(&UserFilter::default(), PAGE).await
        })
        .await;
    watched.uses("identities_user_id_idx", async |tx| tx.users().identities_of(id).await).await;
    let named = person.identities.map(|new| new.identity);
    let by_value = "identities USING PRIMARY KEY (kind=? AND value=?)";
    watched.uses(by_value, async |tx| tx.users().by_identities(&named).await).await;
    watched.uses("tickets_number_key", async |tx| tx.tickets().by_reference(Reference::new(1)).await).await;
    watched
        .uses("tickets_user_id_idx (user_id=? AND id<?)", async |tx| tx.tickets().of_user(id, PAGE).await)
        .await;
    watched.uses("captured_mails USING PRIMARY KEY", async |tx| tx.captured_mails().page(PAGE).await).await;
    let clashes = watched.plan(async |tx| tx.timeline().clashes_of(id).await).await;
    for index in ["identity_clashes_user_id_idx", "identity_clashes_other_user_id_idx"] {
        assert!(clashes.iter().any(|step| step.contains(index)), "{clashes:#?}");
    }
}

#[tokio::test]
async fn lists_of_notifications_use_the_index_of_their_filter() {
    let folder = Folder::new();
    let (storage, person) = with_one_person(&folder).await;
    let team = ChannelId::from_uuid(Uuid::from_u128(9));
    let all = NotificationFilter::default();
    let by_status = |status| NotificationFilter { status: Some(status), ..all };
    let mut watched = Watched::begin(&storage).await;
    for (index, filter) in [
        ("notifications USING PRIMARY KEY (id<?)", all),
        ("notifications USING PRIMARY KEY (id<?)", by_status(NotificationStatus::Sent)),
        (
            "notifications USING PRIMARY KEY (id<?)",
            NotificationFilter { channel_id: Some(PERSON_CHANNEL_ID), ..all },
        ),
        ("notifications_status_idx (status=? AND id<?)", by_status(NotificationStatus::Failed)),
        ("notifications_status_idx (status=? AND id<?)", by_status(NotificationStatus::Scheduled)),
        ("notifications_channel_id_claimed_by_idx", by_status(NotificationStatus::Queued)),
        ("attempts_worker_id_idx", by_status(NotificationStatus::Sending)),
        (
            "notifications_channel_id_idx (channel_id=? AND id<?)",
            NotificationFilter { channel_id: Some(team), ..all },
        ),
        (
            "notifications_user_id_idx (user_id=? AND id<?)",
            NotificationFilter { user_id: Some(person.user.id), ..all },
        ),
        (
            "notifications_ticket_id_idx (ticket_id=? AND id<?)",
            NotificationFilter { ticket_id: Some(TicketId::from_uuid(Uuid::max())), ..all },
        ),
    ] {
        watched.uses(index, async |tx| tx.notifications().page(filter, PAGE).await).await;
    }
}

#[tokio::test]
async fn calls_and_answers_are_found_by_index() {
    let folder = Folder::new();
    let (storage, person) = with_one_person(&folder).await;
    let slot = person.answer.replay.slot;
    let later = TEST_BEGINS + HORIZON;
    let mut watched = Watched::begin(&storage).await;
    watched
        .uses("kept_answers_principal_scope_digest_key", async |tx| {
            tx.intake().kept_answers(&[slot], later).await
        })
        .await;
    watched.uses("PRIMARY KEY (expires_at<?)", async |tx| tx.intake().forget_expired(later, 9).await).await;
    let filter = |bot_id, with_closed| QuarantineFilter { bot_id, with_closed };
    for (index, filter) in [
        ("quarantine_held_idx (request_id<?)", filter(None, false)),
        ("quarantine USING PRIMARY KEY (request_id<?)", filter(None, true)),
        ("quarantine_bot_id_idx (bot_id=? AND request_id<?)", filter(Some(BOT), false)),
        ("quarantine_bot_id_idx (bot_id=? AND request_id<?)", filter(Some(BOT), true)),
    ] {
        watched.uses(index, async |tx| tx.quarantine().page(filter, PAGE).await).await;
    }
    let digest = SecretDigest::of("a key");
    watched.uses("bot_keys USING PRIMARY KEY (digest=?)", async |tx| tx.bots().by_key(digest).await).await;
    watched.uses("api_tokens_digest_key", async |tx| tx.agents().by_token(digest).await).await;
    watched.uses("sessions_digest_key", async |tx| tx.sessions().by_digest(digest).await).await;
}

#[tokio::test]
async fn the_poll_and_what_follows_look_at_what_is_due_only() {
    let folder = Folder::new();
    let (storage, person) = with_one_person(&folder).await;
    let worker = WorkerId::from_uuid(Uuid::from_u128(3));
    let quotas = [Quota { channel_id: PERSON_CHANNEL_ID, limit: 9 }];
    let horizon = TEST_BEGINS + HORIZON;
    let due = "notifications_channel_id_next_at_idx (channel_id=? AND next_at<?)";
    let claimed = "notifications_channel_id_claimed_by_idx";
    let mut watched = Watched::begin(&storage).await;
    watched.uses(due, async |tx| tx.deliveries().loads(horizon, 9).await).await;
    watched.uses(claimed, async |tx| tx.deliveries().loads(horizon, 9).await).await;
    watched.uses(due, async |tx| tx.deliveries().claim(worker, &quotas, horizon).await).await;
    watched.uses(claimed, async |tx| tx.deliveries().release(&[worker]).await).await;
    let rest = Deferral { channel_id: PERSON_CHANNEL_ID, from: TEST_BEGINS, until: horizon };
    watched.uses(due, async |tx| tx.deliveries().defer(&[rest], horizon).await).await;
    let mail = person.welcome.id;
    watched.uses("notifications_instead_of_key", async |tx| tx.fallbacks().in_place_of(mail).await).await;
    let opened = "notifications USING PRIMARY KEY (id=?)";
    watched.uses(opened, async |tx| tx.fallbacks().undelivered(&[mail]).await).await;
    watched.uses(opened, async |tx| tx.deliveries().open(worker, &[person.welcome.id], horizon).await).await;
    watched
        .uses("attempts_worker_id_idx (worker_id=?)", async |tx| tx.deliveries().abandoned(&[worker]).await)
        .await;
    let attempts = async |tx: &mut dyn UnitOfWork| tx.notifications().attempts(person.welcome.id).await;
    watched.uses("attempts USING PRIMARY KEY (notification_id=?)", attempts).await;
}

#[tokio::test]
async fn what_runs_for_every_call_and_every_mail_is_prepared_once() {
    let folder = Folder::new();
    let storage = folder.open().await;
    let person = People::new().next();
    let worker = WorkerId::from_uuid(Uuid::from_u128(3));
    let watched = Watched::begin(&storage).await;
    drop(watched.unit);
    register(&storage, &person).await.expect("it is written");
    deliver(&storage, &person, worker).await.expect("it is delivered");
    let mut seen = watched.statements.take();
    seen.run.retain(|sql| !["BEGIN IMMEDIATE", "COMMIT", "ROLLBACK"].contains(&sql.as_str()));
    assert!(seen.run.len() > 15, "{:#?}", seen.run);
    let anew: Vec<_> = seen.run.difference(&seen.kept_prepared).collect();
    assert!(anew.is_empty(), "prepared anew each time: {anew:#?}");
}

async fn deliver(
    storage: &SqliteStorage,
    person: &Registration,
    worker: WorkerId,
) -> Result<(), StorageError> {
    let horizon = TEST_BEGINS + HORIZON;
    let quotas = [Quota { channel_id: PERSON_CHANNEL_ID, limit: 9 }];
    let end = ClosedAttempt {
        worker_id: worker,
        notification_id: person.welcome.id,
        number: 1,
        outcome: OutcomeKind::Sent,
        code: Some(250),
        answer: None,
        provider_id: None,
        elapsed: None,
        mimicked: false,
        closed_at: horizon,
        next: NextStep { status: NotificationStatus::Sent, due_at: None },
    };
    let mut unit = storage.begin().await?;
    unit.topics().routing().await?;
    unit.tickets().take_numbers(1).await?;
    unit.workers().beat(worker).await?;
    unit.deliveries().loads(horizon, 9).await?;
    let claimed = unit.deliveries().claim(worker, &quotas, horizon).await?;
    assert_eq!(claimed.len(), 1);
    unit.deliveries().postpone(&claimed).await?;
    assert_eq!(unit.deliveries().open(worker, &[person.welcome.id], TEST_BEGINS).await?.len(), 1);
    unit.deliveries().close(&[end]).await?;
    unit.channels().note_results(&[(PERSON_CHANNEL_ID, ChannelResult::Works)]).await?;
    unit.channels().set_next_slot(PERSON_CHANNEL_ID, horizon).await?;
    unit.commit().await
}
