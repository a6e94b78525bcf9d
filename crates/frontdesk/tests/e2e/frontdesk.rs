//! A running Frontdesk, with a folder, a port and a bot of its own.

use std::{
    net::{SocketAddr, TcpListener},
    path::PathBuf,
    process::{Output, Stdio},
    sync::Arc,
    time::Duration,
};

use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::{
    io::AsyncWriteExt as _,
    process::{Child, Command},
    time::{sleep, timeout},
};

use crate::{
    ground::{Ground, Plot},
    http::{Connection, Response},
};

/// How long a test waits for something that should happen soon, before it fails.
pub(crate) const PATIENCE: Duration = Duration::from_mins(1);

/// A server process; killed when it is dropped.
pub(crate) struct Frontdesk {
    plot: Arc<Plot>,
    folder: TempDir,
    settings: Vec<(String, String)>,
    address: SocketAddr,
    process: Option<Child>,
    /// What the process does, as `--role` takes it.
    pub(crate) role: &'static str,
    pub(crate) key: String,
}

impl Frontdesk {
    /// Starts with the defaults, and without a rate limit.
    pub(crate) async fn start(ground: Ground) -> Self {
        Self::with(ground, &[]).await
    }

    /// Starts with settings, and without a rate limit unless they say otherwise. Adds a bot.
    pub(crate) async fn with(ground: Ground, settings: &[(&str, &str)]) -> Self {
        let mut desk = Self::unstarted(ground, settings).await;
        desk.run().await;
        desk.add_bot().await;
        desk
    }

    /// Adds the bot whose key the calls have.
    pub(crate) async fn add_bot(&mut self) {
        let key = self.told(&["bot", "add", "test", "--country", "ES", "--key-only"]).await;
        key.trim().clone_into(&mut self.key);
    }

    /// Has a folder and settings, and no process yet.
    pub(crate) async fn unstarted(ground: Ground, settings: &[(&str, &str)]) -> Self {
        let plot = ground.plot().await;
        let defaults = [
            ("FRONTDESK__INTAKE__RATE_LIMIT", "0"),
            ("FRONTDESK__HTTP__DRAIN", "0s"),
            ("FRONTDESK__LOG", "debug"),
        ];
        let chosen = defaults.iter().chain(settings);
        let chosen = chosen.map(|&(name, value)| (name.to_owned(), value.to_owned()));
        Self {
            folder: tempfile::tempdir().expect("a folder"),
            settings: plot.settings().into_iter().chain(chosen).collect(),
            plot: Arc::new(plot),
            address: free_address(),
            process: None,
            role: "all",
            key: String::new(),
        }
    }

    /// Another process on the same ground, with the same settings; it does not run yet.
    pub(crate) fn colleague(&self, role: &'static str) -> Self {
        Self {
            plot: Arc::clone(&self.plot),
            folder: tempfile::tempdir().expect("a folder"),
            settings: self.settings.clone(),
            address: free_address(),
            process: None,
            role,
            key: self.key.clone(),
        }
    }

    /// Starts the process and waits until it is ready.
    pub(crate) async fn run(&mut self) {
        self.spawn();
        self.wait_until("the server is ready", async |desk| {
            desk.try_get("/health/ready").await.is_ok_and(|answer| answer.status == 200)
        })
        .await;
    }

    /// Starts the process.
    pub(crate) fn spawn(&mut self) {
        self.address = free_address();
        let log =
            std::fs::File::options().create(true).append(true).open(self.log_file()).expect("a log file");
        let mut serve = self.program(&["serve", "--role", self.role]);
        serve.stdout(log.try_clone().expect("a log file")).stderr(log).kill_on_drop(true);
        self.process = Some(serve.spawn().expect("the program starts"));
    }

    /// Ends the process as a power cut would.
    pub(crate) async fn kill(&mut self) {
        let mut process = self.process.take().expect("a running process");
        process.kill().await.expect("the process is killed");
    }

    /// Asks the process to stop (SIGTERM), and answers its exit code.
    pub(crate) async fn stop(&mut self) -> Option<i32> {
        self.terminate().await;
        let mut process = self.process.take().expect("a running process");
        let ended = timeout(PATIENCE, process.wait()).await.expect("the process ends in time");
        ended.expect("an exit status").code()
    }

    /// Tells the process to stop (SIGTERM).
    pub(crate) async fn terminate(&self) {
        let id = self.process.as_ref().and_then(Child::id).expect("a running process has an id").to_string();
        let signalled = Command::new("kill").args(["-TERM", &id]).status().await.expect("kill runs");
        assert!(signalled.success());
    }

    /// Where the process listens.
    pub(crate) const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Runs a command of the program beside the server.
    pub(crate) async fn command(&self, arguments: &[&str]) -> Output {
        self.program(arguments).stdin(Stdio::null()).output().await.expect("the program runs")
    }

    /// Runs a command that reads `input`.
    pub(crate) async fn command_with_input(&self, arguments: &[&str], input: &str) -> Output {
        let mut command = self.program(arguments);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut process = command.spawn().expect("the program runs");
        let mut stdin = process.stdin.take().expect("an input");
        stdin.write_all(input.as_bytes()).await.expect("the program reads");
        drop(stdin);
        process.wait_with_output().await.expect("the program ends")
    }

