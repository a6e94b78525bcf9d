//! Signing in and out, and sessions that end in the middle of something.

use domain::{
    agent::Role,
    session::{SESSION_IDLE, SESSION_LIFETIME},
};

use super::browser::Browser;
use crate::desk::{Desk, PASSWORD};

const EMAIL: &str = "ana@example.com";

#[test]
fn who_signs_in_is_led_to_the_page_that_was_asked_for() {
    let desk = Desk::open();
    desk.add_agent(EMAIL, Role::Agent);
    let mut browser = Browser::of_nobody(&desk);
    let asked = browser.open("/admin/tickets?status=open");
    assert_eq!(asked.status, 401);
    assert!(asked.text().contains("value=\"/admin/tickets?status=open\""), "{}", asked.text());
    let to = ("to".to_owned(), "/admin/tickets?status=open".to_owned());
    let fields = [("email", EMAIL), ("password", PASSWORD)].map(|(name, value)| (name.into(), value.into()));
    let signed_in = browser.post("/admin/sign-in", &[&fields[..], &[to]].concat());
    assert_eq!(signed_in.header("location"), Some("/admin/tickets?status=open"));
    let cookie = signed_in.header("set-cookie").expect("a session").to_owned();
    for part in ["HttpOnly", "SameSite=Lax", "Path=/admin"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    browser.keep_session(&signed_in);
    assert!(browser.read("/admin/account").contains(EMAIL));
}

#[test]
fn a_wrong_password_and_an_unknown_address_are_answered_alike_and_rarely() {
    let desk = Desk::open();
    desk.add_agent(EMAIL, Role::Admin);
    let mut browser = Browser::of_nobody(&desk);
    let wrong = browser.sign_in(EMAIL, "a wrong password");
    let unknown = browser.sign_in("nobody@example.com", "a wrong password");
    assert_eq!((wrong.status, unknown.status), (401, 401));
    assert_eq!(wrong.text().replace(EMAIL, ""), unknown.text().replace("nobody@example.com", ""));
    let answers: Vec<_> = (0..99).map(|_| browser.sign_in(EMAIL, "a wrong password").status).collect();
    assert_eq!(answers[..4], [401; 4]);
    assert!(answers[4..].iter().all(|&status| status == 429), "{answers:?}");
    assert_eq!(browser.sign_in(EMAIL, PASSWORD).status, 429, "also the right one has to wait");
    desk.clock.advance(jiff::SignedDuration::from_mins(10));
    assert_eq!(browser.sign_in(EMAIL, PASSWORD).status, 303);
}

#[test]
fn a_session_ends_by_signing_out_by_idling_and_by_age() {
    let desk = Desk::open();
    let mut browser = Browser::of_agent(&desk);
    assert_eq!(browser.submit("/admin/account", "/admin/sign-out", &[]).status, 303);
    assert_eq!(browser.open("/admin/account").status, 401);
    browser.sign_in("agent@example.com", PASSWORD);
    desk.clock.advance(SESSION_IDLE);
    assert_eq!(browser.open("/admin/account").status, 401);
    browser.sign_in("agent@example.com", PASSWORD);
    let steps = SESSION_LIFETIME.as_hours() / 6;
    let statuses: Vec<_> = (0..steps)
        .map(|_| {
            desk.clock.advance(jiff::SignedDuration::from_hours(6));
            browser.open("/admin/account").status
        })
        .collect();
    let (last, others) = statuses.split_last().expect("some steps");
    assert!(others.iter().all(|&status| status == 200) && *last == 401, "{statuses:?}");
}

#[test]
fn what_was_typed_is_not_lost_when_the_session_has_ended() {
    let desk = Desk::open();
    desk.post("/bot/v1/tickets", r#"{"email":"bea@example.com","topic":"sales","description":"Seats"}"#)
        .send();
    let mut browser = Browser::of_agent(&desk);
    let (page, path) = ("/admin/tickets/T-000001", "/admin/tickets/T-000001/reply");
    let filled = browser.fill(page, path, &[("text", "Here \"they\" are")]);
    desk.clock.advance(SESSION_IDLE);
    let asked = browser.post(path, &filled);
    assert_eq!(asked.status, 401);
    let kept = Browser::fields_of(asked.text(), "/admin/sign-in");
    let own = [("email", "agent@example.com"), ("password", PASSWORD)];
    let own = own.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let resumed = browser.post("/admin/sign-in", &[&kept[..], &own].concat());
    browser.keep_session(&resumed);
    let mut again = Browser::fields_of(resumed.text(), path);
    assert!(resumed.text().contains("Here &#34;they&#34; are</textarea>"), "{}", resumed.text());
    again.push(("text".to_owned(), "Here \"they\" are".to_owned()));
    assert_eq!(browser.post(path, &again).header("location"), Some("/admin/tickets/T-000001?done=sent"));
}

#[test]
fn another_site_can_sign_nobody_in_and_lead_nobody_away() {
    let desk = Desk::open();
    desk.add_agent(EMAIL, Role::Agent);
    let browser = Browser::of_nobody(&desk);
    let fields = [("email", EMAIL), ("password", PASSWORD), ("to", "//elsewhere.example")];
    let fields = fields.map(|(name, value)| (name.to_owned(), value.to_owned()));
    assert_eq!(browser.post("/admin/sign-in", &fields).header("location"), Some("/admin"));
    let forged =
        browser.request("/admin/sign-in", &fields).header("Origin", "https://elsewhere.example").send();
    assert_eq!((forged.status, forged.header("set-cookie")), (403, None));
}

#[test]
fn browsers_say_where_forms_of_the_panel_come_from_and_tell_others_nothing() {
    let desk = Desk::open();
    for page in [Browser::of_nobody(&desk).open("/admin/sign-in"), Browser::of_viewer(&desk).open("/admin")] {
        assert_eq!(page.header("referrer-policy"), Some("same-origin"));
        assert_eq!(page.header("x-frame-options"), Some("DENY"));
        assert!(!page.header("content-security-policy").expect("a policy").contains("unsafe"));
    }
}
