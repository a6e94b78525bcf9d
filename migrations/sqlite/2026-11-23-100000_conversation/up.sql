-- What people and teams write to each other.
--
-- A message belongs to a chat, to a ticket, or to both, and to no user: whose it is follows from the chat, which is the
-- value of an identity, or from the ticket. Ids sort by when messages were sent.

CREATE TABLE messages (
    id BLOB NOT NULL PRIMARY KEY,
    -- What it is known by when it is delivered or sent again.
    key BLOB NOT NULL,
    -- Bot and customer, as the identity of kind `customer` has them; NULL for a reply by mail.
    chat TEXT,
    -- What it answers, who wrote that and what delivers it; NULL for what a hook delivered.
    ticket_id BLOB,
    agent_id BLOB,
    notification_id BLOB,
    author TEXT NOT NULL,
    kind TEXT NOT NULL,
    text TEXT NOT NULL,
    channel TEXT,
    -- The key of the message as which a reply came back from its chat.
    heard_as BLOB,
    sent_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX messages_key_key ON messages (key);
CREATE INDEX messages_chat_idx ON messages (chat) WHERE chat IS NOT NULL;
CREATE INDEX messages_ticket_id_idx ON messages (ticket_id) WHERE ticket_id IS NOT NULL;
CREATE UNIQUE INDEX messages_notification_id_key ON messages (notification_id) WHERE notification_id IS NOT NULL;

-- What a message of the person opens again. New tickets are open, so opening one costs nothing here.
CREATE INDEX tickets_answered_idx ON tickets (bot_id, chat_customer) WHERE status IN ('pending', 'resolved');

-- The end of the address at which conversations of a bot are delivered, and the digest of the token that comes along.
ALTER TABLE bots ADD COLUMN hook TEXT NOT NULL DEFAULT '';
ALTER TABLE bots ADD COLUMN hook_token BLOB;
UPDATE bots SET hook = 'fdh_' || lower(hex(randomblob(32)));
CREATE UNIQUE INDEX bots_hook_key ON bots (hook);

INSERT INTO channels (id, name, kind, target, interval_us, created_at) VALUES
    (x'00000000000070008000000000000004', 'person-chat', 'landbot', 'person', NULL, unixepoch() * 1000000);
