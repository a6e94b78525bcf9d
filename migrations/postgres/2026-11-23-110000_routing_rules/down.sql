DROP INDEX notifications_instead_of_key;
ALTER TABLE notifications DROP COLUMN instead_of;
ALTER TABLE channels DROP COLUMN quiet_hours;
ALTER TABLE channels DROP COLUMN fallback_id;
