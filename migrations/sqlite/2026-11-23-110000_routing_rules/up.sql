-- What is told over another channel, and when nothing is told at all.

-- The channel that is told instead when a notification over this one has failed for good. One that
-- is gone is none.
ALTER TABLE channels ADD COLUMN fallback_id BLOB;
-- In which hours of the week nothing is sent, in the notation of `domain::quiet_hours`.
ALTER TABLE channels ADD COLUMN quiet_hours TEXT;

-- The notification that failed for good, in whose place this one was planned: at most one. Nearly all rows have none, and
-- are in no such index; it is written once, so that it makes no later write slower.
ALTER TABLE notifications ADD COLUMN instead_of BLOB;
CREATE UNIQUE INDEX notifications_instead_of_key ON notifications (instead_of) WHERE instead_of IS NOT NULL;
