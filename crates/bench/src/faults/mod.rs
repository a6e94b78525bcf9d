//! The fault suite: two api and two worker processes over PostgreSQL and RabbitMQ, a steady load, and one fault after
//! the other.
//!
//! A promise is an `ok` that a bot has read. After each fault the load stops, what is under way is delivered, and every
//! promise is looked for: the person and the ticket over HTTP, the notifications in the list of the command line, the
//! mails in the mail server. The processes go on from fault to fault; only those that a fault kills are started again.

mod fault;
mod fleet;
mod load;
mod options;
mod recovery;
mod register;
mod services;
mod tally;

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result};
use tokio::time::{Instant, sleep};

use crate::person::People;
use crate::scenarios::beside_this_program;
use crate::server::Installation;
use crate::sink::Sink;
use fault::{Fault, Scene};
use fleet::Fleet;
use load::{Answers, Load};
use options::Measures;
pub(crate) use options::Options;
use register::Record;
use services::Services;
use tally::{Notifications, Tally};

/// How long what is under way may take to be delivered once nothing is wrong any more.
const SETTLE: Duration = Duration::from_mins(1);

/// Between two looks at what is under way.
const LOOK_EVERY: Duration = Duration::from_millis(250);

/// Runs the suite.
pub(crate) async fn run(options: Options) -> Result<ExitCode> {
    let program = options.server.clone().map_or_else(beside_this_program, Ok)?;
    let services = Services::start(&options.services).await?;
    let installation = Installation {
        log: options.server_log.clone(),
        database: Some(services.database.clone()),
        amqp: Some(services.amqp.clone()),
        ..Installation::new(&program, &std::env::temp_dir())?
    };
    let sink = Sink::bind().await?;
    let fleet = Fleet::start(&installation, sink.address).await?;
    let measures = options.measures();
    let people = Arc::new(People::new());
    let mut suite = Suite { services, sink, fleet, measures, people, last: String::new() };

    println!("{}", tally::HEAD);
    let mut all_kept = true;
    for fault in options.faults() {
        let tally = suite.injure(fault).await.with_context(|| suite.context(fault))?;
        println!("{}", tally.row());
        all_kept &= tally.broken().is_empty();
    }
    Ok(if all_kept { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Everything that lasts from fault to fault. Servers go before what they stand on.
struct Suite {
    fleet: Fleet,
    sink: Sink,
    services: Services,
    measures: Measures,
    people: Arc<People>,
    /// The newest notification that was counted.
    last: String,
}

impl Suite {
    /// One fault under load, and the count after it.
    async fn injure(&mut self, fault: Fault) -> Result<Tally> {
        let targets = self.fleet.targets();
        let load = Load::start(&targets, &self.people, self.measures.rate);
        sleep(self.measures.around).await;
        let over = self.strike(fault).await?;
        let recovered = recovery::recover(&targets, &self.people, &self.sink).await;
        let recovery = over.elapsed();
        sleep(self.measures.around).await;
        let mut answers = load.stop().await;
        self.fleet.must_run()?;

        let recovery = match recovered {
            Ok(promises) => {
                answers.promises.extend(promises);
                Ok(recovery)
            }
            Err(reason) => Err(format!("{reason:#}")),
        };
        let notifications = self.settle(&answers).await?;
        let found = register::find(&targets, &answers.promises).await?;
        Ok(Tally::new(fault.name(), &answers, found, notifications, recovery))
    }

    async fn strike(&mut self, fault: Fault) -> Result<Instant> {
        let (services, sink, measures) = (&self.services, &self.sink, self.measures);
        fault.strike(&mut Scene { fleet: &mut self.fleet, services, sink, measures }).await
    }

    /// Waits until nothing is under way any more, and counts.
    async fn settle(&mut self, answers: &Answers) -> Result<Notifications> {
        let begun = Instant::now();
        let mut records = self.look().await?;
        while !tally::is_settled(&answers.promises, &records) && begun.elapsed() < SETTLE {
            sleep(LOOK_EVERY).await;
            records = self.look().await?;
        }
        let arrived: Vec<String> = self.sink.take().into_iter().map(|mail| mail.id).collect();
        let notifications = Notifications::count(&answers.promises, &records, &arrived);
        self.last = records.into_iter().next().map_or_else(|| self.last.clone(), |newest| newest.id);
        Ok(notifications)
    }

    async fn look(&self) -> Result<Vec<Record>> {
        register::notifications_after(&self.fleet.home, &self.last).await
    }

    fn context(&self, fault: Fault) -> String {
        format!("during {}; the servers said: {}", fault.name(), self.fleet.home.last_words())
    }
}
