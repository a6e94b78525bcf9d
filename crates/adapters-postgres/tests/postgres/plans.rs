//! How PostgreSQL finds what is asked for.

use std::time::Duration;

use crate::support::{Schema, storage};
use adapters_postgres::PgStorage;
use application::ports::{
    ClosedAttempt, NotificationFilter, Page, QuarantineFilter, Storage as _, StorageError, UnitOfWork,
    UserFilter, Whose,
};
use domain::{
    bot::SecretDigest,
    channel::{ChannelKind, PERSON_CHANNEL_ID},
    conversation::{ChatId, Echo, MessageKey},
    dispatch::{Claimed, Deferral, HORIZON, Quota},
    identity::{CustomerId, EmailAddress, Identity},
    ids::{BotId, ChannelId, MessageId, NotificationId, RequestId, TicketId, UserId, WorkerId},
    intake::{AnswerSlot, CallPath},
    notification::{NotificationStatus, OutcomeKind},
    retry::NextStep,
    ticket::Reference,
    topic::Slug,
};
use jiff::Timestamp;
use port_contracts::TEST_BEGINS;
use uuid::Uuid;

/// Enough rows of everything that no plan but the right one looks cheap. Row `n` has the id `n`; a hundred
/// notifications wait, and ten of them are claimed.
const ROWS: &str = "
    CREATE FUNCTION nth(n int) RETURNS uuid IMMUTABLE LANGUAGE sql AS
        $$ SELECT lpad(to_hex(n), 32, '0')::uuid $$;
    INSERT INTO users (id, bot_id, language, fields, welcomed, created_at, updated_at)
        SELECT nth(n), nth(7), 'en', '{}', true, now(), now() FROM generate_series(1, 4000) AS n;
    INSERT INTO identities (kind, value, user_id, created_at)
        SELECT 'email', 'person' || n || '@example.org', nth(n), now() FROM generate_series(1, 4000) AS n;
    INSERT INTO identity_clashes (request_id, user_id, other_user_id, kind, at)
        SELECT nth(n), nth(n), nth(n + 1), 'email', now() FROM generate_series(1, 4000) AS n;
    INSERT INTO tickets
            (id, number, user_id, bot_id, topic, description, status, chat_customer, language, fields, created_at)
        SELECT nth(n), n, nth(n), nth(7), 'support', '',
               CASE WHEN n > 3900 THEN 'open' WHEN n <= 100 THEN 'resolved' ELSE 'closed' END, n, 'en', '{}', now()
        FROM generate_series(1, 4000) AS n;
    INSERT INTO notifications
            (id, purpose, channel_id, user_id, ticket_id, request_id, status, due_at, next_at, attempts, created_at)
        SELECT nth(n), 'ticket_opened',
               CASE WHEN n % 100 = 0 THEN nth(9) ELSE '00000000-0000-7000-8000-000000000001' END, nth(n / 4), nth(n / 4), nth(n),
               CASE WHEN n > 7900 THEN 'scheduled' WHEN n % 100 = 1 THEN 'failed' ELSE 'sent' END, now(),
               CASE WHEN n > 7900 THEN now() END, (n <= 7900)::int, now()
        FROM generate_series(1, 8000) AS n;
    INSERT INTO claims (notification_id, channel_id, worker_id, lapses_at, attempt)
        SELECT nth(n), '00000000-0000-7000-8000-000000000001', nth(3), now() + interval '1 hour',
               CASE WHEN n % 2 = 0 THEN 1 END
        FROM generate_series(7901, 7910) AS n;
    INSERT INTO attempts (notification_id, number, worker_id, opened_at, closed_at)
        SELECT nth(n), 1, nth(3), now(), now() FROM generate_series(1, 7900) AS n;
    INSERT INTO attempts (notification_id, number, worker_id, opened_at)
        SELECT notification_id, attempt, worker_id, now() FROM claims WHERE attempt IS NOT NULL;
    INSERT INTO captured_mails (notification_id, recipient, subject, message, captured_at)
        SELECT nth(n), '', '', '', now() FROM generate_series(1, 4000) AS n;
    INSERT INTO intake (request_id, bot_id, path, outcome, users_made, tickets_made, notifications_made, received_at)
        SELECT nth(n), nth(7), 'users', 'registered', 1, 0, 1, now() FROM generate_series(1, 4000) AS n;
    INSERT INTO kept_answers (principal, scope, digest, body, user_id, answer, expires_at)
        SELECT nth(7), 'users', sha256(n::text::bytea), sha256(''), nth(n), '{}',
               now() + n * interval '1 minute'
        FROM generate_series(1, 4000) AS n;
    INSERT INTO quarantine (request_id, bot_id, path, code, query, body, received_at, closed_at)
        SELECT nth(n), nth(n % 500), 'users', 'body_unreadable', '', '', now(), CASE WHEN n % 50 <> 0 THEN now() END
        FROM generate_series(1, 4000) AS n;
    INSERT INTO bots (id, name, default_language, created_at)
        SELECT nth(n), 'bot ' || n, 'en', now() FROM generate_series(1, 500) AS n;
    INSERT INTO bot_keys (digest, bot_id, standing, position)
        SELECT sha256(n::text::bytea), nth(n), 'current', 1 FROM generate_series(1, 500) AS n;
    INSERT INTO user_search (user_id, bot_id, origin, text)
        SELECT nth(n), nth(n % 9), CASE WHEN n % 3 = 0 THEN 'web ' || n % 12 END, 'person ' || n || ' <' || sha256(n::text::bytea) || '>'
        FROM generate_series(1, 4000) AS n;
    INSERT INTO ticket_search (ticket_id, origin, text)
        SELECT nth(n), CASE WHEN n % 3 = 0 THEN 'web ' || n % 12 END, 'person ' || n || ' <' || sha256(n::text::bytea) || '>'
        FROM generate_series(1, 4000) AS n;
    INSERT INTO messages (id, key, chat, ticket_id, notification_id, author, kind, text, sent_at)
        SELECT nth(n), sha256(n::text::bytea), nth(7) || ':' || n / 4, nth(n), nth(n), 'person', 'text', '', now()
        FROM generate_series(1, 4000) AS n;
    ANALYZE;
