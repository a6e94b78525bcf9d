//! Embedded storage: SQLite through diesel and diesel-async.
