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

fn register(desk: &Desk, body: &str) -> String {
    let answer = desk.post("/bot/v1/users", body).send().json();
    desk.index();
    answer["user_id"].as_str().expect("an id").to_owned()
}

#[test]
fn all_that_is_known_of_a_person_is_shown_and_only_as_text() {
    let desk = Desk::open();
    let body = r#"{"name":"Ana <b>","email":"ana@example.com","origin":"<i>fair","utm_campaign":"<u>spring",
        "consent":"yes","consent_text":"I <b>agree","shoe":"<s>38"}"#;
    let id = register(&desk, body);
    desk.post("/bot/v1/tickets", r#"{"email":"ana@example.com","topic":"sales","description":"<p>Hi"}"#)
        .send();
    let page = Browser::of_viewer(&desk).read(&format!("/admin/users/{id}"));
    for text in
        ["&#60;i&#62;fair", "&#60;u&#62;spring", "<dd>&#60;s&#62;38</dd>", "T-000001", "&#60;p&#62;Hi"]
    {
        assert!(page.contains(text), "{text}: {page}");
    }
    for markup in ["<b>", "<i>", "<u>", "<s>", "<p>Hi"] {
        assert!(!page.contains(markup), "{markup}: {page}");
    }
    assert!(!page.contains("/edit\"") && !page.contains("/erase\""), "a viewer changes nothing: {page}");
}

#[test]
fn a_long_timeline_is_shown_in_portions_and_nothing_is_told_twice() {
    let desk = Desk::open();
    let id = register(&desk, ANA);
    for number in 1..=60 {
        let body =
            format!(r#"{{"email":"ana@example.com","topic":"sales","description":"Question {number}."}}"#);
        desk.post("/bot/v1/tickets", body).send();
    }
    let browser = Browser::of_viewer(&desk);
    let (mut path, mut told) = (format!("/admin/users/{id}"), String::new());
    for _ in 0..9 {
        let page = browser.read(&path);
        let timeline = page.split("<aside>").next().expect("a timeline").to_owned();
        told.push_str(&timeline);
        match timeline.split("?before=").nth(1).and_then(|rest| rest.split('"').next()) {
            Some(before) => path = format!("/admin/users/{id}?before={before}"),
            None => break,
        }
    }
    for number in 1..=60 {
        assert_eq!(told.matches(&format!("Question {number}.")).count(), 1, "{number}");
    }
}

#[test]
fn an_agent_calls_a_person_otherwise_and_what_was_typed_is_kept() {
    let desk = Desk::open();
    let id = register(&desk, ANA);
    let [admin, agent, viewer] = Browser::of_everybody(&desk);
    let (page, path) = (format!("/admin/users/{id}"), format!("/admin/users/{id}/edit"));
    let filled = agent.fill(&page, &path, &[("name", "Ana <María>"), ("language", "es-MX")]);
    agent.guards(&viewer, &path, &filled);
    assert!(viewer.read(&page).contains("Ana &#60;b&#62;"));
    let saved = agent.post(&path, &filled);
    assert_eq!((saved.status, saved.header("location")), (303, Some(&*format!("{page}?done=saved"))));
    let shown = admin.read(&page);
    assert!(shown.contains("<h1>Ana &#60;María&#62;</h1>") && shown.contains("<dd>es</dd>"), "{shown}");
    let long = "x".repeat(201);
    for (name, language, problem) in [("Eve", "?", "A language is"), (&*long, "es", "A name has")] {
        let refused = agent.submit(&page, &path, &[("name", name), ("language", language)]);
        assert_eq!(refused.status, 422);
        let kept = format!("name=\"name\" value=\"{name}\"");
        assert!(refused.text().contains(&kept) && refused.text().contains(problem), "{}", refused.text());
    }
}

#[test]
fn all_that_is_stored_about_a_person_is_a_file_to_give() {
    let desk = Desk::open();
    let id = register(&desk, ANA);
    let browser = Browser::of_viewer(&desk);
    let file = browser.open(&format!("/admin/users/{id}/export.json"));
    assert_eq!((file.status, file.header("content-type")), (200, Some("application/json")));
    let name = format!("attachment; filename=\"person-{id}.json\"");
    assert_eq!(file.header("content-disposition"), Some(&*name));
    assert_eq!(file.json()["user"]["email"], "ana@example.com");
    assert_eq!(browser.open("/admin/users/1/export.json").status, 404);
}

#[test]
fn an_admin_who_types_whom_erases_a_person_and_gets_a_receipt() {
    let desk = Desk::open();
    let id = register(&desk, ANA);
    let [admin, agent, _] = Browser::of_everybody(&desk);
    let (page, path) = (format!("/admin/users/{id}"), format!("/admin/users/{id}/erase"));
    assert!(!agent.read(&page).contains("/erase\""));
    let filled = admin.fill(&page, &path, &[("confirm", "ana@example.com")]);
    admin.guards(&agent, &path, &filled);
    assert_eq!(admin.submit(&page, &path, &[("confirm", "ana")]).status, 409);
    assert!(admin.read(&page).contains("ana@example.com"), "nothing happened yet");
    let receipt = admin.post(&path, &filled);
    assert_eq!(receipt.status, 200);
    let text = receipt.text();
    assert!(text.contains("<dt>Identities</dt><dd>2</dd>") && text.contains(&id), "{text}");
    assert_eq!(admin.open(&page).status, 404);
    assert_eq!(admin.post(&path, &filled).status, 404);
}

#[test]
fn two_people_who_are_one_are_merged_after_a_look_at_what_comes_of_it() {
    let desk = Desk::open();
    let home = register(&desk, ANA);
    let work = register(&desk, r#"{"name":"Ana W <i>","email":"ana@work.example"}"#);
    let [admin, agent, _] = Browser::of_everybody(&desk);
    let path = format!("/admin/users/{home}/merge");
    assert!(admin.read(&format!("/admin/users/{home}")).contains(&path));
    assert!(!agent.read(&format!("/admin/users/{home}")).contains(&path));

    for other in ["nobody@example.com", "Ana", &home] {
        assert_eq!(admin.open(&format!("{path}?other={other}")).status, 409, "{other}");
    }
    let asked = format!("{path}?other=ana@work.example");
    let preview = admin.read(&asked);
    for text in ["Ana W &#60;i&#62;", "ana@example.com", "A second welcome mail waits"] {
        assert!(preview.contains(text), "{text}: {preview}");
    }
    let form = Browser::fields_of(&preview, &path);
    admin.guards(&agent, &path, &form);

    desk.clock.advance(jiff::SignedDuration::from_secs(90));
    desk.post("/bot/v1/users", r#"{"email":"ana@work.example","phone":"+34600111333"}"#).send();
    let stale = admin.post(&path, &form);
    assert_eq!(stale.status, 409);
    assert!(stale.text().contains("changed meanwhile"), "{}", stale.text());

    let form = Browser::fields_of(stale.text(), &path);
    assert_eq!(
        admin.post(&path, &form).header("location"),
        Some(format!("/admin/users/{home}?done=merged").as_str())
    );
    let person = admin.read(&format!("/admin/users/{home}?done=merged"));
    for text in ["ana@work.example", "+34600111333", "Merged:"] {
        assert!(person.contains(text), "{text}: {person}");
    }
    assert_eq!(admin.open(&format!("/admin/users/{work}")).status, 404);
    assert!(admin.read("/admin/audit").contains("Persons merged"));
}
