-- Lists with filters, and what they are searched by.
--
-- What a bot's call makes is found by its id at once. What people filter and search by besides lies in tables of its
-- own, which a job fills a few seconds later from notes: a call costs one note for its whole batch, and no index of
-- texts is written while a visitor waits.

-- Notes of what changed, one for each unit of work that changed something: ids of 16 bytes, one after the other. The
-- job takes them away.
CREATE TABLE search_notes (
    position INTEGER PRIMARY KEY,
    user_ids BLOB NOT NULL,
    ticket_ids BLOB NOT NULL
) STRICT;

-- A `position` is given when something is first indexed, which is in the order of ids; an index of texts can be read
-- from its greatest position down, and so newest first. `origin` is the first source.
CREATE TABLE user_search (
    position INTEGER PRIMARY KEY,
    user_id BLOB NOT NULL,
    bot_id BLOB NOT NULL,
    origin TEXT
) STRICT;
CREATE UNIQUE INDEX user_search_user_id_key ON user_search (user_id);
CREATE INDEX user_search_bot_id_idx ON user_search (bot_id, user_id);
CREATE INDEX user_search_origin_idx ON user_search (origin, user_id) WHERE origin IS NOT NULL;
CREATE INDEX user_search_bot_id_origin_idx ON user_search (bot_id, origin, user_id) WHERE origin IS NOT NULL;

-- `origin` is that of the ticket's user.
CREATE TABLE ticket_search (
    position INTEGER PRIMARY KEY,
    ticket_id BLOB NOT NULL,
    origin TEXT
) STRICT;
CREATE UNIQUE INDEX ticket_search_ticket_id_key ON ticket_search (ticket_id);
CREATE INDEX ticket_search_origin_idx ON ticket_search (origin, ticket_id) WHERE origin IS NOT NULL;

-- The texts, by position: folded, which is lower-case, without accents, with two line breaks before each field. What
-- is deleted leaves no trace in the index.
CREATE VIRTUAL TABLE user_texts USING fts5 (text, tokenize = 'trigram case_sensitive 1');
INSERT INTO user_texts (user_texts, rank) VALUES ('secure-delete', 1);
CREATE VIRTUAL TABLE ticket_texts USING fts5 (text, tokenize = 'trigram case_sensitive 1');
INSERT INTO ticket_texts (ticket_texts, rank) VALUES ('secure-delete', 1);

-- The inbox must not lag: its two filters have indexes that a call for a ticket writes.
CREATE INDEX tickets_status_idx ON tickets (status);
CREATE INDEX tickets_topic_idx ON tickets (topic, status);

-- What there is already is found as soon as the job has been through it.
INSERT INTO search_notes (user_ids, ticket_ids) SELECT id, x'' FROM users ORDER BY id;
INSERT INTO search_notes (user_ids, ticket_ids) SELECT x'', id FROM tickets ORDER BY id;
