//! Somebody at a browser: presses what has a name, fills fields by their labels, and sees what is written.

use std::{path::PathBuf, time::Duration};

use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use super::session::{Refusal, Session};

/// How long a page may take until it shows what is waited for.
const PATIENCE: Duration = Duration::from_secs(20);

/// A browser on one site.
pub(crate) struct Browser {
    session: Session,
    site: String,
}

impl Browser {
    /// Opens a browser for the site at this URL.
    pub(crate) async fn of(site: String) -> Self {
        Self { session: Session::open(true).await, site }
    }

    /// Opens a browser that runs no script of any page.
    pub(crate) async fn without_scripts(site: String) -> Self {
        Self { session: Session::open(false).await, site }
    }

    /// Opens a page of the site.
    pub(crate) async fn open(&self, path: &str) {
        self.session.load(&format!("{}{path}", self.site)).await.expect("the page opens");
        self.hears_no_complaint().await;
    }

    /// Where the browser is on the site.
    pub(crate) async fn place(&self) -> String {
        let url = self.session.url().await.expect("the browser is somewhere");
        url.strip_prefix(&self.site).unwrap_or_else(|| panic!("{url} is elsewhere")).to_owned()
    }

    /// Presses the first button, link or summary with this text.
    pub(crate) async fn press(&self, text: &str) {
        self.press_in("", text).await;
    }

    /// Presses what has this text within what an `XPath` leads to.
    pub(crate) async fn press_in(&self, place: &str, text: &str) {
        let path =
            format!("{place}//*[self::button or self::a or self::summary][normalize-space()=\"{text}\"]");
        self.click(&path).await;
    }

    /// Clicks what an `XPath` leads to.
    pub(crate) async fn click(&self, path: &str) {
        self.until(path, async || self.session.find(path).await?.click().await).await;
        self.hears_no_complaint().await;
    }

    /// Writes into the field whose label begins so, instead of what it has.
    pub(crate) async fn fill(&self, label: &str, text: &str) {
        self.fill_in("", label, text).await;
    }

    /// Writes into the field with this label within what an `XPath` leads to.
    pub(crate) async fn fill_in(&self, place: &str, label: &str, text: &str) {
        let path = field(place, label);
        self.until(&path, async || {
            let field = self.session.find(&path).await?;
            field.clear().await?;
            field.type_in(text).await
        })
        .await;
    }

    /// What the field has whose label begins so.
    pub(crate) async fn value(&self, label: &str) -> String {
        let path = field("", label);
        self.until(&path, async || self.session.find(&path).await?.property("value").await).await
    }

    /// Chooses an entry of the list whose label begins so.
    pub(crate) async fn choose(&self, label: &str, entry: &str) {
        self.click(&format!("({})/option[normalize-space()=\"{entry}\"]", field("", label))).await;
    }

    /// Waits until this text can be read on the page.
    pub(crate) async fn sees(&self, text: &str) {
        self.until(&format!("the text {text:?}"), async || {
            if self.text().await?.contains(text) { Ok(()) } else { Err(missing(text)) }
        })
        .await;
        self.hears_no_complaint().await;
    }

    /// Loads the page anew, as a whole.
    pub(crate) async fn reload(&self) {
        self.session.reload().await.expect("the page is there");
        self.hears_no_complaint().await;
    }

    /// Loads the page anew until this text can be read on it.
    pub(crate) async fn will_see(&self, text: &str) {
        self.until(&format!("the text {text:?}"), async || {
            self.session.reload().await?;
            if self.text().await?.contains(text) { Ok(()) } else { Err(missing(text)) }
        })
        .await;
        self.hears_no_complaint().await;
    }

    /// Asserts that this text cannot be read on the page, which is loaded.
    pub(crate) async fn does_not_see(&self, text: &str) {
        let page = self.page().await;
        assert!(!page.contains(text), "{text:?} is on the page:\n{page}");
    }

    /// All that can be read on the page.
    pub(crate) async fn page(&self) -> String {
        self.until("a page", async || self.text().await).await
    }

    async fn text(&self) -> Result<String, Refusal> {
        self.session.find("/html/body").await?.text().await
    }

    /// Types keys, into whatever has the focus.
    pub(crate) async fn type_keys(&self, keys: &str) {
        self.until("the focus", async || self.session.active().await?.type_in(keys).await).await;
        self.hears_no_complaint().await;
    }

    /// A property of what has the focus.
    pub(crate) async fn focused(&self, property: &str) -> String {
        self.until("the focus", async || self.session.active().await?.property(property).await).await
    }

    /// What a script answers that takes its callback as last argument.
    pub(crate) async fn ask(&self, script: &str, arguments: Value) -> Value {
        self.session.ask(script, arguments).await.expect("the script answers")
    }

