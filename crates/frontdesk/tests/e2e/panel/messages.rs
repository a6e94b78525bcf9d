//! Notifications.

use serde_json::json;

use super::Panel;
use crate::support::smtp_server::{Act, Behaviour, SmtpServer};

#[tokio::test]
async fn what_failed_is_tried_again_all_at_once() {
    let refusing = Behaviour { recipient: Act::Say("550 5.1.1 no such user"), ..Behaviour::default() };
    let smtp = SmtpServer::start(refusing).await;
    let panel = Panel::of(Panel::desk(&[("SMTP_URL", smtp.url().as_str())]).await).await;
    let browser = &panel.browser;
    for name in ["Ana", "Bea", "Eve"] {
        panel.person(&json!({"name": name, "email": format!("{name}@visitor.example")})).await;
    }
    panel.desk.settled(&["failed"]).await;
    smtp.set_behaviour(Behaviour::default()).await;

    browser.press("Messages").await;
    // The script shows what was chosen at once.
    browser.choose("Status", "Failed").await;
    browser.press("Retry all of this filter").await;
    browser.sees("Changed: 3.").await;
    assert_eq!(smtp.wait_for(3).await.len(), 3);
    panel.desk.settled(&["sent"]).await;
}

#[tokio::test]
async fn only_what_is_ticked_is_cancelled_and_one_box_ticks_all() {
    let panel = Panel::of(Panel::desk(&[("FRONTDESK__WELCOME__DELAY", "1h")]).await).await;
    let browser = &panel.browser;
    for name in ["Ana", "Bea", "Eve"] {
        panel.person(&json!({"name": name, "email": format!("{name}@visitor.example")})).await;
    }
    browser.press("Messages").await;
    browser.click("(//input[@name='id'])[2]").await;
    browser.press("Cancel ticked").await;
    browser.sees("Changed: 1. Left as they are: 0.").await;
    browser.click("//input[@data-all='id']").await;
    browser.press("Cancel ticked").await;
    browser.sees("Changed: 2. Left as they are: 1.").await;
    panel.desk.settled(&["cancelled"]).await;
}

#[tokio::test]
async fn a_mail_can_be_read_in_the_dark() {
    let panel = Panel::open().await;
    let browser = &panel.browser;
    panel.person(&json!({"name": "Ana", "email": "ana@visitor.example"})).await;
    panel.desk.settled(&["sent"]).await;
    browser.open("/admin/mail").await;
    browser.press("Welcome, Ana!").await;
    for scheme in ["light", "dark"] {
        browser.prefer(scheme).await;
        browser.reload().await;
        let paper = browser.style("//iframe", "background-color").await;
        browser.enter("//iframe").await;
        let ink = browser.style("//body//p", "color").await;
        let brightness = [&paper, &ink].map(|colour| brightness(colour));
        assert!(brightness[0].abs_diff(brightness[1]) > 400, "{ink} on {paper} in the {scheme} scheme");
    }
}

/// The sum of red, green and blue of `rgba(...)`.
fn brightness(colour: &str) -> u32 {
    let numbers = colour.split(|c: char| !c.is_ascii_digit()).filter_map(|number| number.parse::<u32>().ok());
    numbers.take(3).sum()
}
