//! What deploy/observability says about the program: metrics that there are, and alerts with a runbook.

use std::collections::BTreeSet;

const ALERTS: &str = include_str!("../../../deploy/observability/alerts.yml");
const DASHBOARD: &str = include_str!("../../../deploy/observability/grafana/dashboards/frontdesk.json");
const OPERATIONS: &str = include_str!("../../../docs/operations.md");

/// What Prometheus makes of a histogram.
const OF_HISTOGRAMS: [&str; 3] = ["_bucket", "_count", "_sum"];

/// The names of metrics in a text, histograms by their own name.
fn metrics(text: &str) -> BTreeSet<&str> {
    let words = text.split(|c: char| !(c.is_ascii_lowercase() || c == '_'));
    let names = words.filter(|word| word.starts_with("frontdesk_"));
    names.map(|name| OF_HISTOGRAMS.iter().find_map(|end| name.strip_suffix(end)).unwrap_or(name)).collect()
}

/// The metrics that are documented; a test of the program holds them against those that there are.
fn documented() -> BTreeSet<&'static str> {
    let rows = OPERATIONS.lines().filter_map(|line| line.strip_prefix("| `"));
    rows.flat_map(metrics).collect()
}

/// The values of a key in the alert rules.
fn values(key: &str) -> Vec<&'static str> {
    ALERTS.lines().filter_map(|line| line.trim().strip_prefix(key)).map(str::trim).collect()
}

#[test]
fn alerts_and_dashboard_name_metrics_that_there_are() {
    let documented = documented();
    for (file, text) in [("alerts.yml", ALERTS), ("frontdesk.json", DASHBOARD)] {
        let named = metrics(text);
        assert!(named.len() > 5, "{named:?}");
        let unknown: Vec<_> = named.difference(&documented).collect();
        assert!(unknown.is_empty(), "{file} names {unknown:?}");
    }
}

#[test]
fn every_metric_is_on_the_dashboard_or_in_an_alert() {
    let shown: BTreeSet<_> = metrics(ALERTS).union(&metrics(DASHBOARD)).copied().collect();
    let missing: Vec<_> = documented().difference(&shown).copied().collect();
    // These are for looking closer, once an alert has said that something is wrong.
    assert_eq!(
        missing,
        [
            "frontdesk_queue_unreadable_total",
            "frontdesk_traces_dropped_total",
            "frontdesk_watchdog_look_timestamp_seconds"
        ]
    );
}

#[test]
fn every_alert_leads_to_its_runbook_and_every_runbook_has_an_alert() {
    let alerts = values("- alert:");
    let runbooks: Vec<_> = OPERATIONS.lines().filter_map(|line| line.strip_prefix("### Frontdesk")).collect();
    let named: Vec<_> = alerts.iter().filter_map(|alert| alert.strip_prefix("Frontdesk")).collect();
    assert_eq!(named, runbooks);
    let anchors: Vec<_> =
        alerts.iter().map(|name| format!("docs/operations.md#{}", name.to_lowercase())).collect();
    assert_eq!(values("runbook_url:"), anchors);
    for key in ["expr:", "for:", "severity:", "summary:", "description:"] {
        assert_eq!(values(key).len(), alerts.len(), "{key}");
    }
}

#[test]
fn the_dashboard_is_json_whose_panels_ask_the_provisioned_source() {
    let dashboard: serde_json::Value = serde_json::from_str(DASHBOARD).expect("JSON");
    let panels = dashboard["panels"].as_array().expect("panels");
    let asking: Vec<_> = panels.iter().filter(|panel| panel["type"] != "row").collect();
    assert!(asking.len() > 15);
    assert!(asking.iter().all(|panel| panel["datasource"]["uid"] == "prometheus"));
    let source =
        include_str!("../../../deploy/observability/grafana/provisioning/datasources/prometheus.yml");
    assert!(source.contains("uid: prometheus"));
}
