-- What people and teams write to each other.
--
-- A message belongs to a chat, to a ticket, or to both, and to no user: whose it is follows from the chat, which is the
-- value of an identity, or from the ticket. Ids sort by when messages were sent.

CREATE TABLE messages (
    id uuid NOT NULL PRIMARY KEY,
    -- What it is known by when it is delivered or sent again.
    key bytea NOT NULL CONSTRAINT messages_key_key UNIQUE,
    -- Bot and customer, as the identity of kind `customer` has them; NULL for a reply by mail.
    chat text COLLATE "C",
    -- What it answers, who wrote that and what delivers it; NULL for what a hook delivered.
    ticket_id uuid,
    agent_id uuid,
    notification_id uuid,
    author text NOT NULL,
    kind text NOT NULL,
    text text NOT NULL,
    channel text,
    -- The key of the message as which a reply came back from its chat.
    heard_as bytea,
    sent_at timestamptz NOT NULL
);
CREATE INDEX messages_chat_idx ON messages (chat, id) WHERE chat IS NOT NULL;
CREATE INDEX messages_ticket_id_idx ON messages (ticket_id, id) WHERE ticket_id IS NOT NULL;
CREATE UNIQUE INDEX messages_notification_id_key ON messages (notification_id) WHERE notification_id IS NOT NULL;

-- What a message of the person opens again. New tickets are open, so opening one costs nothing here.
CREATE INDEX tickets_answered_idx ON tickets (bot_id, chat_customer) WHERE status IN ('pending', 'resolved');

-- The end of the address at which conversations of a bot are delivered, and the digest of the token that comes along. The
-- default is for processes of the release before, which know nothing of it: 244 random bits.
ALTER TABLE bots
    ADD COLUMN hook text COLLATE "C" NOT NULL CONSTRAINT bots_hook_key UNIQUE
        DEFAULT 'fdh_' || replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', ''),
    ADD COLUMN hook_token bytea;

INSERT INTO channels (id, name, kind, target, interval_us, created_at) VALUES
    ('00000000-0000-7000-8000-000000000004', 'person-chat', 'landbot', 'person', NULL, now());
