//! Work on tickets.

use super::{PASSWORD, Panel};

const ENTER: &str = "\u{e007}";

/// From the call of a bot to an answer in the captured mailbox.
async fn live_a_tickets_life(panel: &Panel) {
    let Panel { desk, browser } = panel;
    let reference = panel.ticket("How much is the boat?").await;
    browser.press("Tickets").await;
    browser.press(&reference).await;
    browser.sees("How much is the boat?").await;

    browser.press("Take it").await;
    browser.sees("Assignee: ").await;
    browser.press("Write a private note").await;
    browser.fill("Note", "She asked at the fair, too.").await;
    browser.press("Save note").await;
    browser.sees("She asked at the fair, too.").await;
    browser.press("→ Pending").await;
    browser.sees("Open → Pending").await;
    browser.fill("Text to the person", "It is 40,000 euros.").await;
    browser.press("Send answer").await;
    browser.sees("Staff wrote").await;

    desk.settled(&["sent"]).await;
    browser.press("Messages").await;
    browser.press("Captured mail").await;
    browser.click(&format!("//tr[contains(., 'ana@visitor.example')][contains(., '{reference}')]//a")).await;
    browser.sees("It is 40,000 euros.").await;
}

#[tokio::test]
async fn a_ticket_lives_from_the_call_of_a_bot_to_the_answer_in_the_mailbox() {
    live_a_tickets_life(&Panel::open().await).await;
}

#[tokio::test]
async fn a_ticket_lives_the_same_life_without_a_script() {
    let panel = Panel::without_scripts().await;
    live_a_tickets_life(&panel).await;
    // With a script it would be told in the time zone of the reader.
    panel.browser.sees(" UTC").await;
}

#[tokio::test]
async fn a_session_that_ends_in_the_middle_of_an_answer_loses_nothing() {
    let panel = Panel::open().await;
    let browser = &panel.browser;
    let reference = panel.ticket("How much is the boat?").await;
    let answer = "It is \"40,000\" euros,\n& the <oars> are free.";
    browser.open(&format!("/admin/tickets/{reference}")).await;
    browser.fill("Text to the person", answer).await;

    browser.open_window().await;
    browser.open("/admin/account").await;
    browser.press("Sign out").await;
    browser.first_window().await;
    browser.press("Send answer").await;
    browser.sees("What you typed is kept").await;

    panel.sign_in(PASSWORD).await;
    browser.sees("Send it now?").await;
    assert_eq!(browser.value("Text").await, answer);
    browser.press("Send").await;
    browser.sees("& the <oars> are free.").await;
    assert!(browser.place().await.starts_with(&format!("/admin/tickets/{reference}")));
    panel.desk.settled(&["sent"]).await;
}

#[tokio::test]
async fn keys_walk_through_the_list_and_open_what_they_stand_on() {
    let panel = Panel::open().await;
    let browser = &panel.browser;
    for question in ["first", "second", "third"] {
        panel.ticket(question).await;
    }
    browser.open("/admin/tickets").await;
    for (key, reference) in
        [("j", "T-000003"), ("j", "T-000002"), ("j", "T-000001"), ("j", "T-000001"), ("k", "T-000002")]
    {
        browser.type_keys(key).await;
        assert_eq!(browser.focused("textContent").await, reference, "after {key}");
    }
    browser.type_keys("/").await;
    assert_eq!(browser.focused("id").await, "q");
    browser.type_keys("j/k").await;
    assert_eq!(browser.focused("value").await, "j/k", "in a field, keys are text");

    browser.open("/admin/tickets").await;
    browser.type_keys("j").await;
    browser.type_keys(ENTER).await;
    browser.sees("third").await;
    assert_eq!(browser.place().await, "/admin/tickets/T-000003");
}
