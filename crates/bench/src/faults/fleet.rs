//! The processes under test: two for HTTP and two for delivery, over one database and one broker.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::Result;
use tokio::time::{Instant, sleep};

use crate::http::Target;
use crate::server::{Home, Installation, Role, Server};

/// From a call to its welcome mail: short enough that mails fall due during every fault, long enough that they are
/// handed over ahead of time.
const WELCOME_DELAY: Duration = Duration::from_secs(2);

/// Shorter than the shipped waits, so that what failed during a fault is delivered before the count.
const WAITS: &str =
    "1s,1s,1s,2s,2s,2s,3s,3s,3s,3s,3s,3s,3s,3s,3s,3s,3s,3s,3s,3s,3s,3s,3s,3s,3s,3s,3s,3s,3s,3s";

/// As many as there are waits: a mail server that never says that it took a mail is tried until it does.
const UNKNOWN_RETRIES: &str = "30";

/// A supervisor takes a moment to notice that a process has died.
const RESPAWN: Duration = Duration::from_secs(1);

/// Two api and two worker processes.
#[derive(Debug)]
pub(super) struct Fleet {
    /// Where they live.
    pub(super) home: Home,
    apis: Vec<Server>,
    workers: Vec<Server>,
}

impl Fleet {
    /// Starts them one after the other.
    pub(super) async fn start(installation: &Installation, smtp: SocketAddr) -> Result<Self> {
        let mut home = installation.home(smtp).await?;
        home.set("FRONTDESK__RETRY__EMAIL__WAITS", WAITS);
        home.set("FRONTDESK__RETRY__EMAIL__UNKNOWN_RETRIES", UNKNOWN_RETRIES);
        let mut fleet = Self { home, apis: Vec::new(), workers: Vec::new() };
        for _ in 0..2 {
            let api = fleet.home.start_as(Role::Api, WELCOME_DELAY).await?;
            fleet.apis.push(api);
            let worker = fleet.home.start_as(Role::Worker, WELCOME_DELAY).await?;
            fleet.workers.push(worker);
        }
        Ok(fleet)
    }

    /// Where bots can call.
    pub(super) fn targets(&self) -> Vec<Target> {
        self.apis.iter().map(|api| api.target().clone()).collect()
    }

    /// Kills one of the api processes, and starts another in its place after a moment; tells when.
    pub(super) async fn lose_an_api(&mut self) -> Result<Instant> {
        replace_all(&mut self.home, &mut self.apis[..1], until_noticed()).await
    }

    /// Kills one of the worker processes, and starts another in its place after a moment; tells when.
    pub(super) async fn lose_a_worker(&mut self) -> Result<Instant> {
        replace_all(&mut self.home, &mut self.workers[..1], until_noticed()).await
    }

    /// Kills all workers at once, does something, and starts others in their place; tells when.
    pub(super) async fn without_workers(
        &mut self,
        meanwhile: impl Future<Output = Result<()>>,
    ) -> Result<Instant> {
        replace_all(&mut self.home, &mut self.workers, meanwhile).await
    }

    /// Fails if a process that nobody killed is gone: nothing here is a reason to be restarted.
    pub(super) fn must_run(&mut self) -> Result<()> {
        self.apis.iter_mut().chain(&mut self.workers).try_for_each(Server::must_run)
    }
}

async fn until_noticed() -> Result<()> {
    sleep(RESPAWN).await;
    Ok(())
}

/// Kills servers, does something, and starts others in their place; tells when.
async fn replace_all(
    home: &mut Home,
    servers: &mut [Server],
    meanwhile: impl Future<Output = Result<()>>,
) -> Result<Instant> {
    for server in servers.iter_mut() {
        server.kill().await?;
    }
    meanwhile.await?;
    let replaced = Instant::now();
    for server in servers {
        *server = home.start_at(server.place(), WELCOME_DELAY).await?;
    }
    Ok(replaced)
}