";

/// Tables that stay small, or of which only a few pages hold rows.
const SMALL: &str = "'bots', 'bot_keys', 'channels', 'topics', 'topic_aliases', 'topic_routes', 'claims', 'workers', 'agents', \
     'api_tokens', 'counters', 'digests', 'ledger_totals', 'search_notes'";

pub(crate) const PAGE: Page = Page { before: Some(Uuid::from_u128(3000)), limit: 9 };

/// A schema full of rows, whose indexes are watched.
pub(crate) struct Watched(Schema);

impl Watched {
    pub(crate) async fn new() -> Self {
        let watched = Self::empty().await;
        watched.0.run(ROWS).await;
        watched
    }

    async fn empty() -> Self {
        let schema = Schema::new().await;
        drop(schema.storage().await);
        Self(schema)
    }

    /// Asserts that what `call` asks for is found by `index`, which may have a `%` in its name, and that no table that grows is read as a whole.
    pub(crate) async fn uses<T>(
        &self,
        index: &str,
        call: impl AsyncFnOnce(&mut dyn UnitOfWork) -> Result<T, StorageError>,
    ) {
        let name = self.0.name();
        let scans = format!(
            "SELECT coalesce(sum(idx_scan), 0)::bigint FROM pg_stat_user_indexes
             WHERE schemaname = '{name}' AND indexrelname LIKE '{index}'"
        );
        let whole = format!(
            "SELECT coalesce(sum(seq_scan), 0)::bigint FROM pg_stat_user_tables
             WHERE schemaname = '{name}' AND relname NOT IN ({SMALL})"
        );
        let (scans_before, whole_before) = (self.counted(&scans).await, self.counted(&whole).await);
        self.ask(call).await;
        let (scans_after, whole_after) = (self.counted(&scans).await, self.counted(&whole).await);
        assert!(scans_after > scans_before, "{index} is not used");
        assert_eq!(whole_after, whole_before, "a whole table is read beside {index}");
    }

