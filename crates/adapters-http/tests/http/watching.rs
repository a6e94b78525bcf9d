//! What operators see: metrics and logs.

use std::{
    io,
    sync::{Arc, LazyLock, Mutex},
};

use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use tracing_subscriber::{EnvFilter, fmt::MakeWriter};

use crate::desk::{Desk, Wishes};

static METRICS: LazyLock<PrometheusHandle> =
    LazyLock::new(|| PrometheusBuilder::new().install_recorder().expect("the only recorder"));

#[test]
fn requests_are_counted_and_timed_by_route_method_and_status() {
    LazyLock::force(&METRICS);
    let desk = Desk::with(&Wishes { metrics: || METRICS.render(), ..Wishes::default() });
    let call = || desk.request("PATCH", "/bot/v1/topics/").send().status;
    assert_eq!([call(), call()], [405, 405]);
    let response = desk.request("GET", "/metrics").send();
    let counted = r#"frontdesk_http_requests_total{route="/bot/v1/topics",method="other",status="405"} 2"#;
    let timed = r#"frontdesk_http_request_duration_seconds_count{route="/bot/v1/topics",method="other"} 2"#;
    for line in [counted, timed] {
        assert!(response.text().lines().any(|own| own == line), "{line} in {}", response.text());
    }
}

#[test]
fn calls_are_counted_by_bot_and_answer() {
    LazyLock::force(&METRICS);
    let desk = Desk::with(&Wishes { metrics: || METRICS.render(), ..Wishes::default() });
    desk.post("/bot/v1/users", r#"{"email": "ana@example.com"}"#).send();
    desk.post("/bot/v1/users", "{}").send();
    desk.request("POST", "/bot/v1/users").bearer("fd_wrong").send();
    let metrics = desk.request("GET", "/metrics").send();
    for labels in [r#"bot="web",result="ok""#, r#"bot="web",result="invalid""#, r#"bot="",result="denied""#] {
        let counted = format!("frontdesk_bot_calls_total{{{labels}}}");
        assert!(
            metrics.text().lines().any(|line| line.starts_with(&counted)),
            "{counted} in {}",
            metrics.text()
        );
    }
}

/// Everything that was logged by this process.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("not poisoned").write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

impl Log {
    fn begin() -> Self {
        let log = Self::default();
        let filter = EnvFilter::new("off,adapters_http=trace,application=trace");
        tracing_subscriber::fmt().with_env_filter(filter).with_ansi(false).with_writer(log.clone()).init();
        log
    }

    /// The one line about a request.
    fn line(&self, request_id: &str) -> String {
        let text = String::from_utf8(self.0.lock().expect("not poisoned").clone()).expect("text");
        let lines: Vec<_> = text.lines().filter(|line| line.contains(request_id)).collect();
        assert_eq!(lines.len(), 1, "{request_id} in {text}");
        lines[0].to_owned()
    }
}

#[test]
fn every_call_is_one_line_that_names_the_bot_and_nobody_else() {
    let log = Log::begin();
    let desk = Desk::with(&Wishes { rate_limit: 1, ..Wishes::default() });
    let person = r#"{"name": "Ana", "email": "ana@example.com", "phone": "+34600111222"}"#;
    let lookup = "/bot/v1/users?email=ana@example.com";
    for (request, level, words) in [
        (desk.post("/bot/v1/users", person), "DEBUG", "bot=\"web\" sentence=registered"),
        (desk.post("/bot/v1/users", "{ana@example.com"), " INFO", "result=invalid sentence=body_unreadable"),
        (desk.post("/bot/v1/users", "ana@".repeat(20_000)), " INFO", "bot=\"web\" status=413"),
        (desk.get(lookup), "DEBUG", "sentence=user_known"),
        (desk.get(lookup), " INFO", "bot=\"web\" status=429"),
        (desk.request("GET", lookup).bearer("fd_wrong"), " INFO", "status=401"),
    ] {
        let response = request.send();
        let line = log.line(response.header("x-request-id").expect("an id"));
        assert!(line.contains(level) && line.contains(words), "{line}");
        for secret in ["ana@", "Ana", "600111222", "fd_"] {
            assert!(!line.contains(secret), "{line}");
        }
    }
    desk.storage.go_away();
    let failed = desk.request("GET", lookup).bearer("fd_unseen").send();
    let line = log.line(failed.header("x-request-id").expect("an id"));
    assert!(line.contains("ERROR") && line.contains("the database is not available"), "{line}");
}
