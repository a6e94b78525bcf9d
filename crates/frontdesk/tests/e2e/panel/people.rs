//! People.

use serde_json::json;

use super::Panel;

#[tokio::test]
async fn whoever_is_erased_leaves_a_receipt_and_nothing_else() {
    let panel = Panel::open().await;
    let browser = &panel.browser;
    panel.ticket("Mine is the red boat.").await;
    panel.desk.settled(&["sent"]).await;
    browser.press("People").await;
    browser.press("Ana").await;
    browser.sees("Mine is the red boat.").await;
    let page = browser.place().await;

    browser.press("Erase this person").await;
    browser.fill("To confirm, type", "ana@visitor.example").await;
    browser.press("Erase").await;
    browser.sees("This is the receipt").await;
    browser.sees("Captured mails").await;
    browser.press("People").await;
    browser.sees("Nobody here.").await;
    browser.open(&page).await;
    browser.does_not_see("Ana").await;
    let stored = panel.desk.everything_stored().await;
    assert!(!stored.windows(8).any(|bytes| bytes == b"red boat"), "the text of the ticket is stored");
}

#[tokio::test]
async fn a_list_is_saved_as_a_file_for_a_spreadsheet() {
    let panel = Panel::open().await;
    let browser = &panel.browser;
    panel.person(&json!({"name": "=Ana", "email": "ana@visitor.example", "origin": "fair"})).await;
    panel.person(&json!({"name": "Bea", "email": "bea@visitor.example", "origin": "landing"})).await;
    browser.press("People").await;
    browser.press("CSV").await;
    let file = browser.saved("people.csv").await;
    assert_eq!(file.lines().count(), 3, "{file}");
    assert!(file.contains(",'=Ana,ana@visitor.example,"), "{file}");
}
