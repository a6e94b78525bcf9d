//! Quarantine, routing and bots.

use serde_json::json;

use super::Panel;

#[tokio::test]
async fn a_call_in_quarantine_is_mended_and_released() {
    let panel = Panel::open().await;
    let browser = &panel.browser;
    let refused = json!({"name": "Ana", "email": "ana at visitor.example"});
    assert_eq!(panel.desk.post("/bot/v1/users", &refused).await["result"], "invalid");

    browser.press("Quarantine").await;
    browser.press("users").await;
    browser.sees("ana at visitor.example").await;
    browser.fill("email", "ana@visitor").await;
    browser.press("Release").await;
    assert_eq!(browser.value("email").await, "ana@visitor", "what is still wrong is kept");
    browser.fill("email", "ana@visitor.example").await;
    browser.press("Release").await;
    browser.sees("Nothing here").await;

    browser.press("People").await;
    browser.press("Ana").await;
    browser.sees("ana@visitor.example").await;
}

#[tokio::test]
async fn a_topic_and_a_channel_that_are_added_are_used_by_the_next_ticket() {
    let panel = Panel::open().await;
    let browser = &panel.browser;
    browser.press("Routing").await;
    let adding_channel = "//form[@action='/admin/routing/channels']";
    browser.fill_in(adding_channel, "Name", "boat-yard").await;
    browser.fill_in(adding_channel, "Target", "yard@desk.example").await;
    browser.press_in(adding_channel, "Add").await;
    browser.sees("boat-yard").await;

    let adding_topic = "//form[@action='/admin/routing/topics']";
    browser.fill_in(adding_topic, "Title", "Boats").await;
    browser.fill_in(adding_topic, "Short name", "boats").await;
    browser.fill_in(adding_topic, "Also called", "ships, vessels").await;
    browser.click(&format!("{adding_topic}//input[@value='boat-yard']")).await;
    browser.press_in(adding_topic, "Add").await;
    browser.sees("ships, vessels").await;

    let call = json!({"topic": "Vessels", "description": "Which are there?"});
    assert_eq!(panel.desk.post("/bot/v1/tickets", &call).await["topic"], "boats");
    let told = panel.desk.settled(&["sent"]).await;
    assert_eq!(told[0]["channel"], "boat-yard");

    browser.press("Boats").await;
    browser.fill("Title", "Boats and oars").await;
    browser.fill("Tell again", "30").await;
    browser.press("Save").await;
    browser.sees("Boats and oars").await;
    browser.press("What would become of a call").await;
    browser.fill("What the bot sends", r#"{"topic":"ships","description":"Which?"}"#).await;
    browser.press("Show").await;
    browser.sees("Answer: ok").await;
    browser.sees("yard@desk.example").await;
    browser.keep_picture("routing-preview").await;
    browser.press("Routing").await;

    browser.press_in("//tr[td[1]='boat-yard']", "Pause").await;
    browser.sees("Paused.").await;
    browser.press_in("//tr[td[1]='boat-yard']", "Resume").await;
    browser.sees("Resumed.").await;
}

#[tokio::test]
async fn the_key_of_a_new_bot_is_copied_by_a_press_and_works() {
    let panel = Panel::open().await;
    let browser = &panel.browser;
    browser.press("Bots").await;
    browser.fill("Name", "shop").await;
    browser.press("Add").await;
    browser.sees("Copy it now").await;
    browser.allow_clipboard().await;
    browser.press("Copy").await;
    browser.style("//button[contains(@class, 'copied')]", "color").await;
    let copied = "navigator.clipboard.readText().then(arguments[0], (error) => arguments[0](String(error)))";
    let key = browser.ask(copied, json!([])).await;
    let head = format!("GET /bot/v1/topics HTTP/1.1\r\nx-api-key: {}\r\n", key.as_str().expect("a text"));
    let answer = panel.desk.connect().await.call(&head, b"").await.expect("an answer");
    assert_eq!(answer.status, 200, "{key}");
}
