//! What answers tell browsers.

use crate::desk::{Desk, Wishes};

const FOR_BROWSERS: [(&str, &str); 6] = [
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("permissions-policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
];

#[test]
fn every_answer_that_a_browser_may_show_says_what_must_not_be_done_with_it() {
    let desk = Desk::open();
    for target in ["/", "/api/docs", "/api/openapi.json", "/assets/page.css", "/api/v1/users", "/nothing"] {
        let answer = desk.request("GET", target).send();
        for (name, value) in FOR_BROWSERS {
            assert_eq!(answer.header(name), Some(value), "{target}");
        }
        let policy = answer.header("content-security-policy").expect(target);
        assert!(
            policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"),
            "{policy}"
        );
        assert!(!policy.contains("unsafe"), "{target}: {policy}");
    }
}

#[test]
fn answers_to_bots_and_machines_are_not_sniffed_and_not_kept() {
    let desk = Desk::open();
    for target in ["/bot/v1/topics", "/bot/v1/users?email=ana@example.com", "/health/live", "/metrics"] {
        let answer = desk.get(target).send();
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{target}");
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{target}");
    }
}

#[test]
fn browsers_are_told_to_encrypt_where_the_public_address_is_encrypted() {
    let secure = |is_https| {
        let desk = Desk::with(&Wishes { is_https, ..Wishes::default() });
        desk.request("GET", "/api/docs").send().header("strict-transport-security").map(str::to_owned)
    };
    assert_eq!(secure(true).as_deref(), Some("max-age=31536000"));
    assert_eq!(secure(false), None);
}