    /// Asserts that what `call` asks for is found by indexes, whatever they are.
    async fn uses_indexes<T>(&self, call: impl AsyncFnOnce(&mut dyn UnitOfWork) -> Result<T, StorageError>) {
        let whole = format!(
            "SELECT coalesce(sum(seq_scan), 0)::bigint FROM pg_stat_user_tables WHERE schemaname = '{}'
             AND relname IN ('users', 'identities', 'kept_answers', 'notifications', 'claims', 'attempts')",
            self.0.name()
        );
        let before = self.counted(&whole).await;
        self.ask(call).await;
        assert_eq!(self.counted(&whole).await, before, "a whole table is read");
    }

    /// Asks in a process of its own, so to speak: the statistics of a connection are written when it ends.
    async fn ask<T>(&self, call: impl AsyncFnOnce(&mut dyn UnitOfWork) -> Result<T, StorageError>) {
        let storage: PgStorage = storage(&self.0.url_with("-c plan_cache_mode=force_generic_plan"));
        let mut unit = storage.begin().await.expect("it begins");
        call(&mut *unit).await.expect("it can be asked");
        unit.rollback().await.expect("it ends");
        drop(storage);
        let connections =
            format!("SELECT count(*) FROM pg_stat_activity WHERE application_name = '{}'", self.0.name());
        while self.0.number(&connections).await > 0 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }

    async fn counted(&self, query: &str) -> i64 {
        self.0.run("SELECT pg_stat_clear_snapshot()").await;
        self.0.number(query).await
    }
}

