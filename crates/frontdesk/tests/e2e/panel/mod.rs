//! The panel in a real browser (Debian's `chromium`), on the whole program.

mod accessibility;
mod audit;
mod browser;
mod driver;
mod hostile;
mod live;
mod messages;
mod pages;
mod people;
mod session;
mod settings;
mod signing_in;
mod tickets;

use browser::Browser;
use serde_json::{Value, json};

use crate::{frontdesk::Frontdesk, ground::Ground};

/// Who signs in; the password is the one of [`Frontdesk::add_admin`].
const ADMIN: &str = "admin@desk.example";
const PASSWORD: &str = "correct horse battery";

/// A server with an admin, and somebody who sits before its panel.
struct Panel {
    desk: Frontdesk,
    browser: Browser,
}

impl Panel {
    /// A desk with an admin, that sends welcome mails at once.
    async fn desk(settings: &[(&str, &str)]) -> Frontdesk {
        let soon = [("FRONTDESK__WELCOME__DELAY", "100ms")];
        let desk = Frontdesk::with(Ground::Sqlite, &[&soon, settings].concat()).await;
        desk.add_admin(ADMIN).await;
        desk
    }

    /// The dashboard of a new desk, whose mail is captured, shown to its admin.
    async fn open() -> Self {
        Self::of(Self::desk(&[]).await).await
    }

    /// The dashboard of a desk, shown to its admin.
    async fn of(desk: Frontdesk) -> Self {
        let browser = Browser::of(desk.url()).await;
        Self { desk, browser }.signed_in().await
    }

    /// The same in a browser that runs no script of any page.
    async fn without_scripts() -> Self {
        let desk = Self::desk(&[]).await;
        let browser = Browser::without_scripts(desk.url()).await;
        Self { desk, browser }.signed_in().await
    }

    async fn signed_in(self) -> Self {
        self.browser.open("/admin").await;
        self.sign_in(PASSWORD).await;
        self.browser.sees("Calls today").await;
        self
    }

    /// Fills in the page that asks who is there.
    async fn sign_in(&self, password: &str) {
        self.browser.fill("Email", ADMIN).await;
        self.browser.fill("Password", password).await;
        self.browser.press("Sign in").await;
    }

    /// Ana asks about pricing, and is registered by that; answers the reference.
    async fn ticket(&self, description: &str) -> String {
        let call = json!({"topic": "pricing", "description": description, "name": "Ana",
            "email": "ana@visitor.example", "origin": "landing"});
        let answer = self.desk.post("/bot/v1/tickets", &call).await;
        answer["reference"].as_str().expect("a reference").to_owned()
    }

    /// Registers somebody who can be read about on `/admin/users/{id}`; answers the id.
    async fn person(&self, call: &Value) -> String {
        let answer = self.desk.post("/bot/v1/users", call).await;
        answer["user_id"].as_str().expect("an id").to_owned()
    }
}
