-- Bots and channels that nobody uses any more: what they did names them still.
ALTER TABLE bots ADD COLUMN archived_at timestamptz;
ALTER TABLE channels ADD COLUMN archived_at timestamptz;
