//! The inbox and the pages of tickets.

use application::ports::{Page, Whose, consult};
use domain::ticket::Reference;

use super::browser::Browser;
use crate::desk::Desk;

const TICKET: &str =
    r#"{"name":"Ana","email":"ana@example.com","topic":"sales","description":"Two <i>seats</i>"}"#;

#[test]
fn the_inbox_shows_tickets_and_each_can_be_read() {
    let desk = Desk::open();
    desk.post("/bot/v1/tickets", TICKET).send();
    let browser = Browser::of_viewer(&desk);
    let inbox = browser.read("/admin/tickets?status=open");
    assert!(inbox.contains("T-000001") && inbox.contains("Two &#60;i&#62;seats"), "{inbox}");
    assert!(!browser.read("/admin/tickets?status=closed").contains("T-000001"));
    let ticket = browser.read("/admin/tickets/T-000001");
    for text in ["Ana", "ana@example.com", "Two &#60;i&#62;seats", "Ticket opened"] {
        assert!(ticket.contains(text), "{text}: {ticket}");
    }
    assert!(!ticket.contains("<textarea"), "a viewer answers nobody");
}

#[test]
fn a_reply_is_sent_once_however_often_it_is_pressed() {
    let desk = Desk::open();
    desk.post("/bot/v1/tickets", TICKET).send();
    let browser = Browser::of_agent(&desk);
    let path = "/admin/tickets/T-000001/reply";
    let sent = browser.fill("/admin/tickets/T-000001", path, &[("text", "Here <b>they</b> are")]);
    let first = browser.post(path, &sent);
    let again = browser.post(path, &sent);
    assert_eq!(first.header("location"), Some("/admin/tickets/T-000001?done=sent"));
    assert_eq!(again.header("location"), Some("/admin/tickets/T-000001?done=repeated"));
    let ticket = browser.read("/admin/tickets/T-000001?done=sent");
    assert_eq!(ticket.matches("Here &#60;b&#62;they&#60;/b&#62; are").count(), 1, "{ticket}");
    assert!(ticket.contains("class=\"notice\""));
}

