-- What is done in the chats of a topic's tickets: the Landbot fields that are given the reference and the status, and where
-- the flow goes on once the ticket is resolved (`BOT/BLOCK`).
ALTER TABLE topics ADD COLUMN reference_field text;
ALTER TABLE topics ADD COLUMN status_field text;
ALTER TABLE topics ADD COLUMN resume_at text;
