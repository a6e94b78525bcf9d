//! `frontdesk seed`: fills a database with people who do not exist, to look at and to measure.

use application::seed::{Beside, SeedDatabase, SeedError, SeedSizes};
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};

use super::{WrongUsage, output::say};
use crate::wiring::App;

#[derive(Debug, Args)]
pub struct SeedArgs {
    /// So many users
    #[arg(long, default_value_t = 200)]
    users: u32,
    /// So many tickets [default: half as many as users]
    #[arg(long)]
    tickets: Option<u32>,
    /// So many notifications [default: twice as many as users]
    #[arg(long)]
    notifications: Option<u32>,
    /// Make the same people as another run with this number
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    seed: u32,
    /// Fill a database that has users already, who may be real
    #[arg(long)]
    among_others: bool,
}

impl SeedArgs {
    fn sizes(&self) -> SeedSizes {
        let tickets = self.tickets.unwrap_or(self.users / 2);
        let notifications = self.notifications.unwrap_or(self.users.saturating_mul(2));
        let [users, tickets, notifications] =
            [self.users, tickets, notifications].map(|count| usize::try_from(count).unwrap_or(usize::MAX));
        SeedSizes { users, tickets, notifications }
    }
}

pub async fn run(app: &App, args: SeedArgs) -> anyhow::Result<()> {
    let seed = SeedDatabase {
        storage: app.storage.clone(),
        clock: app.clock.clone(),
        ids: app.ids.clone(),
        entropy: app.entropy.clone(),
        hasher: app.hasher.clone(),
    };
    let sizes = args.sizes();
    let beside = if args.among_others { Beside::Anything } else { Beside::Nothing };
    let bar = progress(sizes);
    let filling = seed.execute(sizes, args.seed, beside, |written| bar.set_position(total(written)));
    let written = tokio::select! {
        written = filling => written.map_err(explained)?,
        // Without a server nobody else does what the database needs meanwhile.
        () = app.database.clone().upkeep() => anyhow::bail!("the upkeep of the database ended"),
    };
    bar.finish_and_clear();
    let SeedSizes { users, tickets, notifications } = written;
    say(format_args!("{users} users, {tickets} tickets and {notifications} notifications were made up"))
}

fn explained(error: SeedError) -> anyhow::Error {
    match error {
        SeedError::NotEmpty => WrongUsage(format!("{error}; --among-others fills it all the same")).into(),
        SeedError::Taken => WrongUsage(format!("{error}: --seed")).into(),
        error => error.into(),
    }
}

fn progress(sizes: SeedSizes) -> ProgressBar {
    let style = ProgressStyle::with_template("{bar:40} {human_pos}/{human_len} rows, {eta} left");
    ProgressBar::new(total(sizes)).with_style(style.expect("the template is sound"))
}

const fn total(sizes: SeedSizes) -> u64 {
    (sizes.users + sizes.tickets + sizes.notifications) as u64
}
