-- Who is signed in to the panel.

CREATE TABLE sessions (
    id uuid NOT NULL PRIMARY KEY,
    agent_id uuid NOT NULL REFERENCES agents (id) ON DELETE CASCADE,
    digest bytea NOT NULL CONSTRAINT sessions_digest_key UNIQUE,
    client text NOT NULL,
    created_at timestamptz NOT NULL,
    seen_at timestamptz NOT NULL
);
CREATE INDEX sessions_agent_id_idx ON sessions (agent_id);
CREATE INDEX sessions_seen_at_idx ON sessions (seen_at);

-- Since when somebody may not sign in any more.
ALTER TABLE agents ADD COLUMN deactivated_at timestamptz;
