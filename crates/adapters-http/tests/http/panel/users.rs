//! The pages of people.

use super::browser::Browser;
use crate::desk::Desk;

const ANA: &str = r#"{"name":"Ana <b>","email":"ana@example.com","phone":"+34600111222","origin":"landing"}"#;

#[test]
fn a_person_is_found_by_a_part_of_its_name_and_shown_with_all_that_happened() {
    let desk = Desk::open();
    let id = desk.post("/bot/v1/users", ANA).send().json()["user_id"].as_str().expect("an id").to_owned();
    desk.post("/bot/v1/users", r#"{"name":"Bea","email":"bea@example.com"}"#).send();
    desk.index();
    let browser = Browser::of_viewer(&desk);
    let list = browser.read("/admin/users?q=ana");
    assert!(list.contains("Ana &#60;b&#62;") && !list.contains("Bea"), "{list}");
    let person = browser.read(&format!("/admin/users/{id}"));
    for text in ["ana@example.com", "+34600111222", "landing", "Welcome mail"] {
        assert!(person.contains(text), "{text}: {person}");
    }
    assert!(!person.contains("<b>"), "{person}");
}

#[test]
fn what_is_not_there_is_not_found_and_nobody_is_shown_to_strangers() {
    let desk = Desk::open();
    let browser = Browser::of_viewer(&desk);
    for path in ["/admin/users/1", "/admin/users/0192f000-0000-7000-8000-000000000000"] {
        assert_eq!(browser.open(path).status, 404, "{path}");
    }
    assert_eq!(browser.open("/admin/users?created_from=tomorrow").status, 422);
    assert_eq!(desk.request("GET", "/admin/users").send().status, 401);
}
