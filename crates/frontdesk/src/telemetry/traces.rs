//! From spans to what OpenTelemetry calls spans.
//!
//! A trace crosses processes without being sent along: its ids follow from those of requests and notifications
//! ([`domain::trace`]), so each step can be exported by whoever made it.

use std::{fmt, str::FromStr, time::SystemTime};

use domain::{
    ids::{NotificationId, RequestId},
    trace::{Step, TracePoint},
};
use metrics::counter;
use opentelemetry::{
    InstrumentationScope, KeyValue,
    trace::{SpanContext, SpanId, SpanKind, Status, TraceFlags, TraceId, TraceState},
};
use opentelemetry_sdk::trace::{SpanData, SpanEvents, SpanLinks};
use tokio::sync::mpsc::Sender;
use tracing::{
    Subscriber,
    field::{Field, Visit},
    span::{Attributes, Id, Record},
};
use tracing_subscriber::{Layer, layer::Context, registry::LookupSpan};

/// Keeps what ended for the export. What there is no room for is dropped and counted: tracing delays nothing.
pub struct Traces(pub(super) Sender<SpanData>);

/// What a span says.
struct Said {
    began: SystemTime,
    request: Option<RequestId>,
    notification: Option<NotificationId>,
    attempt: u16,
    attributes: Vec<KeyValue>,
}

impl<S> Layer<S> for Traces
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let Some(span) = context.span(id) else { return };
        let mut said =
            Said { began: now(), request: None, notification: None, attempt: 0, attributes: Vec::new() };
        attributes.record(&mut said);
        span.extensions_mut().insert(said);
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        if let Some(span) = context.span(id)
            && let Some(said) = span.extensions_mut().get_mut::<Said>()
        {
            values.record(said);
        }
    }

    fn on_close(&self, id: Id, context: Context<'_, S>) {
        let Some(span) = context.span(&id) else { return };
        let Some(said) = span.extensions_mut().remove::<Said>() else { return };
        if let Some(ended) = said.end(span.name())
            && self.0.try_send(ended).is_err()
        {
            counter!("frontdesk_traces_dropped_total").increment(1);
        }
    }
}

impl Visit for Said {
    fn record_u64(&mut self, field: &Field, value: u64) {
        match field.name() {
            "attempt" => self.attempt = u16::try_from(value).unwrap_or(u16::MAX),
            name => self.attributes.push(KeyValue::new(name, i64::try_from(value).unwrap_or(i64::MAX))),
        }
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.attributes.push(KeyValue::new(field.name(), value.to_owned()));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        let text = format!("{value:?}");
        match field.name() {
            "request_id" => self.request = RequestId::from_str(&text).ok(),
            "notification_id" => self.notification = NotificationId::from_str(&text).ok(),
            _ => {}
        }
        self.attributes.push(KeyValue::new(field.name(), text));
    }
}

impl Said {
    /// None for a span that is no step of a trace.
    fn end(self, name: &'static str) -> Option<SpanData> {
        let step = Step::of_span(name, self.notification, self.attempt)?;
        let request = self.request?;
        let parent = step.parent().map(|parent| parent.point(request));
        Some(SpanData {
            span_context: context(step.point(request)),
            parent_span_id: parent.map_or(SpanId::INVALID, |point| SpanId::from(point.span_id)),
            parent_span_is_remote: true,
            span_kind: kind(step),
            name: name.into(),
            start_time: self.began,
            end_time: now(),
            status: self.status(),
            attributes: self.attributes,
            dropped_attributes_count: 0,
            events: SpanEvents::default(),
            links: SpanLinks::default(),
            instrumentation_scope: InstrumentationScope::builder("frontdesk").build(),
        })
    }

    /// An attempt that did not succeed, and a call that was not taken, are errors.
    fn status(&self) -> Status {
        let said = |name: &str| self.attributes.iter().find(|said| said.key.as_str() == name);
        let ending = said("outcome").or_else(|| said("result")).map(|said| said.value.to_string());
        match ending {
            Some(ending) if !matches!(ending.as_str(), "sent" | "ok" | "invalid") => Status::error(ending),
            _ => Status::Unset,
        }
    }
}

fn context(point: TracePoint) -> SpanContext {
    let (trace, span) = (TraceId::from(point.trace_id), SpanId::from(point.span_id));
    SpanContext::new(trace, span, TraceFlags::SAMPLED, false, TraceState::default())
}

const fn kind(step: Step) -> SpanKind {
    match step {
        Step::Call => SpanKind::Server,
        Step::HandOver(_) => SpanKind::Producer,
        Step::Attempt(..) => SpanKind::Consumer,
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "a trace has the time of its machine, as the logs beside it have"
)]
fn now() -> SystemTime {
    SystemTime::now()
}

#[cfg(test)]
mod tests {
    use domain::trace::TARGET;
    use tokio::sync::mpsc;
    use tracing::field::Empty;
    use tracing_subscriber::layer::SubscriberExt as _;
    use uuid::Uuid;

    use super::*;

    /// What is exported of what `work` does.
    fn exported(room: usize, work: impl FnOnce()) -> Vec<SpanData> {
        let (sender, mut receiver) = mpsc::channel(room);
        let subscriber = tracing_subscriber::registry().with(Traces(sender));
        tracing::subscriber::with_default(subscriber, work);
        std::iter::from_fn(|| receiver.try_recv().ok()).collect()
    }

    fn ids() -> (RequestId, NotificationId) {
        let id = |number: u128| Uuid::from_u128((0x7000 << 64) | (0x8000 << 48) | number);
        (RequestId::from_uuid(id(7)), NotificationId::from_uuid(id(42)))
    }

    #[test]
    fn call_hand_over_and_attempt_are_one_trace() {
        let (request_id, notification_id) = ids();
        let spans = exported(9, || {
            let call =
                tracing::info_span!(target: TARGET, "bot.call", %request_id, bot = "web", result = Empty);
            call.record("result", "ok");
            drop(call);
            drop(
                tracing::info_span!(target: TARGET, "notification.hand_over", %request_id, %notification_id),
            );
            let attempt = tracing::info_span!(
                target: TARGET, "notification.attempt", %request_id, %notification_id, attempt = 1_u16, outcome = Empty
            );
            attempt.record("outcome", "temporary");
        });
        let [call, hand_over, attempt] = &spans[..] else { panic!("three spans: {spans:?}") };
        let trace = TraceId::from(request_id.as_uuid().as_u128());
        assert!(spans.iter().all(|span| span.span_context.trace_id() == trace));
        assert_eq!(call.parent_span_id, SpanId::INVALID);
        assert_eq!(hand_over.parent_span_id, call.span_context.span_id());
        assert_eq!(attempt.parent_span_id, hand_over.span_context.span_id());
        assert_eq!((&call.status, &attempt.status), (&Status::Unset, &Status::error("temporary")));
        assert!(call.attributes.contains(&KeyValue::new("bot", "web")));
    }

    #[test]
    fn what_is_no_step_is_left_out_and_what_has_no_room_is_dropped() {
        let (request_id, _) = ids();
        let spans = exported(1, || {
            drop(tracing::info_span!(target: TARGET, "something.else", %request_id));
            drop(tracing::info_span!(target: TARGET, "bot.call", bot = "web"));
            drop(tracing::info_span!(target: TARGET, "bot.call", %request_id));
            drop(tracing::info_span!(target: TARGET, "bot.call", %request_id));
        });
        assert_eq!(spans.len(), 1);
    }
}
