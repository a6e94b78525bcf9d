ALTER TABLE channels DROP COLUMN archived_at;
ALTER TABLE bots DROP COLUMN archived_at;
