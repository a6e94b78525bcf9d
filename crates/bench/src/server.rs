//! A server of our own: a child process on a temporary database, with the sink as its mail server.

use std::fs::{self, OpenOptions};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use tempfile::TempDir;
use tokio::process::{Child, Command};
use tokio::time::{sleep, timeout};

use crate::http::{Client, Target};

/// How long a server may take to be ready.
const START: Duration = Duration::from_mins(1);

/// How long it may take to stop after SIGTERM; it drains for 30 s at most.
const STOP: Duration = Duration::from_secs(40);

/// Any 32 bytes: the databases do not outlive the run.
const SECRET_KEY: &str = "6265636861726b206265636861726b206265636861726b206265636861726b21";

/// A directory with a database, in which a server can be started again and again. It is removed when neither
/// the home nor a server in it is left.
#[derive(Debug)]
pub(crate) struct Home {
    directory: Arc<TempDir>,
    program: PathBuf,
    log: PathBuf,
    smtp: SocketAddr,
    key: Option<String>,
}

/// Where homes are made and what runs in them.
#[derive(Debug)]
pub(crate) struct Installation {
    /// The server's program.
    pub(crate) program: PathBuf,
    /// The directory that holds the temporary ones.
    pub(crate) directory: PathBuf,
    /// Where the servers' output is appended; in the temporary directory unless given.
    pub(crate) log: Option<PathBuf>,
}

impl Installation {
    /// Finds the program and the directory: the server runs elsewhere, so their paths must be absolute.
    pub(crate) fn new(program: &Path, directory: &Path, log: Option<PathBuf>) -> Result<Self> {
        let program = program.canonicalize().with_context(|| {
            format!("looking for the server at {}: build it or name it with --server", program.display())
        })?;
        let directory = directory
            .canonicalize()
            .with_context(|| format!("looking for the directory {}", directory.display()))?;
        Ok(Self { program, directory, log })
    }

    /// An empty directory for a new database.
    pub(crate) fn home(&self, smtp: SocketAddr) -> Result<Home> {
        let directory = tempfile::Builder::new()
            .prefix("frontdesk-bench-")
            .tempdir_in(&self.directory)
            .with_context(|| format!("making a directory in {}", self.directory.display()))?;
        let log = self.log.clone().unwrap_or_else(|| directory.path().join("server.log"));
        Ok(Home { directory: Arc::new(directory), program: self.program.clone(), log, smtp, key: None })
    }
}

impl Home {
    /// Starts a server, waits until it is ready, and makes a bot on the first start.
    pub(crate) async fn start(&mut self, welcome_delay: Duration) -> Result<Server> {
        let address = free_address()?;
        let log = OpenOptions::new().create(true).append(true).open(&self.log).context("opening the log")?;
        let begun = Instant::now();
        let child = self
            .command(address, welcome_delay)
            .arg("serve")
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()
            .with_context(|| format!("starting {}", self.program.display()))?;
        let target = Target { address: address.to_string(), key: String::new() };
        let mut server =
            Server { child, target, ready: Duration::ZERO, _directory: Arc::clone(&self.directory) };
        server.until_ready(begun).await.with_context(|| format!("the server said: {}", self.last_words()))?;
        server.target.key = match &self.key {
            Some(key) => key.clone(),
            None => self.add_bot(address, welcome_delay).await?,
        };
        self.key = Some(server.target.key.clone());
        Ok(server)
    }

    async fn add_bot(&self, address: SocketAddr, welcome_delay: Duration) -> Result<String> {
        let mut command = self.command(address, welcome_delay);
        let made =
            command.args(["bot", "add", "bench", "--key-only"]).output().await.context("adding a bot")?;
        let said = String::from_utf8_lossy(&made.stderr);
        ensure!(made.status.success(), "adding a bot ended with {}: {said}", made.status);
        Ok(String::from_utf8(made.stdout).context("reading the bot's key")?.trim().to_owned())
    }

    /// Nothing but these settings: the environment is empty and the directory holds no `.env`.
    fn command(&self, address: SocketAddr, welcome_delay: Duration) -> Command {
        let database = self.directory.path().join("frontdesk.db");
        let mut command = Command::new(&self.program);
        command
            .env_clear()
            .env("DATABASE_URL", format!("sqlite://{}", database.display()))
            .env("SMTP_URL", format!("smtp://{}", self.smtp))
            .env("FRONTDESK__HTTP__BIND", address.to_string())
            .env("FRONTDESK__MAIL__TEAM_TO", "team@bench.example")
            .env("FRONTDESK__INTAKE__RATE_LIMIT", "0")
            .env("FRONTDESK__WELCOME__DELAY", format!("{}s", welcome_delay.as_secs()))
            .env("FRONTDESK__SECRET_KEY", SECRET_KEY)
            .current_dir(self.directory.path())
            .stdin(Stdio::null())
            .kill_on_drop(true);
        command
    }

    fn last_words(&self) -> String {
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

/// A server that is ready. Killed when dropped; [`Server::stop`] ends it properly.
#[derive(Debug)]
pub(crate) struct Server {
    child: Child,
    target: Target,
    /// From the start of the process to the first 200 of `/health/ready`.
    pub(crate) ready: Duration,
    _directory: Arc<TempDir>,
}

impl Server {
    /// Where to call it, as which bot.
    pub(crate) fn target(&self) -> &Target {
        &self.target
    }

    /// The process.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id().expect("a server that was not stopped has an id")
    }

    async fn until_ready(&mut self, begun: Instant) -> Result<()> {
        loop {
            let answered = ready(&self.target).await;
            self.ready = begun.elapsed();
            match answered {
                Ok(true) => return Ok(()),
                _ if self.ready < START => {}
                Ok(false) => bail!("the server was not ready after {} s", START.as_secs()),
                Err(error) => return Err(error.context("the server did not come up")),
            }
            if let Some(status) = self.child.try_wait()? {
                bail!("the server ended with {status} instead of getting ready");
            }
            sleep(Duration::from_millis(2)).await;
        }
    }

    /// Ends the server as a service manager would, with SIGTERM, and says how long that took.
    pub(crate) async fn stop(mut self) -> Result<Duration> {
        let begun = Instant::now();
        let signal = format!("kill -TERM {}", self.pid());
        let sent = Command::new("/bin/sh").args(["-c", &signal]).status().await.context("sending SIGTERM")?;
        ensure!(sent.success(), "sending SIGTERM ended with {sent}");
        let Ok(ended) = timeout(STOP, self.child.wait()).await else {
            self.child.start_kill()?;
            bail!("the server did not stop within {} s of SIGTERM", STOP.as_secs());
        };
        let status = ended.context("waiting for the server's end")?;
        ensure!(status.success(), "the server ended with {status} after SIGTERM");
        Ok(begun.elapsed())
    }
}

async fn ready(target: &Target) -> Result<bool> {
    let mut client = Client::connect(target).await?;
    Ok(client.get("/health/ready").await?.status == 200)
}
