-- What UTC days (since the Unix epoch) brought, as JSON: a job counts it, so that the dashboard counts nothing.
CREATE TABLE daily_figures (
    day INTEGER NOT NULL PRIMARY KEY,
    counted_at INTEGER NOT NULL,
    figures TEXT NOT NULL
) STRICT;
