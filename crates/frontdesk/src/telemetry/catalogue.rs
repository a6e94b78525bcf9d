//! Every metric: its name, what it is, what it tells. Whatever says something about metrics takes it from here; tests hold
//! the code and docs/operations.md against it.

/// What a metric is (<https://prometheus.io/docs/concepts/metric_types/>).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MetricKind {
    /// Goes up only.
    Counter,
    /// Goes up and down.
    Gauge,
    /// Counts in buckets.
    Histogram,
}

/// A metric.
#[derive(Debug)]
pub struct Metric {
    /// Its name.
    pub name: &'static str,
    /// What it is.
    pub kind: MetricKind,
    /// The names of its labels, separated by commas. Each has few values, whatever clients send.
    pub labels: &'static str,
    /// What it tells.
    pub help: &'static str,
}

const fn counter(name: &'static str, labels: &'static str, help: &'static str) -> Metric {
    Metric { name, kind: MetricKind::Counter, labels, help }
}

const fn gauge(name: &'static str, labels: &'static str, help: &'static str) -> Metric {
    Metric { name, kind: MetricKind::Gauge, labels, help }
}

const fn histogram(name: &'static str, labels: &'static str, help: &'static str) -> Metric {
    Metric { name, kind: MetricKind::Histogram, labels, help }
}

/// All metrics, in the order in which they are documented.
pub const METRICS: &[Metric] = &[
    counter(
        "frontdesk_bot_calls_total",
        "bot,result",
        "Calls of bots by their answer; no bot is an unknown key",
    ),
    counter(
        "frontdesk_intake_calls_total",
        "outcome",
        "Stored calls by outcome; `invalid` grows when a bot's recipe is broken",
    ),
    histogram("frontdesk_intake_batch_size", "", "Calls that share a commit; large ones mean a busy disk"),
    counter(
        "frontdesk_hook_messages_total",
        "outcome",
        "Messages that hooks delivered: new, known, echo, ignored (of bots), unclear",
    ),
    counter("frontdesk_http_requests_total", "route,method,status", "Requests"),
    histogram("frontdesk_http_request_duration_seconds", "route,method", "From a request to its answer"),
    histogram("frontdesk_delivery_lateness_seconds", "kind", "From due to accepted by the receiving side"),
    counter(
        "frontdesk_attempts_total",
        "kind,outcome",
        "Attempts to deliver; `temporary` and `unknown` grow when a receiving side is ill",
    ),
    counter("frontdesk_attempts_reclaimed_total", "", "Attempts whose worker died"),
    counter(
        "frontdesk_notifications_total",
        "kind,status",
        "Notifications that came to an end: sent, failed, unknown",
    ),
    gauge(
        "frontdesk_notifications_due",
        "kind",
        "Notifications that are due and not delivered, as every process sees them; up to 10,000 a channel",
    ),
    gauge(
        "frontdesk_notifications_late_seconds",
        "",
        "How late the oldest due notification is; pace, pause and quiet hours are not lateness",
    ),
    gauge(
        "frontdesk_notifications_undelivered",
        "status",
        "Notifications that failed or are unknown for good; up to 10,000 each",
    ),
    gauge("frontdesk_workers", "", "Workers with a heartbeat, as every process sees them"),
    counter("frontdesk_worker_heartbeats_total", "", "Heartbeats of this process's worker"),
    gauge("frontdesk_watchdog_alarm", "alarm", "1 while the alarm lasts: late, no_worker, database_away"),
    gauge(
        "frontdesk_watchdog_look_timestamp_seconds",
        "",
        "When the watchdog last saw the database, in Unix time",
    ),
    gauge(
        "frontdesk_queue_depth",
        "kind",
        "Notifications handed over to this process that wait for their time or for room",
    ),
    histogram("frontdesk_queue_confirm_seconds", "", "From handing a batch to RabbitMQ to its last confirm"),
    counter("frontdesk_queue_connections_total", "", "Connections made to RabbitMQ; reconnects are one less"),
    counter("frontdesk_queue_unreadable_total", "kind", "Messages in RabbitMQ that were not ours"),
    counter("frontdesk_job_runs_total", "job,outcome", "Periodic jobs; `alarm` and `failed` are in the log"),
    gauge(
        "frontdesk_job_last_run_timestamp_seconds",
        "job",
        "When a job last ended, in Unix time, the same in every worker",
    ),
    gauge(
        "frontdesk_ledger_balanced",
        "",
        "1 while what calls made is what there is; 0 names what is missing in the log",
    ),
    counter("frontdesk_database_statements_total", "", "Calls of the storage, each of a statement or a few"),
    gauge("frontdesk_database_connections", "state", "Connections to PostgreSQL of this process: used, idle"),
    gauge(
        "frontdesk_database_connections_max",
        "",
        "As many connections to PostgreSQL this process may have",
    ),
    gauge("frontdesk_database_waiting", "", "Who waits for a connection to PostgreSQL"),
    gauge(
        "frontdesk_database_clock_ahead_seconds",
        "",
        "How far PostgreSQL's clock is ahead of this machine's",
    ),
    counter(
        "frontdesk_traces_dropped_total",
        "",
        "Steps of traces that were not exported: the collector is away or slow",
    ),
    gauge("frontdesk_build_info", "version", "1, and the version of this process"),
];