    /// Makes an admin who signs in with this address.
    pub(crate) async fn add_admin(&self, email: &str) {
        let create = ["createsuperuser", "--email", email, "--password-stdin"];
        let made = self.command_with_input(&create, "correct horse battery\n").await;
        assert!(made.status.success(), "{made:?}");
    }

    /// Runs a command that must succeed, and answers what it printed.
    pub(crate) async fn told(&self, arguments: &[&str]) -> String {
        let output = self.command(arguments).await;
        assert!(output.status.success(), "{arguments:?}: {output:?}");
        String::from_utf8(output.stdout).expect("text")
    }

    /// Runs a command that must succeed with `--json`, and answers what it printed.
    pub(crate) async fn listed(&self, arguments: &[&str]) -> Value {
        let printed = self.told(&[arguments, &["--json"]].concat()).await;
        serde_json::from_str(&printed).unwrap_or_else(|error| panic!("{error} in {printed}"))
    }

    fn program(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_frontdesk"));
        command
            .args(arguments)
            .current_dir(self.folder.path())
            .env_clear()
            .env("FRONTDESK__HTTP__BIND", self.address.to_string())
            .envs(self.settings());
        command
    }

    /// The settings of the process, but for its address.
    pub(crate) fn settings(&self) -> impl Iterator<Item = (&str, &str)> {
        self.settings.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    fn log_file(&self) -> PathBuf {
        self.folder.path().join("server.log")
    }

    /// Everything that the server logged and printed so far.
    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(self.log_file()).unwrap_or_default()
    }

    /// Everything that is stored, in any order and encoding.
    pub(crate) async fn everything_stored(&self) -> Vec<u8> {
        if let Some(rows) = self.plot.rows().await {
            return rows.into_bytes();
        }
        self.told(&["backup", "copy.db"]).await;
        std::fs::read(self.path("copy.db")).expect("a backup")
    }

    /// The one number that a query in PostgreSQL answers.
    pub(crate) async fn number(&self, query: &str) -> i64 {
        self.plot.number(query).await
    }

    /// A path in the server's folder.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Where the server is.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// A kept connection to the server.
    pub(crate) async fn connect(&self) -> Connection {
        Connection::open(self.address).await.expect("the server accepts")
    }

    /// The head of a call of the bot.
    pub(crate) fn post_head(&self, path: &str) -> String {
        format!("POST {path} HTTP/1.1\r\nauthorization: Bearer {}\r\n", self.key)
    }

    /// A call of the bot with JSON.
    pub(crate) async fn post(&self, path: &str, body: &Value) -> Value {
        let response = self.post_raw(path, body.to_string().as_bytes()).await;
        assert_eq!(response.status, 200, "{response:?}");
        response.json()
    }

    /// A call of the bot with any body.
    pub(crate) async fn post_raw(&self, path: &str, body: &[u8]) -> Response {
        self.connect().await.call(&self.post_head(path), body).await.expect("an answer")
    }

    /// Registers a person.
    pub(crate) async fn register(&self, name: &str, email: &str) -> Value {
        self.post("/bot/v1/users", &json!({"name": name, "email": email})).await
    }

    /// A question of the bot.
    pub(crate) async fn get(&self, path: &str) -> Response {
        self.try_get(path).await.expect("an answer")
    }

    async fn try_get(&self, path: &str) -> std::io::Result<Response> {
        let head = format!("GET {path} HTTP/1.1\r\nauthorization: Bearer {}\r\n", self.key);
        Connection::open(self.address).await?.call(&head, b"").await
    }

    /// The sum of a metric over all its labels that contain `label`.
    pub(crate) async fn metric(&self, name: &str, label: &str) -> f64 {
        let metrics = self.get("/metrics").await.body;
        let lines = metrics.lines().filter(|line| line.starts_with(name) && line.contains(label));
        lines.filter_map(|line| line.rsplit(' ').next()?.parse::<f64>().ok()).sum()
    }

    /// All notifications, newest first.
    pub(crate) async fn notifications(&self) -> Vec<Value> {
        let listed = self.listed(&["notifications", "list", "--limit", "1000"]).await;
        listed.as_array().expect("a list").clone()
    }

    /// Waits until every notification stands at one of `statuses`, and answers them.
    pub(crate) async fn settled(&self, statuses: &[&str]) -> Vec<Value> {
        let stands = |one: &Value| statuses.iter().any(|status| one["status"] == *status);
        self.wait_until(&format!("all notifications are {statuses:?}"), async |desk| {
            desk.notifications().await.iter().all(stands)
        })
        .await;
        self.notifications().await
    }

    /// Waits until `condition` holds.
    pub(crate) async fn wait_until(&self, what: &str, mut condition: impl AsyncFnMut(&Self) -> bool) {
        let holds = async {
            while !condition(self).await {
                sleep(Duration::from_millis(20)).await;
            }
        };
        assert!(
            timeout(PATIENCE, holds).await.is_ok(),
            "waited in vain until {what}; the log:\n{}",
            self.log()
        );
    }
}

/// An address on loopback that was free a moment ago.
fn free_address() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("loopback has a free port");
    listener.local_addr().expect("a bound socket has an address")
}
