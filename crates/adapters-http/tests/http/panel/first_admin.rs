//! The link that makes the first admin.

use application::staff::FIRST_ADMIN_LINK_LIFETIME;
use domain::agent::Role;

use super::browser::Browser;
use crate::{
    client::Response,
    desk::{Desk, PASSWORD},
};

const EMAIL: &str = "ana@example.com";

fn send(browser: &Browser<'_>, path: &str, password: &str, again: &str) -> Response {
    let fields = [("email", EMAIL), ("password", password), ("again", again)];
    browser.post(path, &fields.map(|(name, value)| (name.to_owned(), value.to_owned())))
}

#[test]
fn who_has_the_link_becomes_the_first_admin_and_is_signed_in() {
    let desk = Desk::open();
    let path = desk.first_admin_path();
    let mut browser = Browser::of_nobody(&desk);
    assert!(browser.read(&path).contains(&format!("action=\"{path}\"")));
    let made = send(&browser, &path, PASSWORD, PASSWORD);
    assert_eq!((made.status, made.header("location")), (303, Some("/admin")));
    browser.keep_session(&made);
    assert!(browser.read("/admin/agents").contains(EMAIL), "only admins see who works here");
    assert_eq!(Browser::of_nobody(&desk).open(&path).status, 404, "it worked once");
    assert_eq!(send(&Browser::of_nobody(&desk), &path, PASSWORD, PASSWORD).status, 404);
}

#[test]
fn what_is_mistyped_is_said_and_uses_the_link_up_by_nothing() {
    let desk = Desk::open();
    let path = desk.first_admin_path();
    let browser = Browser::of_nobody(&desk);
    for (password, again, problem) in [
        (PASSWORD, "another password", "The two passwords differ."),
        ("short", "short", "A password needs 12 to 256 characters."),
    ] {
        let refused = send(&browser, &path, password, again);
        assert_eq!(refused.status, 422);
        assert!(refused.text().contains(problem) && refused.text().contains(EMAIL), "{}", refused.text());
        assert!(!refused.text().contains(password), "passwords are not shown again");
    }
    assert_eq!(send(&browser, &path, PASSWORD, PASSWORD).status, 303);
}

#[test]
fn the_link_ends_and_is_nothing_once_there_is_staff() {
    let desk = Desk::open();
    let path = desk.first_admin_path();
    let browser = Browser::of_nobody(&desk);
    desk.clock.advance(FIRST_ADMIN_LINK_LIFETIME);
    assert_eq!(browser.open(&path).status, 404);
    let path = desk.first_admin_path();
    desk.add_agent("bea@example.com", Role::Viewer);
    assert_eq!(send(&browser, &path, PASSWORD, PASSWORD).status, 404);
}

#[test]
fn nobody_guesses_the_link_for_long_and_no_other_site_uses_it() {
    let desk = Desk::open();
    let path = desk.first_admin_path();
    let browser = Browser::of_nobody(&desk);
    let forged = browser.request(&path, &[]).header("Origin", "https://elsewhere.example").send();
    assert_eq!(forged.status, 403);
    let answers: Vec<_> = (0..11).map(|_| browser.open("/admin/first/fda_guess")).collect();
    assert!(answers[..10].iter().all(|answer| answer.status == 404));
    assert_eq!(answers[10].status, 429);
    assert!(answers[10].header("retry-after").is_some());
}
