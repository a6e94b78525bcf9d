//! What our things in the broker are called.

use domain::channel::ChannelKind;
use lapin::types::ShortString;

/// Names that begin with one prefix.
#[derive(Debug, Clone)]
pub(super) struct Names {
    prefix: String,
}

impl Names {
    pub(super) fn new(prefix: &str) -> Self {
        Self { prefix: prefix.to_owned() }
    }

    /// The topic exchange to which notifications are published, with their kind as the routing key.
    pub(super) fn notifications(&self) -> ShortString {
        self.named("notifications")
    }

    /// The queue of one kind.
    pub(super) fn queue(&self, kind: ChannelKind) -> ShortString {
        self.named(kind.as_str())
    }

    /// The exchange and the queue of what is not ours.
    pub(super) fn dead_letters(&self) -> ShortString {
        self.named("dead-letters")
    }

    /// The exchange that rings every dispatcher.
    pub(super) fn bell(&self) -> ShortString {
        self.named("bell")
    }

    fn named(&self, what: &str) -> ShortString {
        format!("{}.{what}", self.prefix).into()
    }
}
