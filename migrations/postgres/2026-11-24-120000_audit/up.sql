-- Who changed what. Members of staff are never deleted, and entries name them even if they were: no key leads there.
-- What something was like before and after is JSON. Some thousand entries a year are looked through by their key.

CREATE TABLE audit_entries (
    id uuid NOT NULL PRIMARY KEY,
    at timestamptz NOT NULL,
    agent_id uuid,
    via text NOT NULL,
    action text NOT NULL,
    object text NOT NULL,
    before text NOT NULL,
    after text NOT NULL,
    reverts uuid
);
