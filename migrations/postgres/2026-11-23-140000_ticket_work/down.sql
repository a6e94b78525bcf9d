DROP TABLE ticket_events;
DROP TABLE ticket_work;
