//! Logs: for people on a terminal, as JSON elsewhere.

use std::io::{self, IsTerminal as _};

use domain::trace::TARGET;
use tracing::{level_filters::LevelFilter, subscriber::SetGlobalDefaultError};
use tracing_subscriber::{EnvFilter, Layer as _, filter::filter_fn, layer::SubscriberExt as _};

use crate::telemetry::Traces;

/// The crates that a bare level is about; of others only warnings are logged.
const OWN: &[&str] = &[
    "adapters_chat",
    "adapters_http",
    "adapters_mail",
    "adapters_postgres",
    "adapters_queue",
    "adapters_sqlite",
    "application",
    "domain",
    "frontdesk",
    "worker",
];

/// What others log. Of a lost connection the client of RabbitMQ says so itself, and `adapters_queue` what follows. The HTTP
/// server calls it an error when a client sends no HTTP; anybody could fill a log with that.
const OTHERS: &str = "warn,actix_http=off,lapin=off";

/// Whether a text is a level or a filter.
pub fn check(text: &str) -> Result<(), String> {
    let needed =
        || "error, warn, info, debug, trace or directives such as info,worker=debug are needed".to_owned();
    // A directive without a level would log everything of a target that is perhaps only a mistyped level.
    let has_level =
        |part: &str| part.rsplit('=').next().is_some_and(|level| level.parse::<LevelFilter>().is_ok());
    if !text.contains('[') && !text.split(',').all(has_level) {
        return Err(needed());
    }
    EnvFilter::builder().parse(directives(text)).map(drop).map_err(|_| needed())
}

/// Logs to the standard error stream from now on.
pub fn start(filter: &str) -> Result<(), SetGlobalDefaultError> {
    start_with(filter, None)
}

/// Logs, and keeps traces if they are wanted. Where they are not, their spans cost a comparison.
pub fn start_with(filter: &str, traces: Option<Traces>) -> Result<(), SetGlobalDefaultError> {
    let lines = tracing_subscriber::fmt::layer().with_writer(io::stderr);
    let layer = if io::stderr().is_terminal() {
        lines.with_target(false).boxed()
    } else {
        lines.json().flatten_event(true).with_span_list(false).boxed()
    };
    let filter = EnvFilter::builder().parse_lossy(directives(filter));
    let traces = traces.map(|traces| traces.with_filter(filter_fn(|metadata| metadata.target() == TARGET)));
    let subscriber = tracing_subscriber::registry().with(traces).with(layer.with_filter(filter));
    tracing::subscriber::set_global_default(subscriber)
}

fn directives(text: &str) -> String {
    match text.parse::<LevelFilter>() {
        Ok(level) => OWN.iter().fold(OTHERS.to_owned(), |all, own| format!("{all},{own}={level}")),
        Err(_) => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_is_about_our_own_crates() {
        let directives = directives("trace");
        assert!(directives.starts_with("warn,") && directives.contains(",worker=trace"), "{directives}");
    }

    #[test]
    fn levels_and_filters_are_told_from_nonsense() {
        for text in ["info", "TRACE", "off", "info,worker=debug", "warn,adapters_http[http.request]=trace"] {
            assert_eq!(check(text), Ok(()), "{text}");
        }
        for text in ["loud", "worker", "info,worker=loud", "info;debug"] {
            assert!(check(text).is_err(), "{text}");
        }
    }
}
