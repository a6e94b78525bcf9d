//! How the day goes.

use super::browser::Browser;
use crate::desk::Desk;

#[test]
fn the_dashboard_shows_what_calls_made_and_that_it_is_there() {
    let desk = Desk::open();
    desk.post("/bot/v1/tickets", r#"{"email":"ana@example.com","topic":"sales","description":"Seats"}"#)
        .send();
    let page = Browser::of_viewer(&desk).read("/admin");
    for text in ["T-000001", "Balanced", "badge scheduled", "aria-current=\"page\">Dashboard"] {
        assert!(page.contains(text), "{text}: {page}");
    }
}

#[test]
fn the_panel_speaks_the_language_that_was_chosen() {
    let desk = Desk::open();
    let browser = Browser::of_viewer(&desk);
    assert!(browser.read("/admin").contains("lang=\"en\""));
    let chosen = browser.submit("/admin/tickets?status=open", "/admin/language", &[("language", "es")]);
    assert_eq!((chosen.status, chosen.header("location")), (303, Some("/admin/tickets?status=open")));
    let cookie = chosen.header("set-cookie").expect("a cookie");
    assert!(cookie.starts_with("frontdesk-language=es"), "{cookie}");
}
