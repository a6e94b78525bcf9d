-- The schema of the first release.
--
-- Conventions: ids are UUIDv7, whose order is that of time; digests are SHA-256; enumerations are their names as text;
-- free-form maps and answers are `json`, which keeps what was sent as it was sent. Texts that are keys are compared
-- byte by byte (`"C"`). A table with a `position` keeps the order in which its rows were added.
--
-- Rows of users, tickets, notifications, claims, attempts and intake have no foreign keys: they are written thousands
-- of times a second, always by code that made or found the parent in the same unit of work, and erasing deletes what
-- hangs on a user in one place. The bare id of an erased user stays in `intake`, where it leads nowhere.
--
-- Tables whose rows change leave room on their pages for the new versions, and are vacuumed early.

-- Who may call --------------------------------------------------------------------------------------------------------

CREATE TABLE bots (
    position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id uuid NOT NULL CONSTRAINT bots_id_key UNIQUE,
    name text COLLATE "C" NOT NULL CONSTRAINT bots_name_key UNIQUE,
    default_origin text,
    default_language text NOT NULL,
    default_country text,
    created_at timestamptz NOT NULL
);

-- With the revoked ones, which are answered differently from unknown ones.
CREATE TABLE bot_keys (
    digest bytea NOT NULL CONSTRAINT bot_keys_digest_key PRIMARY KEY,
    bot_id uuid NOT NULL REFERENCES bots (id) ON DELETE CASCADE,
    standing text NOT NULL,
    position bigint NOT NULL
);
CREATE INDEX bot_keys_bot_id_idx ON bot_keys (bot_id, position);

CREATE TABLE agents (
    id uuid NOT NULL PRIMARY KEY,
    email text COLLATE "C" NOT NULL CONSTRAINT agents_email_key UNIQUE,
    password_hash text NOT NULL,
    role text NOT NULL,
    created_at timestamptz NOT NULL
);

CREATE TABLE api_tokens (
    id uuid NOT NULL PRIMARY KEY,
    agent_id uuid NOT NULL REFERENCES agents (id) ON DELETE CASCADE,
    name text NOT NULL,
    digest bytea NOT NULL CONSTRAINT api_tokens_digest_key UNIQUE,
    scope text NOT NULL,
    created_at timestamptz NOT NULL,
    revoked_at timestamptz
);
CREATE INDEX api_tokens_agent_id_idx ON api_tokens (agent_id);

-- Where notifications go ----------------------------------------------------------------------------------------------

CREATE TABLE channels (
    position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id uuid NOT NULL CONSTRAINT channels_id_key UNIQUE,
    name text COLLATE "C" NOT NULL CONSTRAINT channels_name_key UNIQUE,
    kind text NOT NULL,
    target text NOT NULL,
    interval_us bigint,
    paused_at timestamptz,
    failures bigint NOT NULL DEFAULT 0,
    next_slot_at timestamptz,
    created_at timestamptz NOT NULL
) WITH (fillfactor = 70);

