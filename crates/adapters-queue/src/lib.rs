//! The way from dispatchers to deliverers.
//!
//! May depend on `application` and `domain`. Each technology is a file of its own behind the one port
//! [`NotificationQueue`](application::ports::NotificationQueue), and passes the suite `queue_contract!` of
//! `port-contracts`.

mod in_process;

pub use in_process::InProcessQueue;
