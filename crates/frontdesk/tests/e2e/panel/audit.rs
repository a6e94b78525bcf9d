//! Who changed what.

use super::Panel;

#[tokio::test]
async fn a_change_of_the_routing_is_seen_in_the_audit_log_and_undone() {
    let panel = Panel::open().await;
    let Panel { desk, browser } = &panel;
    desk.told(&["topic", "set", "pricing", "--title", "Prices and offers"]).await;
    browser.open("/admin/audit").await;
    browser.sees("Topic changed").await;
    browser.sees("Prices and offers").await;
    browser.keep_picture("audit").await;
    browser.press_in("//tr[contains(., 'Prices and offers')]", "Undo").await;
    browser.sees("Undone.").await;
    browser.press("Routing").await;
    browser.sees("Pricing").await;
    browser.does_not_see("Prices and offers").await;
}