CREATE TABLE topics (
    position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    slug text COLLATE "C" NOT NULL CONSTRAINT topics_slug_key UNIQUE,
    title text NOT NULL,
    is_default boolean NOT NULL,
    -- The minute of the UTC day at which a digest of what waits is sent; NULL: never.
    digest_minute integer,
    -- After so long an open ticket is told once more; NULL: never.
    escalate_after_us bigint,
    created_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX topics_is_default_key ON topics (is_default) WHERE is_default;

CREATE TABLE topic_aliases (
    topic text COLLATE "C" NOT NULL REFERENCES topics (slug) ON DELETE CASCADE,
    position bigint NOT NULL,
    alias text NOT NULL,
    PRIMARY KEY (topic, position)
);

CREATE TABLE topic_routes (
    topic text COLLATE "C" NOT NULL REFERENCES topics (slug) ON DELETE CASCADE,
    position bigint NOT NULL,
    channel_id uuid NOT NULL REFERENCES channels (id),
    PRIMARY KEY (topic, position)
);
CREATE INDEX topic_routes_channel_id_idx ON topic_routes (channel_id);

-- People and their tickets --------------------------------------------------------------------------------------------

CREATE TABLE users (
    id uuid NOT NULL PRIMARY KEY,
    bot_id uuid NOT NULL,
    name text,
    email text,
    phone text,
    language text NOT NULL,
    first_origin json,
    last_origin json,
    consent_given boolean,
    consent_text text,
    consent_at timestamptz,
    fields json NOT NULL,
    welcomed boolean NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.01);

CREATE TABLE identities (
    kind text COLLATE "C" NOT NULL,
    value text COLLATE "C" NOT NULL,
    user_id uuid NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT identities_kind_value_key PRIMARY KEY (kind, value)
);
CREATE INDEX identities_user_id_idx ON identities (user_id);

CREATE TABLE identity_clashes (
    position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    request_id uuid NOT NULL,
    user_id uuid NOT NULL,
    other_user_id uuid NOT NULL,
    kind text NOT NULL,
    at timestamptz NOT NULL
);
CREATE INDEX identity_clashes_user_id_idx ON identity_clashes (user_id);
CREATE INDEX identity_clashes_other_user_id_idx ON identity_clashes (other_user_id);

CREATE TABLE tickets (
    id uuid NOT NULL PRIMARY KEY,
    number bigint NOT NULL CONSTRAINT tickets_number_key UNIQUE,
    user_id uuid,
    bot_id uuid NOT NULL,
    topic text COLLATE "C" NOT NULL,
    topic_asked text,
    description text NOT NULL,
    status text NOT NULL,
    chat_customer text,
    chat_uuid text,
    reply_to text,
    language text NOT NULL,
    fields json NOT NULL,
    created_at timestamptz NOT NULL,
    -- When it was told once more because it had waited too long.
    escalated_at timestamptz
);
CREATE INDEX tickets_user_id_idx ON tickets (user_id, id) WHERE user_id IS NOT NULL;
-- What waits, topic by topic: first what was not told again yet, the oldest first.
CREATE INDEX tickets_waiting_idx ON tickets (topic, escalated_at NULLS FIRST, id) WHERE status IN ('open', 'pending');

-- Numbers that are given once: the last that was given.
CREATE TABLE counters (
    name text COLLATE "C" NOT NULL PRIMARY KEY,
    value bigint NOT NULL
) WITH (fillfactor = 10, autovacuum_vacuum_scale_factor = 0.01);

-- Notifications -------------------------------------------------------------------------------------------------------

-- `status` is where a notification stands but for two states that are not written here: it is queued while it has a
-- claim, and sending while that claim has an attempt.
CREATE TABLE notifications (
    id uuid NOT NULL PRIMARY KEY,
    purpose text NOT NULL,
    channel_id uuid NOT NULL,
    user_id uuid,
    ticket_id uuid,
    request_id uuid NOT NULL,
    status text NOT NULL,
    due_at timestamptz NOT NULL,
    -- Its due time while something is still to happen; NULL when it is over.
    next_at timestamptz,
    -- How many attempts were closed, and how many of those before a person last asked for a retry.
    attempts integer NOT NULL DEFAULT 0,
    retried_after integer NOT NULL DEFAULT 0,
    -- How many of the attempts since then have an unknown fate, and whether any attempt ever had.
    unknowns integer NOT NULL DEFAULT 0,
    possible_duplicate boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.01);
-- What is due, channel by channel, so that no channel hides another.
CREATE INDEX notifications_channel_id_next_at_idx ON notifications (channel_id, next_at) WHERE next_at IS NOT NULL;
-- The list by status. Nearly all rows are sent, and are listed from the primary key.
CREATE INDEX notifications_status_idx ON notifications (status, id) WHERE status <> 'sent';
-- The list by channel. The one channel that tells persons has most of the rows, and is listed from the primary key.
CREATE INDEX notifications_channel_id_idx ON notifications (channel_id, id)
    WHERE channel_id <> '00000000-0000-7000-8000-000000000001';
CREATE INDEX notifications_user_id_idx ON notifications (user_id, id) WHERE user_id IS NOT NULL;
CREATE INDEX notifications_ticket_id_idx ON notifications (ticket_id, id) WHERE ticket_id IS NOT NULL;

-- What is handed over to a worker, from the claim until it is closed or taken back: a few hundred rows at most. They
-- have a table of their own because a column of notifications that says so would have to be indexed there, and every
-- claim would then write all indexes of that row.
CREATE TABLE claims (
    notification_id uuid NOT NULL CONSTRAINT claims_notification_id_key PRIMARY KEY,
    channel_id uuid NOT NULL,
    worker_id uuid NOT NULL,
    -- From this horizon on it may be handed over again, unless it is being sent.
    lapses_at timestamptz NOT NULL,
    -- The number of the open attempt while it is being sent.
    attempt integer
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 1000);
-- How many a channel has is counted by each round of dispatching. The table itself may be full of dead rows by then.
CREATE INDEX claims_channel_id_idx ON claims (channel_id);

CREATE TABLE attempts (
    notification_id uuid NOT NULL,
    number integer NOT NULL,
    worker_id uuid NOT NULL,
    opened_at timestamptz NOT NULL,
    closed_at timestamptz,
    outcome text,
    code integer,
    answer text,
    provider_id text,
    elapsed_us bigint,
    mimicked boolean NOT NULL DEFAULT false,
    CONSTRAINT attempts_notification_id_number_key PRIMARY KEY (notification_id, number)
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.01);

CREATE TABLE captured_mails (
    notification_id uuid NOT NULL PRIMARY KEY,
    recipient text NOT NULL,
    subject text NOT NULL,
    message bytea NOT NULL,
    captured_at timestamptz NOT NULL
);

-- Which notification is the digest of a topic and a UTC day: one at most.
CREATE TABLE digests (
    topic text COLLATE "C" NOT NULL REFERENCES topics (slug) ON DELETE CASCADE,
    day date NOT NULL,
    notification_id uuid NOT NULL CONSTRAINT digests_notification_id_key UNIQUE,
    PRIMARY KEY (topic, day)
);

CREATE TABLE workers (
    id uuid NOT NULL PRIMARY KEY,
    beat_at timestamptz NOT NULL
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.01);

-- A job runs where `leased_until` is set and not past. `ended_at` and `outcome` are those of the last finished run.
CREATE TABLE jobs (
    name text COLLATE "C" NOT NULL PRIMARY KEY,
    next_at timestamptz NOT NULL,
    leased_until timestamptz,
    worker_id uuid,
    began_at timestamptz,
    ended_at timestamptz,
    outcome text
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.01);

-- Calls ---------------------------------------------------------------------------------------------------------------

CREATE TABLE intake (
    request_id uuid NOT NULL CONSTRAINT intake_request_id_key PRIMARY KEY,
    bot_id uuid NOT NULL,
    path text NOT NULL,
    outcome text NOT NULL,
    user_id uuid,
    ticket_id uuid,
    users_made integer NOT NULL,
    tickets_made integer NOT NULL,
    notifications_made integer NOT NULL,
    received_at timestamptz NOT NULL
);

-- A principal is whoever has the right to be given the answer again.
CREATE TABLE kept_answers (
    principal uuid NOT NULL,
    scope text COLLATE "C" NOT NULL,
    digest bytea NOT NULL,
    body bytea NOT NULL,
    user_id uuid,
    answer json NOT NULL,
    expires_at timestamptz NOT NULL,
    CONSTRAINT kept_answers_principal_scope_digest_key PRIMARY KEY (principal, scope, digest)
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.01);
CREATE INDEX kept_answers_expires_at_idx ON kept_answers (expires_at);
-- Erasing a user takes the answers that name it.
CREATE INDEX kept_answers_user_id_idx ON kept_answers (user_id) WHERE user_id IS NOT NULL;

CREATE TABLE quarantine (
    request_id uuid NOT NULL CONSTRAINT quarantine_request_id_key PRIMARY KEY,
    bot_id uuid NOT NULL,
    path text NOT NULL,
    code text NOT NULL,
    field text,
    query text NOT NULL,
    body bytea NOT NULL,
    received_at timestamptz NOT NULL,
    -- Held until it is closed; then released as another call, or discarded.
    closed_at timestamptz,
    released_as uuid
);
CREATE INDEX quarantine_bot_id_idx ON quarantine (bot_id, request_id);
CREATE INDEX quarantine_held_idx ON quarantine (request_id) WHERE closed_at IS NULL;
CREATE INDEX quarantine_closed_at_idx ON quarantine (closed_at) WHERE closed_at IS NOT NULL;

-- What the ledger cannot count in rows, by the UTC day on which it was made. For rows that were erased or retired:
-- `users`, and the statuses of notifications. For intake rows that were retired: their outcomes, and what they made as
-- `made_users`, `made_tickets` and `made_notifications`; there is counted too what no call made.
CREATE TABLE ledger_totals (
    day date NOT NULL,
    what text COLLATE "C" NOT NULL,
    total bigint NOT NULL,
    PRIMARY KEY (day, what)
) WITH (fillfactor = 70);

-- What is shipped -----------------------------------------------------------------------------------------------------

INSERT INTO counters (name, value) VALUES ('tickets', 0);

INSERT INTO channels (id, name, kind, target, interval_us, created_at) VALUES
    ('00000000-0000-7000-8000-000000000001', 'person', 'email', 'person', NULL, now()),
    ('00000000-0000-7000-8000-000000000002', 'sales-slack', 'slack', 'env:SLACK_SALES_WEBHOOK_URL', 1000000, now()),
    ('00000000-0000-7000-8000-000000000003', 'team-email', 'email', 'team', NULL, now());

INSERT INTO topics (slug, title, is_default, created_at) VALUES
    ('sales', 'Sales', false, now()),
    ('pricing', 'Pricing', false, now()),
    ('support', 'Support', true, now());
INSERT INTO topic_aliases (topic, position, alias) VALUES
    ('sales', 1, 'ventas'), ('pricing', 1, 'precios'), ('support', 1, 'soporte'), ('support', 2, 'ayuda');
INSERT INTO topic_routes (topic, position, channel_id)
    SELECT slug, 1, CASE slug
        WHEN 'sales' THEN '00000000-0000-7000-8000-000000000002'::uuid
        ELSE '00000000-0000-7000-8000-000000000003'::uuid
    END
    FROM topics;
