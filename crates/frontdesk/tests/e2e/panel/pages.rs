//! Every page of the panel: found by its links, and fit for a telephone.

use std::collections::{BTreeSet, VecDeque};

use serde_json::json;

use super::{Browser, Panel};
use crate::service::{Reply, Service};

/// The size of a page on a small telephone, in CSS pixels.
pub(super) const TELEPHONE: (u32, u32) = (360, 740);

/// What no link of a new desk leads to: somebody looks for something, nothing is found, and nothing is there.
const HIDDEN: &[&str] = &["/admin/search?q=ana", "/admin/tickets?status=closed", "/admin/nothing"];

/// A panel that has something to show on each page.
pub(super) async fn full() -> Panel {
    let gone = Service::that(Reply::new(404, "no_service")).await;
    let panel =
        Panel::of(Panel::desk(&[("SLACK_SALES_WEBHOOK_URL", gone.url("/gone").as_str())]).await).await;
    panel
        .ticket("How much is the boat? I saw it on https://example.com/boats/the-red-one-with-the-long-name")
        .await;
    let unheard = json!({"topic": "sales", "description": "Call me", "phone": "600111222", "colour": "red"});
    panel.desk.post("/bot/v1/tickets", &unheard).await;
    let whole = json!({"name": "Bea", "email": "bea.with.a.rather.long.address@visitor.example",
        "phone": "+34600111333", "origin": "fair", "origin_page": "https://example.com/fair?stand=7",
        "origin_referrer": "https://example.org/", "utm_source": "mail", "utm_campaign": "spring",
        "consent": "yes", "consent_text": "I agree to be written to.", "shoe_size": 38});
    panel.person(&whole).await;
    panel.desk.post("/bot/v1/users", &json!({"name": "Eve", "email": "eve at visitor"})).await;
    panel.desk.told(&["token", "add", "integration", "--email", super::ADMIN, "--scope", "read"]).await;
    panel.desk.settled(&["sent", "failed"]).await;
    // What is searched for is found some seconds after the call.
    panel.browser.open("/admin/search?q=ana").await;
    panel.browser.will_see("ana@visitor.example").await;
    panel
}

/// Looks at the pages that links and menus lead to from the dashboard, one of each kind, and at those that none leads to.
pub(super) async fn on_every_page(browser: &Browser, mut look: impl AsyncFnMut(&str)) {
    let mut known = BTreeSet::from(["/admin".to_owned()]);
    let mut ahead: VecDeque<_> = ["/admin"].iter().chain(HIDDEN).map(|&page| page.to_owned()).collect();
    let mut count = 0;
    while let Some(page) = ahead.pop_front() {
        browser.open(&page).await;
        for link in links(browser).await {
            let path = link.split(['?', '#']).next().unwrap_or_default().to_owned();
            if known.insert(kind(&path)) {
                ahead.push_back(path);
            }
        }
        look(&page).await;
        count += 1;
    }
    assert!(count > 18, "links lead to these only: {known:?}");
}

/// Where the page that is open leads to in the panel.
async fn links(browser: &Browser) -> Vec<String> {
    let links = "[...document.querySelectorAll('a[href^=\"/admin\"]:not([download])')].map(a => a.getAttribute('href'))";
    serde_json::from_value(browser.evaluate(links).await).expect("a list of addresses")
}

/// The mails that the page that is open shows in frames.
pub(super) async fn links_of_frames(browser: &Browser) -> Vec<String> {
    let frames = "[...document.querySelectorAll('iframe')].map(frame => frame.getAttribute('src'))";
    serde_json::from_value(browser.evaluate(frames).await).expect("a list of addresses")
}

/// The path without what names one ticket or person.
fn kind(path: &str) -> String {
    let part =
        |part: &'_ str| if part.contains(|c: char| c.is_ascii_digit()) { "{}" } else { part }.to_owned();
    path.split('/').map(part).collect::<Vec<_>>().join("/")
}

/// A name for the picture of a page.
pub(super) fn name(page: &str) -> String {
    let kind = kind(page.split('?').next().unwrap_or_default()).replace("{}", "one");
    let query = page.split_once('?').map(|(_, query)| query.replace(['=', '&', '/'], "-"));
    let parts = kind.trim_matches('/').split('/').chain(query.as_deref());
    parts.collect::<Vec<_>>().join("-")
}

/// The width of a page in it, what it needs, and what is cut off.
const WIDTHS: &str = "{
    has: document.documentElement.clientWidth,
    needs: document.scrollingElement.scrollWidth,
    for: [...document.body.querySelectorAll('*')]
      .filter((one) => one.scrollWidth > one.clientWidth && one.clientWidth > 0)
      .map((one) => one.outerHTML.slice(0, 160)),
  }";

#[tokio::test]
async fn no_page_is_wider_than_a_telephone_in_any_language() {
    let Panel { desk: _desk, browser } = full().await;
    browser.be_wide(TELEPHONE.0, TELEPHONE.1).await;
    let mut wide = Vec::new();
    for language in ["en", "es"] {
        browser.press(language).await;
        on_every_page(&browser, async |page| {
            let widths = browser.evaluate(WIDTHS).await;
            if widths["needs"].as_u64() > widths["has"].as_u64().min(Some(u64::from(TELEPHONE.0))) {
                wide.push((language, page.to_owned(), widths));
            }
        })
        .await;
    }
    assert!(wide.is_empty(), "{wide:#?}");
}