pub(crate) fn nth(n: u128) -> Uuid {
    Uuid::from_u128(n)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn people_and_their_tickets_are_found_by_index() {
    let watched = Watched::new().await;
    let id = UserId::from_uuid(nth(30));
    let named = [Identity::Email(EmailAddress::restore("person30@example.org".to_owned()))];
    watched.uses("users_pkey", async |tx| tx.users().page(&UserFilter::default(), PAGE).await).await;
    watched.uses("identities_user_id_idx", async |tx| tx.users().identities_of(id).await).await;
    watched.uses("identities_kind_value_key", async |tx| tx.users().by_identities(&named).await).await;
    watched.uses("users_pkey", async |tx| tx.users().by_identities(&named).await).await;
    watched.uses("tickets_number_key", async |tx| tx.tickets().by_reference(Reference::new(1)).await).await;
    watched.uses("tickets_user_id_idx", async |tx| tx.tickets().of_user(id, PAGE).await).await;
    watched.uses("captured_mails_pkey", async |tx| tx.captured_mails().page(PAGE).await).await;
    for index in ["identity_clashes_user_id_idx", "identity_clashes_other_user_id_idx"] {
        watched.uses(index, async |tx| tx.timeline().clashes_of(id).await).await;
    }
    for index in ["notifications_user_id_idx", "kept_answers_user_id_idx", "tickets_user_id_idx"] {
        watched.uses(index, async |tx| tx.users().erase(id, TEST_BEGINS).await).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lists_of_notifications_use_the_index_of_their_filter() {
    let watched = Watched::new().await;
    let all = NotificationFilter::default();
    let by_status = |status| NotificationFilter { status: Some(status), ..all };
    let by_channel = |id| NotificationFilter { channel_id: Some(id), ..all };
    for (index, filter) in [
        ("notifications_pkey", all),
        ("notifications_pkey", by_status(NotificationStatus::Sent)),
        ("notifications_pkey", by_channel(PERSON_CHANNEL_ID)),
        ("notifications_status_idx", by_status(NotificationStatus::Failed)),
        ("notifications_channel_id_idx", by_channel(ChannelId::from_uuid(nth(9)))),
        (
            "notifications_user_id_idx",
            NotificationFilter { user_id: Some(UserId::from_uuid(nth(30))), ..all },
        ),
        (
            "notifications_ticket_id_idx",
            NotificationFilter { ticket_id: Some(TicketId::from_uuid(nth(30))), ..all },
        ),
    ] {
        watched.uses(index, async |tx| tx.notifications().page(filter, PAGE).await).await;
    }
    // What is claimed leads to its notifications.
    let newest = Page::first(9);
    for status in [NotificationStatus::Queued, NotificationStatus::Sending] {
        let filter = by_status(status);
        watched.uses("notifications_pkey", async |tx| tx.notifications().page(filter, newest).await).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn calls_and_answers_are_found_by_index() {
    let watched = Watched::new().await;
    let slot = AnswerSlot { principal: BotId::from_uuid(nth(7)), scope: CallPath::Users, digest: [7; 32] };
    let answers = "kept_answers_principal_scope_digest_key";
    watched.uses(answers, async |tx| tx.intake().kept_answers(&[slot], TEST_BEGINS).await).await;
    let now = Timestamp::UNIX_EPOCH;
    watched.uses("kept_answers_expires_at_idx", async |tx| tx.intake().forget_expired(now, 9).await).await;
    let filter = |bot: Option<u128>, with_closed| QuarantineFilter {
        bot_id: bot.map(nth).map(BotId::from_uuid),
        with_closed,
    };
    for (index, filter) in [
        ("quarantine_held_idx", filter(None, false)),
        ("quarantine_request_id_key", filter(None, true)),
        ("quarantine_bot_id_idx", filter(Some(7), true)),
    ] {
        watched.uses(index, async |tx| tx.quarantine().page(filter, PAGE).await).await;
    }
    let digest = SecretDigest::of("a key");
    watched.uses("bot_keys_digest_key", async |tx| tx.bots().by_key(digest).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn conversations_and_what_they_change_are_found_by_index() {
    let watched = Watched::new().await;
    let bot = BotId::from_uuid(nth(7));
    let chat = [ChatId { bot, customer: CustomerId::restore("30".to_owned()) }];
    let key = MessageKey::restore([7; 32]);
    // One that failed.
    let ids = [NotificationId::from_uuid(nth(101))];
    let echo = Echo { id: MessageId::from_uuid(nth(30)), notification_id: ids[0], heard_as: key };
    watched.uses("messages_key_key", async |tx| tx.conversation().by_key(key).await).await;
    let replies = async |tx: &mut dyn UnitOfWork| tx.conversation().own_replies(&chat, TEST_BEGINS).await;
    watched.uses("messages_chat_idx", replies).await;
    watched.uses("messages_chat_idx", async |tx| tx.conversation().last_heard(&chat[0]).await).await;
    watched.uses("messages_pkey", async |tx| tx.conversation().note_heard(&[echo]).await).await;
    watched.uses("tickets_answered_idx", async |tx| tx.conversation().hold_waiting(&chat).await).await;
    let answered = Reference::new(1);
    watched.uses("tickets_number_key", async |tx| tx.conversation().hold(answered).await).await;
    watched.uses("messages_notification_id_key", async |tx| tx.notifications().confirm(&ids).await).await;
    let of_ticket = Whose::Ticket(TicketId::from_uuid(nth(30)));
    for index in ["messages_chat_idx", "messages_ticket_id_idx"] {
        watched.uses(index, async |tx| tx.conversation().page(of_ticket, PAGE).await).await;
    }
    let of_user = Whose::User(UserId::from_uuid(nth(30)));
    watched.uses("messages_ticket_id_idx", async |tx| tx.conversation().page(of_user, PAGE).await).await;
}

fn sent(notification_id: NotificationId, worker_id: WorkerId) -> ClosedAttempt {
    ClosedAttempt {
        worker_id,
        notification_id,
        number: 1,
        outcome: OutcomeKind::Sent,
        code: Some(250),
        answer: None,
        provider_id: None,
        elapsed: None,
        mimicked: false,
        closed_at: TEST_BEGINS,
        next: NextStep { status: NotificationStatus::Sent, due_at: None },
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_poll_and_what_follows_look_at_what_is_due_only() {
    let watched = Watched::new().await;
    let worker = WorkerId::from_uuid(nth(3));
    let quotas = [Quota { channel_id: PERSON_CHANNEL_ID, limit: 9 }];
    let horizon = Timestamp::constant(4_102_444_800, 0) + HORIZON;
    let ids = [NotificationId::from_uuid(nth(7950))];
    let due = "notifications_channel_id_next_at_idx";
    watched.uses(due, async |tx| tx.deliveries().loads(horizon, 9).await).await;
    watched.uses(due, async |tx| tx.deliveries().claim(worker, &quotas, horizon).await).await;
    watched.uses("notifications_pkey", async |tx| tx.deliveries().open(worker, &ids, horizon).await).await;
    let attempts = "attempts_notification_id_number_key";
    let mail = ids[0];
    watched.uses(attempts, async |tx| tx.deliveries().close(&[sent(mail, worker)]).await).await;
    watched.uses("notifications_pkey", async |tx| tx.deliveries().release(&[worker]).await).await;
    watched.uses("notifications_pkey", async |tx| tx.notifications().cancel(mail).await).await;
    watched.uses("notifications_pkey", async |tx| tx.notifications().retry(mail, horizon).await).await;
    let later = Claimed {
        id: mail,
        channel_id: PERSON_CHANNEL_ID,
        kind: ChannelKind::Email,
        due_at: horizon,
        request_id: RequestId::MAX,
    };
    watched.uses("notifications_pkey", async |tx| tx.deliveries().postpone(&[later]).await).await;
    watched.uses("notifications_pkey", async |tx| tx.deliveries().abandoned(&[worker]).await).await;
    watched.uses(attempts, async |tx| tx.notifications().attempts(ids[0]).await).await;
    let rest = Deferral { channel_id: PERSON_CHANNEL_ID, from: TEST_BEGINS, until: horizon };
    watched.uses(due, async |tx| tx.deliveries().defer(&[rest], TEST_BEGINS).await).await;
    watched.uses("notifications_pkey", async |tx| tx.fallbacks().undelivered(&ids).await).await;
    watched.uses("notifications_instead_of_key", async |tx| tx.fallbacks().in_place_of(mail).await).await;
}

/// A plan that was made for empty tables is kept for a while when they grow.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_asked_thousands_of_times_a_second_uses_indexes_even_of_empty_tables() {
    let watched = Watched::empty().await;
    let named = [Identity::Email(EmailAddress::restore("person30@example.org".to_owned()))];
    let slot = AnswerSlot { principal: BotId::from_uuid(nth(7)), scope: CallPath::Users, digest: [7; 32] };
    let quotas = [Quota { channel_id: PERSON_CHANNEL_ID, limit: 9 }];
    let (worker, ids) = (WorkerId::from_uuid(nth(3)), [NotificationId::from_uuid(nth(7950))]);
    watched.uses_indexes(async |tx| tx.users().by_identities(&named).await).await;
    watched.uses_indexes(async |tx| tx.intake().kept_answers(&[slot], TEST_BEGINS).await).await;
    watched.uses_indexes(async |tx| tx.deliveries().loads(TEST_BEGINS, 9).await).await;
    watched.uses_indexes(async |tx| tx.deliveries().claim(worker, &quotas, TEST_BEGINS).await).await;
    watched.uses_indexes(async |tx| tx.deliveries().open(worker, &ids, TEST_BEGINS).await).await;
    watched.uses_indexes(async |tx| tx.deliveries().close(&[ended(worker, ids[0])]).await).await;
}

fn ended(worker_id: WorkerId, notification_id: NotificationId) -> ClosedAttempt {
    ClosedAttempt {
        worker_id,
        notification_id,
        number: 1,
        outcome: OutcomeKind::Sent,
        code: None,
        answer: None,
        provider_id: None,
        elapsed: None,
        mimicked: false,
        closed_at: TEST_BEGINS,
        next: NextStep { status: NotificationStatus::Sent, due_at: None },
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn jobs_look_at_what_they_are_about_only() {
    let watched = Watched::new().await;
    let support = Slug::parse("support").expect("a slug");
    let day = "2026-01-01".parse().expect("a day");
    watched.uses("tickets_%_idx", async |tx| tx.reminders().backlog(&support, 9).await).await;
    let overdue = async |tx: &mut dyn UnitOfWork| tx.reminders().overdue(&support, TEST_BEGINS, 9).await;
    watched.uses("tickets_waiting_idx", overdue).await;
    watched.uses("intake_request_id_key", async |tx| tx.ledger().day(day).await).await;
    watched.uses("notifications_pkey", async |tx| tx.ledger().day(day).await).await;
    let old = TEST_BEGINS;
    watched.uses("notifications_pkey", async |tx| tx.retention().retire_notifications(old, 9).await).await;
    watched.uses("intake_request_id_key", async |tx| tx.retention().retire_intake(old, 9).await).await;
    watched.uses("quarantine_closed_at_idx", async |tx| tx.retention().retire_quarantine(old, 9).await).await;
    watched.uses("messages_pkey", async |tx| tx.retention().retire_messages(old, 9).await).await;
}
