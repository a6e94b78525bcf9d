-- Lists with filters, and what they are searched by.
--
-- What a bot's call makes is found by its id at once. What people filter and search by besides lies in tables of its
-- own, which a job fills a few seconds later from notes: a call costs one note for its whole batch, and no index of
-- texts is written while a visitor waits.

-- Notes of what changed, one for each unit of work that changed something. The job takes them away.
CREATE TABLE search_notes (
    position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_ids uuid[] NOT NULL,
    ticket_ids uuid[] NOT NULL
) WITH (autovacuum_vacuum_scale_factor = 0.01);

-- `text` is folded: lower-case, without accents, two line breaks before each field. `origin` is the first source.
CREATE TABLE user_search (
    user_id uuid NOT NULL PRIMARY KEY,
    bot_id uuid NOT NULL,
    origin text COLLATE "C",
    text text COLLATE "C" NOT NULL
) WITH (autovacuum_vacuum_scale_factor = 0.01);
CREATE INDEX user_search_bot_id_idx ON user_search (bot_id, user_id);
CREATE INDEX user_search_origin_idx ON user_search (origin, user_id) WHERE origin IS NOT NULL;
CREATE INDEX user_search_bot_id_origin_idx ON user_search (bot_id, origin, user_id) WHERE origin IS NOT NULL;

-- `origin` is that of the ticket's user.
CREATE TABLE ticket_search (
    ticket_id uuid NOT NULL PRIMARY KEY,
    origin text COLLATE "C",
    text text COLLATE "C" NOT NULL
) WITH (autovacuum_vacuum_scale_factor = 0.01);
CREATE INDEX ticket_search_origin_idx ON ticket_search (origin, ticket_id) WHERE origin IS NOT NULL;

-- The inbox must not lag: its two filters have indexes that a call for a ticket writes.
CREATE INDEX tickets_status_idx ON tickets (status, id);
CREATE INDEX tickets_topic_idx ON tickets (topic, status, id);

-- An extension is the whole database's, while this schema may be one of several. It may be anywhere already.
DO $$
DECLARE
    home text;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('frontdesk pg_trgm'));
    SELECT nspname INTO home FROM pg_extension JOIN pg_namespace ON pg_namespace.oid = extnamespace
        WHERE extname = 'pg_trgm';
    IF home IS NULL THEN
        home := CASE WHEN to_regnamespace('public') IS NULL THEN current_schema() ELSE 'public' END;
        EXECUTE format('CREATE EXTENSION pg_trgm SCHEMA %I', home);
    END IF;
    EXECUTE format('CREATE INDEX user_search_text_idx ON user_search USING gin (text %I.gin_trgm_ops)', home);
    EXECUTE format('CREATE INDEX ticket_search_text_idx ON ticket_search USING gin (text %I.gin_trgm_ops)', home);
END
$$;

-- What there is already is found as soon as the job has been through it.
INSERT INTO search_notes (user_ids, ticket_ids)
    SELECT array_agg(id ORDER BY id), '{}'
    FROM (SELECT id, (row_number() OVER (ORDER BY id) - 1) / 250 AS portion FROM users) AS numbered
    GROUP BY portion ORDER BY portion;
INSERT INTO search_notes (user_ids, ticket_ids)
    SELECT '{}', array_agg(id ORDER BY id)
    FROM (SELECT id, (row_number() OVER (ORDER BY id) - 1) / 250 AS portion FROM tickets) AS numbered
    GROUP BY portion ORDER BY portion;
