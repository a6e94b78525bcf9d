//! Files of what lists show.

use super::browser::Browser;
use crate::desk::Desk;

fn register(desk: &Desk, name: &str, email: &str) {
    desk.post("/bot/v1/users", format!(r#"{{"name":"{name}","email":"{email}","phone":"+34600111222"}}"#))
        .send();
    desk.index();
}

#[test]
fn a_file_has_what_the_filter_shows_and_no_formulas() {
    let desk = Desk::open();
    register(&desk, "=HYPERLINK(1)", "ana@example.com");
    desk.post("/bot/v1/users", r#"{"name":"Bea","email":"bea@example.com"}"#).send();
    desk.index();
    let browser = Browser::of_viewer(&desk);
    let file = browser.open("/admin/users/export.csv?q=ana");
    assert_eq!(file.status, 200);
    assert_eq!(file.header("content-type"), Some("text/csv; charset=utf-8; header=present"));
    assert_eq!(file.header("content-disposition"), Some("attachment; filename=\"people.csv\""));
    assert_eq!(file.header("cache-control"), Some("no-store"));
    let text = file.text();
    assert!(text.starts_with("id,name,email,phone,") && text.lines().count() == 2, "{text}");
    assert!(text.contains(",'=HYPERLINK(1),ana@example.com,+34600111222,"), "{text}");

    let lines = browser.open("/admin/users/export.jsonl");
    assert_eq!(lines.header("content-disposition"), Some("attachment; filename=\"people.jsonl\""));
    let names: Vec<serde_json::Value> =
        lines.text().lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(names.iter().map(|line| &line["name"]).collect::<Vec<_>>(), ["Bea", "=HYPERLINK(1)"]);
}

#[test]
fn a_file_goes_on_after_its_first_portion() {
    let desk = Desk::open();
    for number in 0..501 {
        let body = format!(r#"{{"topic":"sales","description":"Question {number}."}}"#);
        desk.post("/bot/v1/tickets", body).send();
    }
    let browser = Browser::of_viewer(&desk);
    let file = browser.open("/admin/tickets/export.csv");
    let text = file.text();
    assert_eq!(text.lines().count(), 502);
    for number in [0, 1, 250, 500] {
        assert_eq!(text.matches(&format!("Question {number}.")).count(), 1, "{number}");
    }
    assert_eq!(browser.open("/admin/notifications/export.jsonl").text().lines().count(), 501);
}

#[test]
fn every_list_has_both_files_and_an_empty_one_is_a_file_too() {
    let desk = Desk::open();
    let browser = Browser::of_viewer(&desk);
    for (list, first) in
        [("users", "id,name,"), ("tickets", "id,reference,"), ("notifications", "id,purpose,")]
    {
        let page = browser.read(&format!("/admin/{list}"));
        for format in ["csv", "jsonl"] {
            assert!(page.contains(&format!("/admin/{list}/export.{format}")), "{page}");
        }
        let csv = browser.open(&format!("/admin/{list}/export.csv"));
        assert!(csv.text().starts_with(first) && csv.text().lines().count() == 1, "{}", csv.text());
        let lines = browser.open(&format!("/admin/{list}/export.jsonl"));
        assert_eq!((lines.status, lines.text()), (200, ""));
        assert_eq!(browser.open(&format!("/admin/{list}/export.xml")).status, 404);
        assert_eq!(desk.request("GET", &format!("/admin/{list}/export.csv")).send().status, 401);
    }
    assert_eq!(browser.open("/admin/tickets/export.csv?status=lost").status, 422);
}
