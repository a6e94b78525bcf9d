//! Pages that show by themselves what happens elsewhere.

use serde_json::json;

use super::{ADMIN, Panel};

#[tokio::test]
async fn a_new_ticket_appears_in_an_open_inbox() {
    let panel = Panel::open().await;
    let browser = &panel.browser;
    browser.open("/admin/tickets?topic=pricing").await;
    browser.sees("No tickets here.").await;
    browser.evaluate("window.isTheSamePage = true").await;

    let first = panel.ticket("How much is the boat?").await;
    browser.sees("How much is the boat?").await;
    browser.type_keys("j").await;
    assert_eq!(browser.focused("textContent").await, first);
    panel.ticket("And how much are the oars?").await;
    browser.sees("And how much are the oars?").await;
    assert_eq!(browser.focused("textContent").await, first, "whoever stands on a row stays there");
    assert_eq!(browser.style("//tr[contains(., 'oars')]/td[1]", "animation-name").await, "fresh");
    assert_eq!(browser.evaluate("window.isTheSamePage === true").await, json!(true));
    browser.keep_picture("tickets-live").await;
}

#[tokio::test]
async fn what_somebody_writes_or_chooses_is_not_taken_away_by_what_others_do() {
    let panel = Panel::open().await;
    let Panel { desk, browser } = &panel;
    let reference = panel.ticket("How much is the boat?").await;
    browser.open(&format!("/admin/tickets/{reference}")).await;
    browser.fill("Text to the person", "It is 40,000 euros.").await;
    browser.choose("Priority", "Urgent").await;

    desk.told(&["tickets", "reply", &reference, "Wait a moment, please.", "--as", ADMIN]).await;
    browser.sees("Wait a moment, please.").await;
    browser.sees("Something changed here.").await;
    assert_eq!(browser.value("Text to the person").await, "It is 40,000 euros.");
    assert_eq!(browser.value("Priority").await, "urgent");
    browser.keep_picture("ticket-live").await;
}
