//! Counters and durations of requests.

use std::{
    collections::HashMap,
    sync::{PoisonError, RwLock},
    time::Duration,
};

use actix_web::http::{Method, StatusCode};
use domain::{answer::Verdict, bot::Bot, ids::BotId};
use metrics::{Counter, Histogram, counter, histogram};

const REQUESTS: &str = "frontdesk_http_requests_total";
const DURATION: &str = "frontdesk_http_request_duration_seconds";
const CALLS: &str = "frontdesk_bot_calls_total";

/// The paths that have counters of their own; everything below a path that ends in a slash counts for it.
const ROUTES: &[&str] = &[
    "/bot/v1/users",
    "/bot/v1/tickets",
    "/bot/v1/topics",
    "/bot/v1/tickets/",
    "/bot/v1/messages/",
    "/bot/",
    "/health/live",
    "/health/ready",
    "/metrics",
    "/api/openapi.json",
    "/api/docs",
    "/api/v1/",
    "/admin/",
];

/// What requests are told apart by. There are few values of each, whatever clients send.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Kind {
    route: &'static str,
    method: &'static str,
}

impl Kind {
    pub(crate) fn of(method: &Method, path: &str) -> Self {
        Self { route: route(path), method: method_name(method) }
    }
}

fn route(path: &str) -> &'static str {
    let exact = path.strip_suffix('/').unwrap_or(path);
    let matches = |route: &str| if route.ends_with('/') { path.starts_with(route) } else { exact == route };
    ROUTES.iter().copied().find(|route| matches(route)).unwrap_or("other")
}

fn method_name(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::POST => "POST",
        Method::HEAD => "HEAD",
        _ => "other",
    }
}

struct Handles {
    requests: Counter,
    duration: Histogram,
}

/// Handles of metrics, looked up by small keys: registering formats labels, which is too slow for every
/// request.
#[derive(Default)]
pub(crate) struct Traffic {
    known: RwLock<HashMap<(Kind, StatusCode), Handles>>,
    calls: RwLock<HashMap<(Option<BotId>, Verdict), Counter>>,
}

impl Traffic {
    /// Counts an answered request.
    pub(crate) fn record(&self, kind: Kind, status: StatusCode, elapsed: Duration) {
        let key = (kind, status);
        {
            let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
            if let Some(handles) = known.get(&key) {
                return handles.record(elapsed);
            }
        }
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        known.entry(key).or_insert_with(|| Handles::register(kind, status)).record(elapsed);
    }

    /// Counts a call by its answer; without a bot if its key was unknown.
    pub(crate) fn record_call(&self, bot: Option<&Bot>, result: Verdict) {
        let key = (bot.map(|bot| bot.id), result);
        {
            let calls = self.calls.read().unwrap_or_else(PoisonError::into_inner);
            if let Some(counted) = calls.get(&key) {
                return counted.increment(1);
            }
        }
        let name = bot.map(|bot| bot.name.clone()).unwrap_or_default();
        let register = || counter!(CALLS, "bot" => name, "result" => result.as_str());
        let mut calls = self.calls.write().unwrap_or_else(PoisonError::into_inner);
        calls.entry(key).or_insert_with(register).increment(1);
    }
}

impl Handles {
    fn register(kind: Kind, status: StatusCode) -> Self {
        let Kind { route, method } = kind;
        let status = status.as_str().to_owned();
        Self {
            requests: counter!(REQUESTS, "route" => route, "method" => method, "status" => status),
            duration: histogram!(DURATION, "route" => route, "method" => method),
        }
    }

    fn record(&self, elapsed: Duration) {
        self.requests.increment(1);
        self.duration.record(elapsed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_count_for_few_routes() {
        for (path, expected) in [
            ("/bot/v1/users", "/bot/v1/users"),
            ("/bot/v1/users/", "/bot/v1/users"),
            ("/bot/v1/tickets/", "/bot/v1/tickets"),
            ("/bot/v1/tickets/T-000042", "/bot/v1/tickets/"),
            ("/bot/v1/messages/fdh_secret", "/bot/v1/messages/"),
            ("/bot/v1/unknown", "/bot/"),
            ("/admin/mail/0190", "/admin/"),
            ("/wp-login.php", "other"),
            ("/", "other"),
        ] {
            assert_eq!(Kind::of(&Method::GET, path).route, expected, "{path}");
        }
    }

    #[test]
    fn odd_methods_count_as_one() {
        let odd = Method::from_bytes(b"BREW").expect("a token");
        assert_eq!(Kind::of(&odd, "/"), Kind::of(&Method::DELETE, "/"));
    }
}
