//! Whoever guesses tokens.

use jiff::SignedDuration;

use crate::{
    api::refused,
    client::Response,
    desk::{Desk, Wishes},
};

fn ask(desk: &Desk, path: &str, token: &str, from: &str) -> Response {
    desk.request("GET", path).bearer(token).header("X-Forwarded-For", from).send()
}

fn sign_in(desk: &Desk, email: &str) -> Response {
    let form = format!("email={email}&password=a+guess+of+mine");
    desk.request("POST", "/admin/sign-in").body(form).send()
}

/// Guesses until nobody listens any more.
fn guess(desk: &Desk, path: &str, from: &str) -> Response {
    let mut answers = (0..100).map(|_| ask(desk, path, "fds_guess", from));
    answers.find(|answer| answer.status != 401).expect("guessing ends")
}

#[test]
fn who_guesses_tokens_is_not_listened_to_for_a_while() {
    let desk = Desk::open();
    let token = desk.tokens()[0].clone();
    let answer = guess(&desk, "/api/v1/topics", "");
    refused(&answer, 429);
    assert_eq!(answer.header("retry-after"), Some("7"));
    assert_eq!(ask(&desk, "/api/v1/topics", &token, "").status, 429, "the right one might be a guess");
    assert_eq!(sign_in(&desk, "agent@example.com").status, 429, "passwords count the same");
    assert_eq!(desk.get("/bot/v1/topics").send().status, 200, "bots share few addresses");
    desk.clock.advance(SignedDuration::from_secs(7));
    assert_eq!(ask(&desk, "/api/v1/topics", &token, "").status, 200);
}

#[test]
fn wrong_passwords_of_many_people_count_together() {
    let desk = Desk::open();
    let mut answers = (0..100).map(|n| sign_in(&desk, &format!("agent{n}@example.com")));
    let answer = answers.find(|answer| answer.status != 401).expect("guessing ends");
    assert_eq!((answer.status, answer.header("retry-after")), (429, Some("7")));
    assert!(answer.text().contains("Too many tries failed"));
}

#[test]
fn right_tokens_and_missing_ones_are_not_counted() {
    let desk = Desk::open();
    let token = desk.tokens()[0].clone();
    for _ in 0..30 {
        assert_eq!(ask(&desk, "/api/v1/topics", &token, "").status, 200);
        assert_eq!(desk.request("GET", "/api/v1/topics").send().status, 401);
        assert_eq!(ask(&desk, "/api/v1/bots/x/rotate", &token, "").status, 405);
    }
}

#[test]
fn behind_a_trusted_proxy_each_client_is_counted_by_itself() {
    let trusted_proxies = vec!["127.0.0.0/8".parse().expect("a network")];
    let desk = Desk::with(&Wishes { trusted_proxies, ..Wishes::default() });
    let token = desk.tokens()[0].clone();
    guess(&desk, "/api/v1/topics", "203.0.113.9");
    let status = |from| ask(&desk, "/api/v1/topics", &token, from).status;
    assert_eq!(status("203.0.113.9"), 429);
    assert_eq!(status("203.0.113.9:4711"), 429);
    assert_eq!(status("198.51.100.7, 203.0.113.9, 127.0.0.2"), 429, "what a client wrote is not believed");
    assert_eq!(status("203.0.113.9, 198.51.100.7"), 200);
}

#[test]
fn without_a_trusted_proxy_nobody_chooses_an_address() {
    let desk = Desk::open();
    guess(&desk, "/api/v1/topics", "203.0.113.9");
    let token = desk.tokens()[0].clone();
    assert_eq!(ask(&desk, "/api/v1/topics", &token, "198.51.100.7").status, 429);
}