    /// The value of an expression in the page.
    pub(crate) async fn evaluate(&self, expression: &str) -> Value {
        self.ask(&format!("arguments[0]({expression})"), json!([])).await
    }

    /// Waits until a file was saved, and answers what is in it.
    pub(crate) async fn saved(&self, name: &str) -> String {
        let file = self.session.downloads().join(name);
        self.until(name, async || std::fs::read_to_string(&file).map_err(|_| missing(name))).await
    }

    /// Makes the page so wide, as a narrow screen does.
    pub(crate) async fn be_wide(&self, width: u32, height: u32) {
        let size = json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": false});
        self.session.tell("Emulation.setDeviceMetricsOverride", size).await.expect("the page gets a size");
    }

    /// Lets pages read what was copied.
    pub(crate) async fn allow_clipboard(&self) {
        let both = json!({"permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"]});
        self.session.tell("Browser.grantPermissions", both).await.expect("the browser allows it");
    }

    /// Prefers a colour scheme, `light` or `dark`, and changes of colour that take no time.
    pub(crate) async fn prefer(&self, scheme: &str) {
        let feature = |name, value| json!({"name": name, "value": value});
        let calm = feature("prefers-reduced-motion", "reduce");
        let media = json!({"features": [feature("prefers-color-scheme", scheme), calm]});
        self.session.tell("Emulation.setEmulatedMedia", media).await.expect("the page gets a scheme");
    }

    /// Keeps a picture of the page under a name.
    pub(crate) async fn keep_picture(&self, name: &str) {
        let folder = pictures();
        std::fs::create_dir_all(&folder).expect("a folder for pictures");
        let picture = self.session.picture().await.expect("a picture");
        std::fs::write(folder.join(format!("{name}.png")), picture).expect("the picture is kept");
    }

    /// Runs a script in every page that is opened from now on, before anything of the page.
    pub(crate) async fn bring(&self, script: &str) {
        let source = json!({"source": script});
        let brought = self.session.tell("Page.addScriptToEvaluateOnNewDocument", source).await;
        brought.expect("the script is taken along");
    }

    /// How a property of style came out for what an `XPath` leads to.
    pub(crate) async fn style(&self, path: &str, name: &str) -> String {
        self.until(path, async || self.session.find(path).await?.style(name).await).await
    }

    /// Goes into the frame that an `XPath` leads to.
    pub(crate) async fn enter(&self, path: &str) {
        self.until(path, async || self.session.enter(&self.session.find(path).await?).await).await;
    }

    /// Opens a second window and goes there.
    pub(crate) async fn open_window(&self) {
        let window = self.session.new_window().await.expect("a new window");
        self.session.switch_to(&window).await.expect("the window is there");
    }

    /// Goes to the window that was opened first.
    pub(crate) async fn first_window(&self) {
        let windows = self.session.windows().await.expect("windows");
        self.session.switch_to(&windows[0]).await.expect("the window is there");
    }

    /// Fails if the console has an error: a broken script, or something that the page was not allowed to load or do. An
    /// answer 4xx to the page itself is none.
    async fn hears_no_complaint(&self) {
        let said = self.session.console().await.expect("the console");
        let is_refused_page = |entry: &Value| {
            let text = entry["message"].as_str().unwrap_or_default();
            entry["source"] == "network" && text.contains("/admin") && text.contains("status of 4")
        };
        let complaints: Vec<_> =
            said.iter().filter(|entry| entry["level"] == "SEVERE" && !is_refused_page(entry)).collect();
        assert!(complaints.is_empty(), "the console complains: {complaints:#?}");
    }

    /// Does something until it works.
    async fn until<T>(&self, what: &str, mut act: impl AsyncFnMut() -> Result<T, Refusal>) -> T {
        let deadline = Instant::now() + PATIENCE;
        loop {
            match act().await {
                Ok(done) => return done,
                Err(refusal) if refusal.is_passing() && Instant::now() < deadline => {
                    sleep(Duration::from_millis(20)).await;
                }
                Err(refusal) => self.give_up(what, &refusal).await,
            }
        }
    }

    async fn give_up(&self, what: &str, Refusal { code, message }: &Refusal) -> ! {
        let (place, page) = (self.session.url().await, self.text().await);
        panic!("waited in vain for {what}: {code}: {message}\nat {place:?}\n{}", page.unwrap_or_default());
    }
}

/// Where pictures are kept.
fn pictures() -> PathBuf {
    let target = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    target.with_file_name("screenshots")
}

/// The way to a field by its label, which stands before it or around it.
fn field(place: &str, label: &str) -> String {
    let label = format!("{place}//label[starts-with(normalize-space(), \"{label}\")]");
    format!("//*[@id={label}/@for] | {label}//input")
}

fn missing(what: &str) -> Refusal {
    Refusal { code: "no such element".to_owned(), message: format!("{what} is not there") }
}
