-- What members of staff do about tickets.

-- A ticket that nobody worked on has no row here, so that taking calls writes nothing more.
CREATE TABLE ticket_work (
    ticket_id uuid NOT NULL PRIMARY KEY REFERENCES tickets (id) ON DELETE CASCADE,
    assignee_id uuid REFERENCES agents (id) ON DELETE SET NULL,
    priority text NOT NULL,
    version bigint NOT NULL
);
CREATE INDEX ticket_work_assignee_id_idx ON ticket_work (assignee_id, ticket_id) WHERE assignee_id IS NOT NULL;

-- What was changed, and private notes.
CREATE TABLE ticket_events (
    id uuid NOT NULL PRIMARY KEY,
    ticket_id uuid NOT NULL REFERENCES tickets (id) ON DELETE CASCADE,
    agent_id uuid REFERENCES agents (id) ON DELETE SET NULL,
    kind text NOT NULL,
    before text,
    after text,
    at timestamptz NOT NULL
);
CREATE INDEX ticket_events_ticket_id_idx ON ticket_events (ticket_id, id);
CREATE INDEX ticket_events_agent_id_idx ON ticket_events (agent_id) WHERE agent_id IS NOT NULL;
