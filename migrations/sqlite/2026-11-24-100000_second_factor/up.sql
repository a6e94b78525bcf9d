-- What members of staff show beside their password. The secret is encrypted with a key that is not in the database; of
-- recovery codes there are digests of 32 bytes, one after the other.

CREATE TABLE second_factors (
    agent_id BLOB NOT NULL PRIMARY KEY REFERENCES agents (id) ON DELETE CASCADE,
    sealed BLOB NOT NULL,
    confirmed_at INTEGER,
    last_step INTEGER NOT NULL,
    recovery BLOB NOT NULL
) STRICT, WITHOUT ROWID;
