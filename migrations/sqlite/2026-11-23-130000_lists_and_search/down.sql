DROP INDEX tickets_topic_idx;
DROP INDEX tickets_status_idx;
DROP TABLE ticket_texts;
DROP TABLE user_texts;
DROP TABLE ticket_search;
DROP TABLE user_search;
DROP TABLE search_notes;
