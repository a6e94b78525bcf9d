//! A server of our own: child processes on a temporary database, with the sink as their mail server.

mod home;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use tokio::process::{Child, Command};
use tokio::time::{sleep, timeout};

use crate::http::{Client, Target};
use home::Backing;
pub(crate) use home::{Home, Installation};

/// How long a server may take to be ready.
const START: Duration = Duration::from_mins(1);

/// How long it may take to stop after SIGTERM; it drains for 30 s at most.
const STOP: Duration = Duration::from_secs(40);

/// What a process does; an embedded database allows `All` only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// Everything.
    All,
    /// HTTP.
    Api,
    /// Delivery.
    Worker,
}

impl Role {
    /// As the command line names it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Api => "api",
            Self::Worker => "worker",
        }
    }
}

/// A server that is ready. Killed when dropped; [`Server::stop`] ends it properly.
#[derive(Debug)]
pub(crate) struct Server {
    child: Child,
    role: Role,
    address: SocketAddr,
    target: Target,
    /// From the start of the process to the first 200 of `/health/ready`.
    pub(crate) ready: Duration,
    _backing: Arc<Backing>,
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

    /// What it does and where it listens, for another one in its place.
    pub(crate) fn place(&self) -> (Role, SocketAddr) {
        (self.role, self.address)
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
            self.must_run()?;
            sleep(Duration::from_millis(2)).await;
        }
    }

    /// Fails if the process has ended by itself.
    pub(crate) fn must_run(&mut self) -> Result<()> {
        if let Some(status) = self.child.try_wait()? {
            bail!("the process of role {} has ended with {status}", self.role.name());
        }
        Ok(())
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

    /// Ends the server as a power failure would, with SIGKILL.
    pub(crate) async fn kill(&mut self) -> Result<()> {
        self.child.kill().await.context("killing a server")
    }
}

async fn ready(target: &Target) -> Result<bool> {
    let mut client = Client::connect(target).await?;
    Ok(client.get("/health/ready").await?.status == 200)
}
