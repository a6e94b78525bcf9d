//! Mail: SMTP through lettre, capture in the database, templates.

pub mod smtp;
