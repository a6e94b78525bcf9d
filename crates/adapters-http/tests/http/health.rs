//! What machines ask.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    time::Duration,
};

use adapters_http::ReadinessLevel;
use serde_json::json;

use crate::desk::{DRAINING, Desk, Wishes};

#[test]
fn a_living_process_says_so_under_any_name() {
    let desk = Desk::open();
    desk.readiness.set(ReadinessLevel::Unavailable, &["starting"]);
    let response = desk.request("GET", "/health/live").host("10.1.2.3:8080").send();
    assert_eq!((response.status, response.json()), (200, json!({ "status": "live" })));
}

#[test]
fn only_a_process_that_cannot_do_its_job_is_not_ready() {
    let desk = Desk::open();
    for (level, reasons, status, text) in [
        (ReadinessLevel::Ready, &[][..], 200, "ready"),
        (ReadinessLevel::Degraded, &["no worker has a heartbeat"][..], 200, "degraded"),
        (ReadinessLevel::Unavailable, &["draining", "the database is away"][..], 503, "unavailable"),
    ] {
        desk.readiness.set(level, reasons);
        let response = desk.request("GET", "/health/ready").host("probe").send();
        assert_eq!(
            (response.status, response.json()),
            (status, json!({ "status": text, "reasons": reasons }))
        );
        assert_eq!(desk.request("HEAD", "/health/ready").send().status, status);
    }
}

#[test]
fn while_a_process_drains_its_answers_send_clients_elsewhere() {
    let desk = Desk::open();
    assert!(!closes_the_connection(&desk));
    desk.readiness.set(ReadinessLevel::Unavailable, &[DRAINING]);
    assert!(closes_the_connection(&desk));
}

/// Whether a client that would come again over the same connection is told not to.
fn closes_the_connection(desk: &Desk) -> bool {
    let mut stream = desk.connect().expect("the server listens");
    stream.set_read_timeout(Some(Duration::from_mins(1))).expect("a timeout");
    stream.write_all(b"GET /health/live HTTP/1.1\r\nhost: probe\r\n\r\n").expect("the server reads");
    let mut lines = BufReader::new(stream).lines().map(|line| line.expect("the server answers"));
    assert_eq!(lines.next().as_deref(), Some("HTTP/1.1 200 OK"));
    lines.take_while(|line| !line.is_empty()).any(|line| line.eq_ignore_ascii_case("connection: close"))
}

#[test]
fn metrics_are_text_under_any_name() {
    let desk = Desk::with(&Wishes { metrics: || "up 1\n".to_owned(), ..Wishes::default() });
    let response = desk.request("GET", "/metrics").host("prometheus").send();
    assert_eq!((response.status, response.text()), (200, "up 1\n"));
    assert_eq!(response.header("content-type"), Some("text/plain; version=0.0.4; charset=utf-8"));
}
