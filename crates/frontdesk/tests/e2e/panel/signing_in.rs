//! The door of the panel.

use domain::second_factor::TotpSecret;
use jiff::Timestamp;

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

/// The secret that a page shows to be typed: base 32 (RFC 4648, section 6) in groups.
fn secret_of(shown: &str) -> TotpSecret {
    let values = shown.bytes().filter(|letter| *letter != b' ').map(|letter| match letter {
        b'A'..=b'Z' => letter - b'A',
        _ => letter - b'2' + 26,
    });
    let bits: Vec<bool> =
        values.flat_map(|value| (0..5).rev().map(move |bit| value >> bit & 1 == 1)).collect();
    let byte = |bits: &[bool]| bits.iter().fold(0_u8, |byte, &bit| byte << 1 | u8::from(bit));
    TotpSecret::restore(&bits.chunks_exact(8).map(byte).collect::<Vec<_>>()).expect("a secret of 160 bits")
}

#[tokio::test]
async fn a_telephone_that_was_set_up_is_asked_for_a_code() {
    let panel = Panel::open().await;
    let browser = &panel.browser;
    browser.open("/admin/account").await;
    browser.press("Set up").await;
    browser.sees("1. Show this to your app").await;
    browser.keep_picture("second-factor").await;
    let shown = browser.evaluate("document.getElementById('key').textContent").await;
    let secret = secret_of(shown.as_str().expect("a key"));
    let first = secret.code_at(now());
    browser.fill("Code", &first).await;
    browser.press("Turn on").await;
    browser.sees("Keep these codes").await;
    let codes = browser.evaluate("document.getElementById('codes').textContent.trim().split('\\n')").await;
    let code = codes[0].as_str().expect("a recovery code");
    browser.press("I have kept them").await;

    browser.press("Sign out").await;
    panel.sign_in(PASSWORD).await;
    browser.sees("The six digits that your app shows").await;
    browser.keep_picture("sign-in-code").await;
    browser.fill("Code", &first).await;
    browser.press("Sign in").await;
    browser.sees("The code is wrong, or was used already.").await;
    browser.fill("Code", code).await;
    browser.press("Sign in").await;
    browser.sees("Calls today").await;

    browser.open("/admin/account").await;
    browser.press("Sign out").await;
    panel.sign_in(PASSWORD).await;
    // Its clock may be half a minute ahead: by then the first code is another one.
    let next = secret.code_at(now() + jiff::SignedDuration::from_secs(30));
    browser.fill("Code", &next).await;
    browser.press("Sign in").await;
    browser.sees("Calls today").await;
}

#[expect(clippy::disallowed_methods, reason = "a telephone has a clock of its own")]
fn now() -> Timestamp {
    Timestamp::now()
}
