//! Searching people and tickets.

use super::browser::Browser;
use crate::desk::Desk;

fn desk() -> Desk {
    let desk = Desk::open();
    for (name, text) in [("Ana <b>", "Two <i>seats</i>"), ("Bea", "The seat of Ana")] {
        let email = format!("{}@example.com", &name[..3].to_lowercase());
        let body = format!(r#"{{"name":"{name}","email":"{email}","topic":"sales","description":"{text}"}}"#);
        desk.post("/bot/v1/tickets", body).send();
    }
    desk.index();
    desk
}

#[test]
fn people_and_tickets_are_found_side_by_side_and_shown_as_text() {
    let desk = desk();
    let browser = Browser::of_viewer(&desk);
    let found = browser.read("/admin/search?q=ana");
    for text in ["Ana &#60;b&#62;", "ana@example.com", "T-000002", "The seat of Ana"] {
        assert!(found.contains(text), "{text}: {found}");
    }
    assert!(!found.contains("T-000001") && !found.contains("Bea"), "{found}");
    assert!(browser.read("/admin/search?q=seats").contains("Two &#60;i&#62;seats&#60;/i&#62;"));
    let nothing = browser.read("/admin/search?q=%3Cscript%3E");
    assert!(nothing.contains("Nobody here.") && !nothing.contains("<script>"), "{nothing}");
    assert!(browser.read("/admin/search").contains("Nobody here."));
    assert_eq!(desk.request("GET", "/admin/search?q=ana").send().status, 401);
}

#[test]
fn a_reference_leads_straight_to_its_ticket() {
    let desk = desk();
    let browser = Browser::of_viewer(&desk);
    for typed in ["T-000002", "t2", "+t-2+"] {
        let found = browser.open(&format!("/admin/search?q={typed}"));
        assert_eq!(
            (found.status, found.header("location")),
            (303, Some("/admin/tickets/T-000002")),
            "{typed}"
        );
    }
    assert!(browser.read("/admin/search?q=T-000042").contains("No tickets here."));
}
