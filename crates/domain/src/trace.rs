//! One trace from a bot's call to the attempts that follow from it. Nobody stores it or sends it along: every id in it
//! follows from ids that are there.
//!
//! A trace has the id of the request that began it, which is 128 bits like a trace id
//! (W3C Trace Context, <https://www.w3.org/TR/trace-context/>).

use std::fmt;

use crate::{
    dispatch::Claimed,
    ids::{NotificationId, RequestId},
};

/// The target of the spans that make a trace; their fields are `request_id`, `notification_id` and `attempt`, and what else
/// is worth knowing.
pub const TARGET: &str = "trace";

/// A place in a trace: whoever goes on from there names it as the parent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TracePoint {
    /// Of the whole trace.
    pub trace_id: u128,
    /// Of the step; never zero.
    pub span_id: u64,
}

/// A step of a trace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// The call of a bot.
    Call,
    /// A notification is handed over to a worker.
    HandOver(NotificationId),
    /// An attempt to deliver it, by its number.
    Attempt(NotificationId, u16),
}

impl Step {
    /// The step that a span of this name is about.
    pub fn of_span(name: &str, notification: Option<NotificationId>, attempt: u16) -> Option<Self> {
        match (name, notification) {
            ("bot.call", _) => Some(Self::Call),
            ("notification.hand_over", Some(id)) => Some(Self::HandOver(id)),
            ("notification.attempt", Some(id)) => Some(Self::Attempt(id, attempt)),
            _ => None,
        }
    }

    /// Where the step is in the trace of `request`.
    pub fn point(self, request: RequestId) -> TracePoint {
        // The last 64 bits of a UUIDv7 are random but for the variant, which keeps them from being zero.
        let random = |id: uuid::Uuid| id.as_u64_pair().1;
        let span_id = match self {
            Self::Call => random(request.as_uuid()),
            Self::HandOver(id) => random(id.as_uuid()),
            Self::Attempt(id, number) => random(id.as_uuid()).rotate_left(16) ^ u64::from(number),
        };
        TracePoint { trace_id: request.as_uuid().as_u128(), span_id: span_id.max(1) }
    }

    /// The step that it follows from.
    pub const fn parent(self) -> Option<Self> {
        match self {
            Self::Call => None,
            Self::HandOver(_) => Some(Self::Call),
            Self::Attempt(id, _) => Some(Self::HandOver(id)),
        }
    }
}

impl fmt::Display for TracePoint {
    /// As a `traceparent` has it, sampled.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "00-{:032x}-{:016x}-01", self.trace_id, self.span_id)
    }
}

impl Claimed {
    /// Where the trace goes on when it is received.
    pub fn trace_parent(&self) -> TracePoint {
        Step::HandOver(self.id).point(self.request_id)
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    const REQUEST: RequestId =
        RequestId::from_uuid(Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0007));
    const NOTIFICATION: NotificationId =
        NotificationId::from_uuid(Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_002a));

    #[test]
    fn every_step_is_in_the_trace_of_the_call() {
        let steps = [Step::Call, Step::HandOver(NOTIFICATION), Step::Attempt(NOTIFICATION, 1)];
        let points = steps.map(|step| step.point(REQUEST));
        assert!(points.iter().all(|point| point.trace_id == REQUEST.as_uuid().as_u128()));
        assert_eq!(points[0].to_string(), "00-01900000000070008000000000000007-8000000000000007-01");
        assert_eq!(points[1].to_string(), "00-01900000000070008000000000000007-800000000000002a-01");
        assert_eq!(steps.map(Step::parent), [None, Some(steps[0]), Some(steps[1])]);
    }

    #[test]
    fn steps_are_told_apart() {
        let attempts = (1..100).map(|number| Step::Attempt(NOTIFICATION, number));
        let others = [Step::Call, Step::HandOver(NOTIFICATION)];
        let ids: std::collections::BTreeSet<_> =
            attempts.chain(others).map(|step| step.point(REQUEST).span_id).collect();
        assert_eq!((ids.len(), ids.contains(&0)), (101, false));
    }
}
