-- Who is signed in to the panel.

CREATE TABLE sessions (
    id BLOB NOT NULL PRIMARY KEY,
    agent_id BLOB NOT NULL REFERENCES agents (id) ON DELETE CASCADE,
    digest BLOB NOT NULL,
    client TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    seen_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX sessions_digest_key ON sessions (digest);
CREATE INDEX sessions_agent_id_idx ON sessions (agent_id);
CREATE INDEX sessions_seen_at_idx ON sessions (seen_at);

-- Since when somebody may not sign in any more.
ALTER TABLE agents ADD COLUMN deactivated_at INTEGER;