#[test]
fn what_was_typed_is_kept_when_it_cannot_be_sent() {
    let desk = Desk::open();
    desk.post("/bot/v1/tickets", r#"{"topic":"sales","description":"Nobody"}"#).send();
    let browser = Browser::of_agent(&desk);
    let from = "/admin/tickets/T-000001";
    let refused = browser.submit(from, "/admin/tickets/T-000001/reply", &[("text", "To \"nobody\"")]);
    assert_eq!(refused.status, 422);
    assert!(refused.text().contains("To &#34;nobody&#34;</textarea>"), "{}", refused.text());
}

#[test]
fn a_reply_needs_the_role_and_a_form_of_the_own_session() {
    let desk = Desk::open();
    desk.post("/bot/v1/tickets", TICKET).send();
    let (agent, viewer) = (Browser::of_agent(&desk), Browser::of_viewer(&desk));
    let path = "/admin/tickets/T-000001/reply";
    let filled = agent.fill("/admin/tickets/T-000001", path, &[("text", "Hello")]);
    let without_token: Vec<_> = filled.iter().filter(|(name, _)| name != "form_token").cloned().collect();
    assert_eq!(agent.post(path, &without_token).status, 403);
    assert_eq!(viewer.post(path, &filled).status, 403);
    let forged = agent.request(path, &filled).header("Origin", "https://elsewhere.example");
    assert_eq!(forged.send().status, 403);
    let replies = desk.wait(consult(&*desk.storage, async |tx| {
        let ticket = tx.tickets().by_reference(Reference::new(1)).await?.expect("a ticket");
        tx.conversation().page(Whose::Ticket(ticket.id), Page::first(9)).await
    }));
    assert_eq!(replies.expect("storage works"), []);
}

#[test]
fn an_agent_takes_a_ticket_moves_it_and_writes_a_note() {
    let desk = Desk::open();
    desk.post("/bot/v1/tickets", TICKET).send();
    let agent = Browser::of_agent(&desk);
    let page = "/admin/tickets/T-000001";
    let id = ticket_id(&agent.read(page));
    let (change, notes) = (format!("/admin/tickets/{id}/change"), format!("/admin/tickets/{id}/notes"));
    assert_eq!(agent.submit(page, &change, &[("assignee", "me")]).status, 303);
    assert_eq!(agent.submit(page, &change, &[("status", "pending"), ("priority", "urgent")]).status, 303);
    assert_eq!(agent.submit(page, &notes, &[("text", "Called <b>twice</b>")]).status, 303);
    let ticket = agent.read(page);
    for text in ["badge pending", "Called &#60;b&#62;twice", "Open → Pending", "Normal → Urgent"] {
        assert!(ticket.contains(text), "{text}: {ticket}");
    }
    let own = agent.read("/admin/tickets?assignee=me");
    assert!(own.contains("T-000001") && own.contains("badge urgent"), "{own}");
    let closed = agent.submit(page, &change, &[("status", "closed")]);
    assert_eq!(closed.status, 409, "it has to be resolved first");
}

#[test]
fn of_two_agents_who_change_a_ticket_the_later_is_told() {
    let desk = Desk::open();
    desk.post("/bot/v1/tickets", TICKET).send();
    let (ana, bea) = (Browser::of_agent(&desk), Browser::of_admin(&desk));
    let page = "/admin/tickets/T-000001";
    let change = format!("/admin/tickets/{}/change", ticket_id(&ana.read(page)));
    let late = bea.fill(page, &change, &[("priority", "low")]);
    assert_eq!(ana.submit(page, &change, &[("priority", "high")]).status, 303);
    let told = bea.post(&change, &late);
    assert_eq!(told.status, 409);
    assert!(told.text().contains("Somebody else changed this"), "{}", told.text());
    assert!(bea.read("/admin/tickets").contains("badge high"));
}

#[test]
fn many_tickets_are_changed_at_once_and_those_that_cannot_stay() {
    let desk = Desk::open();
    for name in ["Ana", "Bea"] {
        let call = format!(r#"{{"email":"{name}@example.com","topic":"sales","description":"{name}"}}"#);
        desk.post("/bot/v1/tickets", call).send();
    }
    let agent = Browser::of_agent(&desk);
    let ids = ["T-000001", "T-000002"].map(|name| ticket_id(&agent.read(&format!("/admin/tickets/{name}"))));
    let both = [("id", ids[0].as_str()), ("id", ids[1].as_str()), ("status", "resolved")];
    let done = agent.submit("/admin/tickets", "/admin/tickets/bulk", &both);
    assert_eq!(done.header("location"), Some("/admin/tickets?done=saved"));
    assert_eq!(agent.read("/admin/tickets?status=resolved").matches("badge resolved").count(), 2);
    let some = [("id", ids[0].as_str()), ("status", "pending")];
    let stayed = agent.submit("/admin/tickets", "/admin/tickets/bulk", &some);
    assert_eq!(stayed.header("location"), Some("/admin/tickets?done=some_stayed"));
}

#[test]
fn all_tickets_of_a_list_are_changed_and_those_that_nobody_has_are_found() {
    let desk = Desk::open();
    for (name, topic) in [("Ana", "sales"), ("Bea", "sales"), ("Eva", "support")] {
        let call = format!(r#"{{"email":"{name}@example.com","topic":"{topic}","description":"{name}"}}"#);
        desk.post("/bot/v1/tickets", call).send();
    }
    let agent = Browser::of_agent(&desk);
    let whole = [("all", "yes"), ("assignee", "me"), ("priority", "high")];
    let done = agent.submit("/admin/tickets?topic=sales", "/admin/tickets/bulk", &whole);
    assert_eq!(done.header("location"), Some("/admin/tickets?topic=sales&done=saved"));
    let rows = |list: &str| agent.read(&format!("/admin/tickets?{list}")).matches("class=\"row\"").count();
    assert_eq!((rows("assignee=me"), rows("assignee=nobody"), rows("priority=high")), (2, 1, 2));
    assert_eq!((rows("priority=normal&assignee=nobody"), rows("priority=low")), (1, 0));
}

/// The id of the ticket that a page shows.
fn ticket_id(page: &str) -> String {
    let form = page.split("action=\"/admin/tickets/").find(|rest| rest.contains("/change\""));
    form.and_then(|rest| rest.split('/').next()).expect("a form to change it").to_owned()
}
