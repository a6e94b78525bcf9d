-- The schema of the first release.
--
-- Conventions: ids are UUIDv7 in 16 bytes; times are microseconds since the Unix epoch (UTC); digests are SHA-256;
-- enumerations are their names as text; free-form maps and answers are JSON text. Tables that are read by id or by a
-- natural key are WITHOUT ROWID, so that their rows lie in the order of that key, which for UUIDv7 is the order of
-- time. A table with a `position` keeps the order in which its rows were added.
--
-- Rows of users, tickets, notifications, attempts and intake have no foreign keys: they are written thousands of
-- times a second, always by code that made or found the parent in the same unit of work, and erasing deletes what
-- hangs on a user in one place. The bare id of an erased user stays in `intake`, where it leads nowhere.

-- Who may call --------------------------------------------------------------------------------------------------------

CREATE TABLE bots (
    position INTEGER PRIMARY KEY,
    id BLOB NOT NULL,
    name TEXT NOT NULL,
    default_origin TEXT,
    default_language TEXT NOT NULL,
    default_country TEXT,
    created_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX bots_id_key ON bots (id);
CREATE UNIQUE INDEX bots_name_key ON bots (name);

-- With the revoked ones, which are answered differently from unknown ones.
CREATE TABLE bot_keys (
    digest BLOB NOT NULL PRIMARY KEY,
    bot_id BLOB NOT NULL REFERENCES bots (id) ON DELETE CASCADE,
    standing TEXT NOT NULL,
    position INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX bot_keys_bot_id_idx ON bot_keys (bot_id, position);

CREATE TABLE agents (
    id BLOB NOT NULL PRIMARY KEY,
    email TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    role TEXT NOT NULL,
    created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX agents_email_key ON agents (email);

CREATE TABLE api_tokens (
    id BLOB NOT NULL PRIMARY KEY,
    agent_id BLOB NOT NULL REFERENCES agents (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    digest BLOB NOT NULL,
    scope TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    revoked_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX api_tokens_digest_key ON api_tokens (digest);
CREATE INDEX api_tokens_agent_id_idx ON api_tokens (agent_id);

-- Where notifications go ----------------------------------------------------------------------------------------------

CREATE TABLE channels (
    position INTEGER PRIMARY KEY,
    id BLOB NOT NULL,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    target TEXT NOT NULL,
    interval_us INTEGER,
    paused_at INTEGER,
    failures INTEGER NOT NULL DEFAULT 0,
    next_slot_at INTEGER,
    created_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX channels_id_key ON channels (id);
CREATE UNIQUE INDEX channels_name_key ON channels (name);

CREATE TABLE topics (
    position INTEGER PRIMARY KEY,
    slug TEXT NOT NULL,
    title TEXT NOT NULL,
    is_default INTEGER NOT NULL,
    -- The minute of the UTC day at which a digest of what waits is sent; NULL: never.
    digest_minute INTEGER,
    -- After so long an open ticket is told once more; NULL: never.
    escalate_after_us INTEGER,
    created_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX topics_slug_key ON topics (slug);
CREATE UNIQUE INDEX topics_is_default_key ON topics (is_default) WHERE is_default = 1;

CREATE TABLE topic_aliases (
    topic TEXT NOT NULL REFERENCES topics (slug) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    alias TEXT NOT NULL,
    PRIMARY KEY (topic, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE topic_routes (
    topic TEXT NOT NULL REFERENCES topics (slug) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    channel_id BLOB NOT NULL REFERENCES channels (id),
    PRIMARY KEY (topic, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX topic_routes_channel_id_idx ON topic_routes (channel_id);

-- People and their tickets --------------------------------------------------------------------------------------------

CREATE TABLE users (
    id BLOB NOT NULL PRIMARY KEY,
    bot_id BLOB NOT NULL,
    name TEXT,
    email TEXT,
    phone TEXT,
    language TEXT NOT NULL,
    first_origin TEXT,
    last_origin TEXT,
    consent_given INTEGER,
    consent_text TEXT,
    consent_at INTEGER,
    fields TEXT NOT NULL,
    welcomed INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The primary key is the unique key identities_kind_value_key.
CREATE TABLE identities (
    kind TEXT NOT NULL,
    value TEXT NOT NULL,
    user_id BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (kind, value)
) STRICT, WITHOUT ROWID;
CREATE INDEX identities_user_id_idx ON identities (user_id);

CREATE TABLE identity_clashes (
    position INTEGER PRIMARY KEY,
    request_id BLOB NOT NULL,
    user_id BLOB NOT NULL,
    other_user_id BLOB NOT NULL,
    kind TEXT NOT NULL,
    at INTEGER NOT NULL
) STRICT;
CREATE INDEX identity_clashes_user_id_idx ON identity_clashes (user_id);
CREATE INDEX identity_clashes_other_user_id_idx ON identity_clashes (other_user_id);

CREATE TABLE tickets (
    id BLOB NOT NULL PRIMARY KEY,
    number INTEGER NOT NULL,
    user_id BLOB,
    bot_id BLOB NOT NULL,
    topic TEXT NOT NULL,
    topic_asked TEXT,
    description TEXT NOT NULL,
    status TEXT NOT NULL,
    chat_customer TEXT,
    chat_uuid TEXT,
    reply_to TEXT,
    language TEXT NOT NULL,
    fields TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    -- When it was told once more because it had waited too long.
    escalated_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX tickets_number_key ON tickets (number);
CREATE INDEX tickets_user_id_idx ON tickets (user_id) WHERE user_id IS NOT NULL;
-- What waits, topic by topic: first what was not told again yet, the oldest first.
CREATE INDEX tickets_waiting_idx ON tickets (topic, escalated_at, id) WHERE status IN ('open', 'pending');

-- Numbers that are given once: the last that was given.
CREATE TABLE counters (
    name TEXT NOT NULL PRIMARY KEY,
    value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Notifications -------------------------------------------------------------------------------------------------------

-- `status` is where a notification stands but for two states that are not written: it is queued while `claimed_by`
-- names a worker, and sending while an attempt is open.
CREATE TABLE notifications (
    id BLOB NOT NULL PRIMARY KEY,
    purpose TEXT NOT NULL,
    channel_id BLOB NOT NULL,
    user_id BLOB,
    ticket_id BLOB,
    request_id BLOB NOT NULL,
    status TEXT NOT NULL,
    due_at INTEGER NOT NULL,
    -- When a dispatcher should look at it: its due time, or for what was handed over the time to do that again. NULL
    -- when nothing more is to happen.
    next_at INTEGER,
    claimed_by BLOB,
    -- How many attempts were closed, and how many of those before a person last asked for a retry.
    attempts INTEGER NOT NULL DEFAULT 0,
    retried_after INTEGER NOT NULL DEFAULT 0,
    -- How many of the attempts since then have an unknown fate, and whether any attempt ever had.
    unknowns INTEGER NOT NULL DEFAULT 0,
    possible_duplicate INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
-- What is due, channel by channel, so that no channel hides another.
CREATE INDEX notifications_channel_id_next_at_idx ON notifications (channel_id, next_at) WHERE next_at IS NOT NULL;
-- What is handed over: a few hundred rows at most.
CREATE INDEX notifications_channel_id_claimed_by_idx ON notifications (channel_id, claimed_by) WHERE claimed_by IS NOT NULL;
-- The list by status. Nearly all rows are sent, and are listed from the primary key.
CREATE INDEX notifications_status_idx ON notifications (status) WHERE status <> 'sent';
-- The list by channel. The one channel that tells persons has most of the rows, and is listed from the primary key.
CREATE INDEX notifications_channel_id_idx ON notifications (channel_id) WHERE channel_id <> x'00000000000070008000000000000001';
CREATE INDEX notifications_user_id_idx ON notifications (user_id) WHERE user_id IS NOT NULL;
CREATE INDEX notifications_ticket_id_idx ON notifications (ticket_id) WHERE ticket_id IS NOT NULL;

CREATE TABLE attempts (
    notification_id BLOB NOT NULL,
    number INTEGER NOT NULL,
    worker_id BLOB NOT NULL,
    opened_at INTEGER NOT NULL,
    closed_at INTEGER,
    outcome TEXT,
    code INTEGER,
    answer TEXT,
    provider_id TEXT,
    elapsed_us INTEGER,
    mimicked INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (notification_id, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX attempts_worker_id_idx ON attempts (worker_id) WHERE closed_at IS NULL;

CREATE TABLE captured_mails (
    notification_id BLOB NOT NULL PRIMARY KEY,
    recipient TEXT NOT NULL,
    subject TEXT NOT NULL,
    message BLOB NOT NULL,
    captured_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Which notification is the digest of a topic and a day (since the Unix epoch): one at most.
CREATE TABLE digests (
    topic TEXT NOT NULL REFERENCES topics (slug) ON DELETE CASCADE,
    day INTEGER NOT NULL,
    notification_id BLOB NOT NULL,
    PRIMARY KEY (topic, day)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX digests_notification_id_key ON digests (notification_id);

CREATE TABLE workers (
    id BLOB NOT NULL PRIMARY KEY,
    beat_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- A job runs where `leased_until` is set and not past. `ended_at` and `outcome` are those of the last finished run.
CREATE TABLE jobs (
    name TEXT NOT NULL PRIMARY KEY,
    next_at INTEGER NOT NULL,
    leased_until INTEGER,
    worker_id BLOB,
    began_at INTEGER,
    ended_at INTEGER,
    outcome TEXT
) STRICT, WITHOUT ROWID;

-- Calls ---------------------------------------------------------------------------------------------------------------

CREATE TABLE intake (
    request_id BLOB NOT NULL PRIMARY KEY,
    bot_id BLOB NOT NULL,
    path TEXT NOT NULL,
    outcome TEXT NOT NULL,
    user_id BLOB,
    ticket_id BLOB,
    users_made INTEGER NOT NULL,
    tickets_made INTEGER NOT NULL,
    notifications_made INTEGER NOT NULL,
    received_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Rows lie in the order in which they expire, so that what has expired is found and deleted at one end; the random
-- digests are in the small unique index only. A principal is whoever has the right to be given the answer again.
CREATE TABLE kept_answers (
    expires_at INTEGER NOT NULL,
    principal BLOB NOT NULL,
    scope TEXT NOT NULL,
    digest BLOB NOT NULL,
    body BLOB NOT NULL,
    user_id BLOB,
    answer TEXT NOT NULL,
    PRIMARY KEY (expires_at, principal, scope, digest)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX kept_answers_principal_scope_digest_key ON kept_answers (principal, scope, digest);

CREATE TABLE quarantine (
    request_id BLOB NOT NULL PRIMARY KEY,
    bot_id BLOB NOT NULL,
    path TEXT NOT NULL,
    code TEXT NOT NULL,
    field TEXT,
    query TEXT NOT NULL,
    body BLOB NOT NULL,
    received_at INTEGER NOT NULL,
    -- Held until it is closed; then released as another call, or discarded.
    closed_at INTEGER,
    released_as BLOB
) STRICT, WITHOUT ROWID;
CREATE INDEX quarantine_bot_id_idx ON quarantine (bot_id);
CREATE INDEX quarantine_held_idx ON quarantine (request_id) WHERE closed_at IS NULL;
CREATE INDEX quarantine_closed_at_idx ON quarantine (closed_at) WHERE closed_at IS NOT NULL;

-- What the ledger cannot count in rows, by the UTC day (since the Unix epoch) on which it was made. For rows that were
-- erased or retired: `users`, and the statuses of notifications. For intake rows that were retired: their outcomes, and
-- what they made as `made_users`, `made_tickets` and `made_notifications`; there is counted too what no call made.
CREATE TABLE ledger_totals (
    day INTEGER NOT NULL,
    what TEXT NOT NULL,
    total INTEGER NOT NULL,
    PRIMARY KEY (day, what)
) STRICT, WITHOUT ROWID;

-- What is shipped -----------------------------------------------------------------------------------------------------

INSERT INTO counters (name, value) VALUES ('tickets', 0);

INSERT INTO channels (id, name, kind, target, interval_us, created_at) VALUES
    (x'00000000000070008000000000000001', 'person', 'email', 'person', NULL, unixepoch() * 1000000),
    (x'00000000000070008000000000000002', 'sales-slack', 'slack', 'env:SLACK_SALES_WEBHOOK_URL', 1000000, unixepoch() * 1000000),
    (x'00000000000070008000000000000003', 'team-email', 'email', 'team', NULL, unixepoch() * 1000000);

INSERT INTO topics (slug, title, is_default, created_at) VALUES
    ('sales', 'Sales', 0, unixepoch() * 1000000),
    ('pricing', 'Pricing', 0, unixepoch() * 1000000),
    ('support', 'Support', 1, unixepoch() * 1000000);
INSERT INTO topic_aliases (topic, position, alias) VALUES
    ('sales', 1, 'ventas'), ('pricing', 1, 'precios'), ('support', 1, 'soporte'), ('support', 2, 'ayuda');
INSERT INTO topic_routes (topic, position, channel_id)
    SELECT slug, 1, iif(slug = 'sales', x'00000000000070008000000000000002', x'00000000000070008000000000000003')
    FROM topics;
