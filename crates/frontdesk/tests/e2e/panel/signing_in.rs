//! The door of the panel.

use super::{ADMIN, PASSWORD, Panel, browser::Browser};

#[tokio::test]
async fn whoever_signs_in_goes_on_to_the_page_that_was_asked_for() {
    let desk = Panel::desk(&[]).await;
    let panel = Panel { browser: Browser::of(desk.url()).await, desk };
    let browser = &panel.browser;
    browser.open("/admin/tickets?status=open").await;

    panel.sign_in("not the password").await;
    browser.sees("Sign in").await;
    assert_eq!(browser.value("Email").await, ADMIN, "the address need not be typed again");

    panel.sign_in(PASSWORD).await;
    browser.sees("No tickets here.").await;
    assert_eq!(browser.place().await, "/admin/tickets?status=open");

    browser.press(ADMIN).await;
    browser.press("Sign out").await;
    browser.open("/admin/tickets").await;
    browser.sees("Password").await;
}
