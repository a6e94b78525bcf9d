//! The notification queue: in process.
