//! What is to be reached, which depends on what the server stands on.

use crate::figure::Bar;

/// The bars that differ; where there is none, nothing was promised.
#[derive(Debug)]
pub(crate) struct Bars {
    /// Calls a second for users, at 64 connections.
    pub(super) calls: Option<Bar>,
    /// Milliseconds of the 99th percentile at 16 connections.
    pub(super) p99: Option<Bar>,
    /// Resident MB under load.
    pub(super) peak: Option<Bar>,
    /// Notifications a second, from rows to the mail server.
    pub(super) delivered: Option<Bar>,
    /// Milliseconds of the 99th percentile from due time to acceptance.
    pub(super) lateness: Option<Bar>,
    /// Milliseconds of the 95th percentile from a call to its notification, in an idle system.
    pub(super) doorbell: Option<Bar>,
    /// Resident MB of a server with nothing to do.
    pub(super) resident: Option<Bar>,
    /// Per cent of a core of such a server.
    pub(super) idle_processor: Option<Bar>,
    /// Database statements a second of such a server.
    pub(super) idle_statements: Option<Bar>,
}

/// With the embedded database.
pub(super) const EMBEDDED: Bars = Bars {
    calls: Some(Bar::AtLeast(10_000.0)),
    p99: Some(Bar::AtMost(10.0)),
    peak: Some(Bar::AtMost(80.0)),
    delivered: Some(Bar::AtLeast(4_500.0)),
    lateness: Some(Bar::AtMost(15.0)),
    doorbell: None,
    resident: Some(Bar::AtMost(30.0)),
    idle_processor: Some(Bar::AtMost(1.0)),
    idle_statements: Some(Bar::AtMost(6.0)),
};

/// With PostgreSQL, where calls are held against pgbench in the same run, and RabbitMQ.
pub(super) const REPLICATED: Bars = Bars {
    calls: None,
    p99: Some(Bar::AtMost(12.0)),
    peak: None,
    delivered: Some(Bar::AtLeast(3_000.0)),
    lateness: Some(Bar::AtMost(25.0)),
    doorbell: Some(Bar::AtMost(50.0)),
    resident: Some(Bar::AtMost(40.0)),
    idle_processor: None,
    idle_statements: None,
};

/// How many times pgbench's calls a second are to be reached at this number of connections.
pub(super) const fn against_pgbench(connections: usize) -> Option<Bar> {
    match connections {
        16 => Some(Bar::AtLeast(1.0)),
        64 => Some(Bar::AtLeast(1.3)),
        _ => None,
    }
}
