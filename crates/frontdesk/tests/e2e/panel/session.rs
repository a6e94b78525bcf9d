//! What a browser can be told by the `WebDriver` protocol (<https://www.w3.org/TR/webdriver2/>).

use std::{
    os::unix::fs::MetadataExt as _,
    path::{Path, PathBuf},
};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::driver::Driver;
use crate::http::Connection;

/// The name of an element's identifier in answers (`WebDriver`, section 12.1).
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// Why the browser did not do what it was told.
#[derive(Debug)]
pub(super) struct Refusal {
    /// The error code of the protocol.
    pub(super) code: String,
    pub(super) message: String,
}

impl Refusal {
    /// Whether the page may just have moved on between two commands, so that the same command can succeed.
    pub(super) fn is_passing(&self) -> bool {
        match self.code.as_str() {
            "no such element"
            | "stale element reference"
            | "element not interactable"
            | "element click intercepted"
            | "invalid element state" => true,
            // chromedriver has no code for a node that went away while it was asked about.
            "unknown error" => self.message.contains("does not belong to the document"),
            _ => false,
        }
    }
}

/// A running browser without a window.
pub(super) struct Session {
    driver: Driver,
    folder: TempDir,
    id: String,
}

impl Session {
    /// Opens a browser that is used for the first time, with or without scripts of pages.
    pub(super) async fn open(runs_scripts: bool) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let driver = Driver::start(folder.path());
        let mut session = Self { driver, folder, id: String::new() };
        let wanted = capabilities(session.folder.path(), runs_scripts);
        let opened = session.command("POST", "/session", &wanted).await.expect("Chromium starts");
        opened["sessionId"].as_str().expect("a session").clone_into(&mut session.id);
        session
    }

    /// Where files are saved.
    pub(super) fn downloads(&self) -> PathBuf {
        self.folder.path().join("downloads")
    }

    async fn command(&self, method: &str, path: &str, body: &Value) -> Result<Value, Refusal> {
        let head = format!("{method} {path} HTTP/1.1\r\ncontent-type: application/json\r\n");
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let mut connection = Connection::open(self.driver.address).await.expect("chromedriver accepts");
        let answer = connection.call(&head, body.as_bytes()).await.expect("chromedriver answers");
        let value = answer.json()["value"].take();
        if answer.status == 200 {
            return Ok(value);
        }
        let text = |name: &str| value[name].as_str().unwrap_or_default().to_owned();
        Err(Refusal { code: text("error"), message: text("message") })
    }

    async fn get(&self, what: &str) -> Result<Value, Refusal> {
        self.command("GET", &format!("/session/{}{what}", self.id), &Value::Null).await
    }

    pub(super) async fn post(&self, what: &str, body: Value) -> Result<Value, Refusal> {
        self.command("POST", &format!("/session/{}{what}", self.id), &body).await
    }

    /// Opens a page and waits until it is loaded.
    pub(super) async fn load(&self, url: &str) -> Result<(), Refusal> {
        self.post("/url", json!({"url": url})).await.map(drop)
    }

    /// Loads the page that is open once more.
    pub(super) async fn reload(&self) -> Result<(), Refusal> {
        self.post("/refresh", json!({})).await.map(drop)
    }

    /// Where the browser is.
    pub(super) async fn url(&self) -> Result<String, Refusal> {
        Ok(self.get("/url").await?.as_str().unwrap_or_default().to_owned())
    }

    /// The first element that an `XPath` leads to.
    pub(super) async fn find(&self, path: &str) -> Result<Element<'_>, Refusal> {
        let found = self.post("/element", json!({"using": "xpath", "value": path})).await?;
        let id = found[ELEMENT].as_str().expect("an element").to_owned();
        Ok(Element { session: self, id })
    }

    /// The element that keys go to.
    pub(super) async fn active(&self) -> Result<Element<'_>, Refusal> {
        let id = self.get("/element/active").await?[ELEMENT].as_str().expect("an element").to_owned();
        Ok(Element { session: self, id })
    }

    /// Runs a script in the page, whose last argument takes the answer.
    pub(super) async fn ask(&self, script: &str, arguments: Value) -> Result<Value, Refusal> {
        self.post("/execute/async", json!({"script": script, "args": arguments})).await
    }

    /// Tells the browser something in its own protocol.
    pub(super) async fn tell(&self, command: &str, parameters: Value) -> Result<Value, Refusal> {
        self.post("/goog/cdp/execute", json!({"cmd": command, "params": parameters})).await
    }

    /// What the console said since the last look.
    pub(super) async fn console(&self) -> Result<Vec<Value>, Refusal> {
        let said = self.post("/se/log", json!({"type": "browser"})).await?;
        Ok(said.as_array().cloned().unwrap_or_default())
    }

    /// A picture of the whole page (PNG).
    pub(super) async fn picture(&self) -> Result<Vec<u8>, Refusal> {
        let page = self.tell("Page.getLayoutMetrics", json!({})).await?["cssContentSize"].take();
        let (width, height) = (&page["width"], &page["height"]);
        let clip = json!({"x": 0, "y": 0, "width": width, "height": height, "scale": 1});
        let whole = json!({"captureBeyondViewport": true, "clip": clip});
        let taken = self.tell("Page.captureScreenshot", whole).await?;
        Ok(BASE64_STANDARD.decode(taken["data"].as_str().unwrap_or_default()).expect("base64"))
    }

    /// Goes into a frame of the page.
    pub(super) async fn enter(&self, frame: &Element<'_>) -> Result<(), Refusal> {
        self.post("/frame", json!({"id": {ELEMENT: frame.id}})).await.map(drop)
    }

    /// The windows, as the browser names them.
    pub(super) async fn windows(&self) -> Result<Vec<Value>, Refusal> {
        Ok(self.get("/window/handles").await?.as_array().cloned().unwrap_or_default())
    }

    pub(super) async fn new_window(&self) -> Result<Value, Refusal> {
        Ok(self.post("/window/new", json!({"type": "tab"})).await?["handle"].take())
    }

    pub(super) async fn switch_to(&self, window: &Value) -> Result<(), Refusal> {
        self.post("/window", json!({"handle": window})).await.map(drop)
    }
}

