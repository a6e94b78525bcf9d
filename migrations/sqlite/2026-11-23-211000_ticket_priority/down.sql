DROP INDEX ticket_work_priority_idx;
