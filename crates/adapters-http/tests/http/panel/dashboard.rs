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
fn what_the_last_days_brought_is_drawn_once_it_was_counted() {
    let desk = Desk::open();
    for (number, origin) in ["<b>fair", "web", "web"].into_iter().enumerate() {
        let call = format!(
            r#"{{"customer_id":"{number}","origin":"{origin}","topic":"sales","description":"Seats"}}"#
        );
        desk.post("/bot/v1/tickets", call).send();
    }
    let viewer = Browser::of_viewer(&desk);
    assert!(viewer.read("/admin").contains("within five minutes"));
    desk.count_figures();
    let page = viewer.read("/admin");
    for text in [
        "aria-label=\"New people by day and origin\"",
        "<th scope=\"col\" class=\"number\">&#60;b&#62;fair</th>",
        "<th scope=\"row\">sales</th><td class=\"number\">3</td>",
        "<th scope=\"row\">not yet</th><td class=\"number\">3</td>",
        "class=\"sort0\"",
    ] {
        assert!(page.contains(text), "{text}: {page}");
    }
    assert!(!page.contains("<b>"), "{page}");
}

#[test]
fn what_waits_to_be_delivered_is_shown() {
    let desk = Desk::open();
    desk.post("/bot/v1/tickets", r#"{"topic":"sales","description":"Seats"}"#).send();
    desk.clock.advance(jiff::SignedDuration::from_mins(20));
    let page = Browser::of_viewer(&desk).read("/admin");
    assert!(
        page.contains("<dt>Due and not delivered</dt><dd>1</dd>") && page.contains("<dd>20 min</dd>"),
        "{page}"
    );
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