/// Something on the page that is open.
pub(super) struct Element<'a> {
    session: &'a Session,
    id: String,
}

impl Element<'_> {
    fn path(&self, what: &str) -> String {
        format!("/element/{}{what}", self.id)
    }

    pub(super) async fn click(&self) -> Result<(), Refusal> {
        self.session.post(&self.path("/click"), json!({})).await.map(drop)
    }

    pub(super) async fn clear(&self) -> Result<(), Refusal> {
        self.session.post(&self.path("/clear"), json!({})).await.map(drop)
    }

    pub(super) async fn type_in(&self, text: &str) -> Result<(), Refusal> {
        self.session.post(&self.path("/value"), json!({"text": text})).await.map(drop)
    }

    /// The text that can be seen.
    pub(super) async fn text(&self) -> Result<String, Refusal> {
        Ok(self.session.get(&self.path("/text")).await?.as_str().unwrap_or_default().to_owned())
    }

    /// How a property of style came out.
    pub(super) async fn style(&self, name: &str) -> Result<String, Refusal> {
        let value = self.session.get(&self.path(&format!("/css/{name}"))).await?;
        Ok(value.as_str().unwrap_or_default().to_owned())
    }

    /// What a field holds, or another property.
    pub(super) async fn property(&self, name: &str) -> Result<String, Refusal> {
        let value = self.session.get(&self.path(&format!("/property/{name}"))).await?;
        Ok(value.as_str().map_or_else(|| value.to_string(), str::to_owned))
    }
}

/// What is asked of a new browser: its files in `home`, its console kept, and no calls home.
fn capabilities(home: &Path, runs_scripts: bool) -> Value {
    let profile = format!("--user-data-dir={}", home.join("profile").display());
    let mut arguments = vec![
        "--headless=new",
        "--hide-scrollbars",
        "--window-size=1280,900",
        "--lang=en",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-dev-shm-usage",
        "--disable-gpu",
        &profile,
    ];
    // The sandbox of Chromium refuses to run as root, who owns what root makes.
    if home.metadata().is_ok_and(|folder| folder.uid() == 0) {
        arguments.push("--no-sandbox");
    }
    let scripts = if runs_scripts { 1 } else { 2 };
    json!({"capabilities": {"alwaysMatch": {
        "goog:loggingPrefs": {"browser": "ALL"},
        "goog:chromeOptions": {
            "args": arguments,
            "prefs": {
                "download.default_directory": home.join("downloads"),
                "intl.accept_languages": "en",
                "credentials_enable_service": false,
                "profile.managed_default_content_settings.javascript": scripts,
            },
        },
    }}})
}
