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
