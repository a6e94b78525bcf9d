-- Tickets that matter more or less than most do.
CREATE INDEX ticket_work_priority_idx ON ticket_work (priority, ticket_id) WHERE priority <> 'normal';
