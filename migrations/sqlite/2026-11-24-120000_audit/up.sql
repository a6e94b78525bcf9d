-- Who changed what. Members of staff are never deleted, and entries name them even if they were: no key leads there.
-- What something was like before and after is JSON. Some thousand entries a year are looked through by their key.

CREATE TABLE audit_entries (
    id BLOB NOT NULL PRIMARY KEY,
    at INTEGER NOT NULL,
    agent_id BLOB,
    via TEXT NOT NULL,
    action TEXT NOT NULL,
    object TEXT NOT NULL,
    before TEXT NOT NULL,
    after TEXT NOT NULL,
    reverts BLOB
) STRICT, WITHOUT ROWID;
