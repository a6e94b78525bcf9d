//! What is measured, one file a scenario.

mod bars;
mod delivery;
mod doorbell;
mod idle;
mod intake;
mod lateness;
mod memory;
mod neighbours;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};

use bars::Bars;

use crate::figure::{count, number};
use crate::http::Target;
use crate::load::{self, Call, Outcome, Plan};
use crate::machine;
use crate::options::{Options, Scenario, Sizes};
use crate::person::People;
use crate::pgbench::Rival;
use crate::report::Report;
use crate::server::{Home, Installation};
use crate::sink::Sink;

/// A welcome delay that no run outlives.
const NEVER: Duration = Duration::from_hours(24);

/// Connections that load what waits.
const LOADERS: usize = 64;

/// How long a server is left alone before its memory is read.
const SETTLE: Duration = Duration::from_secs(2);

/// How long after the last mail the rest is given up.
const SILENCE: Duration = Duration::from_secs(30);

/// What is measured, and what every scenario needs for it.
#[derive(Debug)]
pub(crate) struct Bench {
    scenarios: Vec<Scenario>,
    sizes: Sizes,
    subject: Subject,
    people: Arc<People>,
    sink: Sink,
    bars: Bars,
    rival: Option<Rival>,
}

/// The server to be measured.
#[derive(Debug)]
enum Subject {
    /// One that runs already.
    Running(Target),
    /// One that is started for each scenario.
    Own(Installation),
}

impl Subject {
    fn new(options: Options) -> Result<Self> {
        if let (Some(url), Some(key)) = (&options.url, &options.key) {
            return Ok(Self::Running(Target::parse(url, key)?));
        }
        let program = options.server.map_or_else(beside_this_program, Ok)?;
        let directory = options.directory.unwrap_or_else(std::env::temp_dir);
        let installation = Installation::new(&program, &directory)?;
        let (log, database, amqp) = (options.server_log, options.database, options.amqp);
        Ok(Self::Own(Installation { log, database, amqp, ..installation }))
    }
}

impl Bench {
    /// Checks the options and opens the sink.
    pub(crate) async fn new(options: Options) -> Result<Self> {
        let (scenarios, sizes) = (options.scenarios(), options.sizes());
        let bars = if options.database.is_some() { bars::REPLICATED } else { bars::EMBEDDED };
        let rival = match &options.database {
            Some(server) if scenarios.contains(&Scenario::Intake) => Rival::prepare(server).await?,
            _ => None,
        };
        Ok(Self {
            scenarios,
            sizes,
            subject: Subject::new(options)?,
            people: Arc::new(People::new()),
            sink: Sink::bind().await?,
            bars,
            rival,
        })
    }

    /// A new home for a server of our own.
    async fn home(&self) -> Result<Home> {
        match &self.subject {
            Subject::Own(installation) => installation.home(self.sink.address).await,
            Subject::Running(_) => bail!("this cannot be measured on a server that runs elsewhere"),
        }
    }

    async fn drive(&self, target: &Target, call: Call, connections: usize, plan: Plan) -> Result<Outcome> {
        load::drive(target, &self.people, call, connections, plan).await
    }

    /// Registers this many people as fast as it goes; each has a welcome mail waiting then.
    async fn load(&self, target: &Target, timers: usize) -> Result<Outcome> {
        progress(&format!("loading {} timers", number(count(timers))));
        self.drive(target, Call::Users, LOADERS, Plan::Calls(timers)).await.context("loading timers")
    }

    fn settings(&self) -> Vec<(&'static str, String)> {
        let (server, directory) = match &self.subject {
            Subject::Running(target) => (format!("http://{}", target.address), None),
            Subject::Own(own) => {
                let embedded = own.database.is_none().then_some(own.directory.as_path());
                (own.program.display().to_string(), embedded)
            }
        };
        let mut settings = machine::describe(directory);
        settings.push(("server", server));
        if let Subject::Own(Installation { database: Some(_), amqp, .. }) = &self.subject {
            let queue = if amqp.is_some() { "RabbitMQ" } else { "the queue inside the process" };
            settings.push(("stands on", format!("PostgreSQL and {queue}")));
            let rival = self.rival.as_ref().map_or("not installed", |rival| rival.version.as_str());
            settings.push(("compared with", rival.to_owned()));
        }
        settings.extend(self.scenarios.iter().map(|scenario| self.sizes.describe(*scenario)));
        settings
    }
}

/// The server that was built together with this program.
pub(crate) fn beside_this_program() -> Result<PathBuf> {
    let this = std::env::current_exe().context("looking for this program's directory")?;
    Ok(this.with_file_name("frontdesk"))
}

/// Runs what was asked for. A scenario that fails does not keep the others from running.
pub(crate) async fn run(bench: &Bench) -> Report {
    let mut report = Report { settings: bench.settings(), ..Report::default() };
    for scenario in &bench.scenarios {
        let outcome = match scenario {
            Scenario::Intake => intake::run(bench).await,
            Scenario::Delivery => delivery::run(bench).await,
            Scenario::Lateness => lateness::run(bench).await,
            Scenario::Neighbours => neighbours::run(bench).await,
            Scenario::Doorbell => doorbell::run(bench).await,
            Scenario::Memory => memory::run(bench).await,
            Scenario::Idle => idle::run(bench).await,
        };
        bench.sink.take();
        match outcome {
            Ok(lines) => report.lines.extend(lines),
            Err(error) => {
                progress(&format!("FAILED: {error:#}"));
                report.failures.push((format!("{scenario:?}").to_lowercase(), format!("{error:#}")));
            }
        }
    }
    report
}

/// Tells on standard error what is going on; standard output is for the table.
fn progress(text: &str) {
    eprintln!("bench: {text}");
}
