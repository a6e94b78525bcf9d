//! What visitors write is text and nothing else, wherever it is shown.

use serde_json::json;

use super::{
    Panel,
    pages::{links_of_frames, on_every_page},
};

/// Tries to leave texts, attributes and tags, and to run.
const PLANTED: &str = "</title></textarea></script>'\"><img src=x class=planted onerror=alert(1)><script class=planted>alert(2)</script>";

#[tokio::test]
async fn script_and_markup_in_every_field_of_a_visitor_is_only_text() {
    let panel = Panel::open().await;
    let Panel { desk, browser } = &panel;
    let call = json!({"name": PLANTED, "email": "eve@visitor.example", "phone": "+34600111222",
        "origin": PLANTED, "origin_page": PLANTED, "origin_referrer": PLANTED, "utm_source": PLANTED,
        "utm_medium": PLANTED, "utm_campaign": PLANTED, "customer_id": PLANTED, "chat_uuid": PLANTED,
        "language": PLANTED, "consent": "yes", "consent_text": PLANTED, "topic": PLANTED,
        "description": PLANTED, PLANTED: PLANTED});
    assert_eq!(desk.post("/bot/v1/tickets", &call).await["result"], "ok");
    let unreadable = json!({"name": PLANTED, "email": PLANTED, PLANTED: PLANTED});
    assert_eq!(desk.post("/bot/v1/users", &unreadable).await["result"], "invalid");
    desk.settled(&["sent"]).await;

    let (mut seen, mut frames) = (0, Vec::new());
    on_every_page(browser, async |page| {
        assert_eq!(browser.evaluate("document.querySelectorAll('.planted').length").await, 0, "{page}");
        seen += usize::from(browser.page().await.contains("onerror=alert(1)"));
        frames.extend(links_of_frames(browser).await);
    })
    .await;
    assert!(seen > 6, "only {seen} pages show what was planted");
    assert!(!frames.is_empty(), "mails are shown in frames");
    for frame in frames {
        browser.open(&frame).await;
        assert_eq!(browser.evaluate("document.querySelectorAll('.planted').length").await, 0, "{frame}");
        browser.sees("onerror=alert(1)").await;
    }
}
