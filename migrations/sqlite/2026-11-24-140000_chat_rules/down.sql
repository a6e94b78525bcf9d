ALTER TABLE topics DROP COLUMN chat_resume_at;
ALTER TABLE topics DROP COLUMN chat_status_field;
ALTER TABLE topics DROP COLUMN chat_reference_field;
