//! Every page, in light and dark, wide and narrow, by the rules of WCAG 2.0 and 2.1, levels A and AA, as axe-core checks them.

use serde_json::{Value, json};

use super::{
    Browser, Panel,
    pages::{TELEPHONE, full, name, on_every_page},
};

/// Where axe-core is. It is not part of the repository.
const AXE: &str = "TEST_AXE";

/// The size of a page at a desk, in CSS pixels.
const DESK: (u32, u32) = (1280, 800);

/// The rules that colours can break.
const RULES_OF_COLOURS: [&str; 2] = ["color-contrast", "link-in-text-block"];

/// Violations as `[rule, element, why]`. Frames are mails, not pages of the panel.
const CHECK: &str = "
    const [runOnly, done] = arguments;
    axe.run({ runOnly, iframes: false, resultTypes: ['violations'] }).then(
      (found) => done(found.violations.flatMap((violation) =>
        violation.nodes.map((node) => [violation.id, node.html, node.failureSummary]))),
      (error) => done([['axe', String(error), '']]));
";

#[expect(
    clippy::disallowed_methods,
    reason = "this variable is the tests' own, not a setting of the program"
)]
fn axe() -> String {
    let file = std::env::var(AXE)
        .unwrap_or_else(|_| panic!("{AXE} is not set: run scripts/test, which fetches axe-core and sets it"));
    std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{file}, which {AXE} names: {error}"))
}

/// Somebody who looks whether everybody can use what is shown.
struct Checker<'a> {
    browser: &'a Browser,
    found: Vec<Value>,
}

impl<'a> Checker<'a> {
    async fn at(browser: &'a Browser) -> Self {
        browser.bring(&axe()).await;
        Self { browser, found: Vec::new() }
    }

    /// Looks at the page that is open, and keeps pictures of it: in light, in the dark, where only colours are different,
    /// and on a telephone.
    async fn check(&mut self, page: &str) {
        let levels = json!({"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]});
        let colours = json!({"type": "rule", "values": RULES_OF_COLOURS});
        let looks = [("light", DESK, &levels), ("dark", DESK, &colours), ("light", TELEPHONE, &levels)];
        for (scheme, (width, height), rules) in looks {
            self.browser.prefer(scheme).await;
            self.browser.be_wide(width, height).await;
            let violations = self.browser.ask(CHECK, json!([rules])).await;
            let violations = violations.as_array().expect("a list");
            self.found.extend(violations.iter().map(|violation| json!([page, scheme, width, violation])));
            self.browser.keep_picture(&format!("{scheme}-{width}-{page}")).await;
        }
    }

    fn report(&self) {
        assert!(self.found.is_empty(), "{:#}", Value::from(self.found.clone()));
    }
}

#[tokio::test]
async fn every_page_can_be_used_by_everybody_in_light_and_dark_and_on_a_telephone() {
    let Panel { desk: _desk, browser } = full().await;
    let mut checker = Checker::at(&browser).await;
    on_every_page(&browser, async |page| {
        // What is folded up is looked at, too.
        browser.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)").await;
        checker.check(&name(page)).await;
    })
    .await;
    checker.report();
}

#[tokio::test]
async fn what_forms_lead_to_can_be_used_by_everybody_in_light_and_dark_and_on_a_telephone() {
    let panel = full().await;
    let browser = &panel.browser;
    let mut checker = Checker::at(browser).await;
    browser.open("/admin/bots").await;
    browser.fill("Name", "shop").await;
    browser.press("Add").await;
    browser.sees("Copy it now").await;
    checker.check("bots-new-key").await;
    browser.open("/admin/routing").await;
    browser.press("Try it").await;
    browser.sees("What came of trying").await;
    checker.check("routing-tried").await;
    browser.open("/admin/users").await;
    browser.press("Bea").await;
    browser.press("Erase this person").await;
    browser.fill("To confirm, type", "bea.with.a.rather.long.address@visitor.example").await;
    browser.press("Erase").await;
    browser.sees("This is the receipt").await;
    checker.check("users-receipt").await;
    browser.open("/admin/account").await;
    browser.press("Sign out").await;
    browser.sees("Password").await;
    checker.check("sign-in").await;
    panel.sign_in("not the password").await;
    browser.sees("Password").await;
    checker.check("sign-in-refused").await;
    checker.report();
}
