//! Where a server lives: a directory for its files, and the database and the broker behind it.

use std::fs::{self, OpenOptions};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use tempfile::TempDir;
use tokio::io::AsyncWriteExt as _;
use tokio::process::Command;

use super::{Role, Server};
use crate::broker::{Broker, Names};
use crate::database::Database;
use crate::http::Target;

/// Any 32 bytes: the databases do not outlive the run.
const SECRET_KEY: &str = "6265636861726b206265636861726b206265636861726b206265636861726b21";

/// Where homes are made and what runs in them.
#[derive(Debug)]
pub(crate) struct Installation {
    /// The server's program.
    pub(crate) program: PathBuf,
    /// The directory that holds the temporary ones.
    pub(crate) directory: PathBuf,
    /// Where the servers' output is appended; in the temporary directory unless given.
    pub(crate) log: Option<PathBuf>,
    /// A PostgreSQL server on which every home has a database of its own; without one it is embedded.
    pub(crate) database: Option<String>,
    /// A broker in which every home has queues of its own; without one they are inside the server.
    pub(crate) amqp: Option<String>,
}

impl Installation {
    /// Finds the program and the directory: the server runs elsewhere, so their paths must be absolute.
    pub(crate) fn new(program: &Path, directory: &Path) -> Result<Self> {
        let program = program.canonicalize().with_context(|| {
            format!("looking for the server at {}: build it or name it with --server", program.display())
        })?;
        let directory = directory
            .canonicalize()
            .with_context(|| format!("looking for the directory {}", directory.display()))?;
        Ok(Self { program, directory, log: None, database: None, amqp: None })
    }

    /// An empty directory, an empty database and unused names in the broker.
    pub(crate) async fn home(&self, smtp: SocketAddr) -> Result<Home> {
        let directory = tempfile::Builder::new()
            .prefix("frontdesk-bench-")
            .tempdir_in(&self.directory)
            .with_context(|| format!("making a directory in {}", self.directory.display()))?;
        let log = self.log.clone().unwrap_or_else(|| directory.path().join("server.log"));
        let database = match &self.database {
            Some(server) => Some(Database::create(server).await?),
            None => None,
        };
        let broker = self.amqp.as_deref().map(Broker::new);
        Ok(Home {
            backing: Arc::new(Backing { directory, database, broker }),
            program: self.program.clone(),
            log,
            smtp,
            settings: Vec::new(),
            key: None,
        })
    }
}

/// What outlives one process. It is removed when neither the home nor a server in it is left.
#[derive(Debug)]
pub(super) struct Backing {
    directory: TempDir,
    database: Option<Database>,
    broker: Option<Broker>,
}

impl Backing {
    fn database_url(&self) -> String {
        match &self.database {
            Some(database) => database.url(),
            None => format!("sqlite://{}", self.directory.path().join("frontdesk.db").display()),
        }
    }
}

/// A place in which servers can be started again and again.
#[derive(Debug)]
pub(crate) struct Home {
    backing: Arc<Backing>,
    program: PathBuf,
    log: PathBuf,
    smtp: SocketAddr,
    settings: Vec<(&'static str, String)>,
    key: Option<String>,
}

impl Home {
    /// Sets what differs from the defaults of a benchmark, for servers that are started later.
    pub(crate) fn set(&mut self, setting: &'static str, value: impl Into<String>) {
        self.settings.push((setting, value.into()));
    }

    /// Servers that are started later need no bot.
    pub(crate) fn without_bot(&mut self) {
        self.key = Some(String::new());
    }

    /// Where the database is.
    pub(crate) fn database_url(&self) -> String {
        let set = self.settings.iter().rev().find(|(setting, _)| *setting == "DATABASE_URL");
        set.map_or_else(|| self.backing.database_url(), |(_, url)| url.clone())
    }

    /// The PostgreSQL database, if it is one.
    pub(crate) fn database(&self) -> Option<&Database> {
        self.backing.database.as_ref()
    }

    /// The names in the broker, if there is one.
    pub(crate) fn broker(&self) -> Option<&Names> {
        self.backing.broker.as_ref().map(|broker| &broker.0)
    }

