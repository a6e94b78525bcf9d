-- What UTC days (since the Unix epoch) brought: a job counts it, so that the dashboard counts nothing.
CREATE TABLE daily_figures (
    day date NOT NULL PRIMARY KEY,
    counted_at timestamptz NOT NULL,
    figures text NOT NULL
);
