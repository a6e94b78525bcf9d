ALTER TABLE topics DROP COLUMN resume_at;
ALTER TABLE topics DROP COLUMN status_field;
ALTER TABLE topics DROP COLUMN reference_field;