    /// Starts a server that does everything.
    pub(crate) async fn start(&mut self, welcome_delay: Duration) -> Result<Server> {
        self.start_as(Role::All, welcome_delay).await
    }

    /// Starts a server of this role on a free port.
    pub(crate) async fn start_as(&mut self, role: Role, welcome_delay: Duration) -> Result<Server> {
        self.start_at((role, free_address()?), welcome_delay).await
    }

    /// Starts a server, waits until it is ready, and makes a bot on the first start.
    pub(crate) async fn start_at(
        &mut self,
        (role, address): (Role, SocketAddr),
        welcome_delay: Duration,
    ) -> Result<Server> {
        let begun = Instant::now();
        let mut server = self.spawn(role, address, welcome_delay)?;
        server.until_ready(begun).await.with_context(|| format!("the server said: {}", self.last_words()))?;
        server.target.key = match &self.key {
            Some(key) => key.clone(),
            None => self.told(&["bot", "add", "bench", "--key-only"]).await?.trim().to_owned(),
        };
        self.key = Some(server.target.key.clone());
        Ok(server)
    }

    fn spawn(&self, role: Role, address: SocketAddr, welcome_delay: Duration) -> Result<Server> {
        let log = OpenOptions::new().create(true).append(true).open(&self.log).context("opening the log")?;
        let child = self
            .command()
            .args(["serve", "--role", role.name()])
            .env("FRONTDESK__HTTP__BIND", address.to_string())
            .env("FRONTDESK__WELCOME__DELAY", format!("{}ms", welcome_delay.as_millis()))
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()
            .with_context(|| format!("starting {}", self.program.display()))?;
        let target = Target { address: address.to_string(), key: String::new() };
        let backing = Arc::clone(&self.backing);
        Ok(Server { child, role, address, target, ready: Duration::ZERO, _backing: backing })
    }

    /// What a command of the program prints; it must succeed.
    pub(crate) async fn told(&self, arguments: &[&str]) -> Result<String> {
        self.told_with(arguments, "").await
    }

    /// The same of a command that reads this.
    pub(crate) async fn told_with(&self, arguments: &[&str], input: &str) -> Result<String> {
        let name = arguments.join(" ");
        let mut command = self.command();
        command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().with_context(|| format!("running {name}"))?;
        let mut stdin = child.stdin.take().context("a command reads its input")?;
        // Whoever reads nothing needs nothing.
        let _ = stdin.write_all(input.as_bytes()).await;
        drop(stdin);
        let output = child.wait_with_output().await.with_context(|| format!("running {name}"))?;
        let said = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "{name} ended with {}: {said}", output.status);
        String::from_utf8(output.stdout).with_context(|| format!("reading what {name} printed"))
    }

    /// Nothing but these settings: the environment is empty and the directory holds no `.env`.
    fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command
            .env_clear()
            .env("DATABASE_URL", self.backing.database_url())
            .env("SMTP_URL", format!("smtp://{}", self.smtp))
            .env("FRONTDESK__MAIL__TEAM_TO", "team@bench.example")
            .env("FRONTDESK__INTAKE__RATE_LIMIT", "0")
            .env("FRONTDESK__HTTP__DRAIN", "0s")
            .env("FRONTDESK__SECRET_KEY", SECRET_KEY)
            .envs(self.settings.iter().map(|(setting, value)| (setting, value)))
            .current_dir(self.backing.directory.path())
            .stdin(Stdio::null())
            .kill_on_drop(true);
        if let Some(Broker(names)) = &self.backing.broker {
            command.env("AMQP_URL", &names.url).env("FRONTDESK__AMQP__PREFIX", &names.prefix);
        }
        command
    }

    /// The end of the log.
    pub(crate) fn last_words(&self) -> String {
        let log = fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        lines[lines.len().saturating_sub(20)..].join("\n")
    }
}

/// If another program takes the port before the server does, the start fails and says so.
fn free_address() -> Result<SocketAddr> {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").context("looking for a free port")?;
    Ok(listener.local_addr()?)
}