/// Tells the recorder what each metric means, and begins to count what has no labels: a counter that is not there looks
/// like a process that is not.
pub fn describe() {
    for metric in METRICS {
        match metric.kind {
            MetricKind::Counter => metrics::describe_counter!(metric.name, metric.help),
            MetricKind::Gauge => metrics::describe_gauge!(metric.name, metric.help),
            MetricKind::Histogram => metrics::describe_histogram!(metric.name, metric.help),
        }
        if metric.kind == MetricKind::Counter && metric.labels.is_empty() {
            metrics::counter!(metric.name).increment(0);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, fs, path::Path};

    use super::*;

    const CRATES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

    /// As it stands in the table of docs/operations.md.
    fn row(metric: &Metric) -> String {
        let Metric { name, labels, help, .. } = metric;
        let labels = if labels.is_empty() { String::new() } else { format!("{{{labels}}}") };
        format!("| `{name}{labels}` | {help} |")
    }

    #[test]
    fn the_documented_metrics_are_exactly_these() {
        let text = include_str!("../../../../docs/operations.md");
        let documented: Vec<_> = text.lines().filter(|line| line.starts_with("| `frontdesk_")).collect();
        let rows: Vec<_> = METRICS.iter().map(row).collect();
        assert_eq!(documented, rows, "docs/operations.md is to have:\n{}\n", rows.join("\n"));
    }

    #[test]
    fn the_metrics_in_the_code_are_exactly_these() {
        let mut found = BTreeSet::new();
        for member in fs::read_dir(CRATES).expect("the crates").flatten() {
            if member.file_name() != "bench" {
                gather(&member.path().join("src"), &mut found);
            }
        }
        let known: BTreeSet<_> = METRICS.iter().map(|metric| metric.name.to_owned()).collect();
        assert_eq!(found, known);
    }

    /// The names in the sources below a folder, but for the catalogue itself.
    fn gather(folder: &Path, found: &mut BTreeSet<String>) {
        for entry in fs::read_dir(folder).expect("a folder").flatten().map(|entry| entry.path()) {
            if entry.is_dir() {
                gather(&entry, found);
            } else if !entry.ends_with("catalogue.rs") {
                let text = fs::read_to_string(&entry).unwrap_or_default();
                let words = text.split('"').filter(|word| word.starts_with("frontdesk_"));
                found.extend(words.filter(|word| !word.contains(['=', ' ', '{', '\n'])).map(str::to_owned));
            }
        }
    }

    #[test]
    fn names_keep_the_conventions() {
        for Metric { name, kind, .. } in METRICS {
            assert_eq!(name.ends_with("_total"), *kind == MetricKind::Counter, "{name}");
            assert!(name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'), "{name}");
        }
    }
}
