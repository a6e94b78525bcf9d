//! `frontdesk serve`

use anyhow::Context as _;
use clap::Args;

use super::WrongUsage;
use crate::{environment::SystemEntropy, logging, serve::Role, settings::Settings, telemetry::begin_traces};

#[derive(Debug, Default, Args)]
pub struct ServeArgs {
    /// What this process does; an embedded database allows `all` only
    #[arg(long, value_enum, default_value_t)]
    role: Role,
}

pub async fn run(settings: Settings, args: ServeArgs) -> anyhow::Result<()> {
    if args.role != Role::All && settings.database.file().is_some() {
        let why = "an embedded database is served by one process that does everything; leave --role away";
        return Err(WrongUsage(why.to_owned()).into());
    }
    let (traces, export) = begin_traces(settings.traces.as_ref())?.unzip();
    logging::start_with(&settings.log.filter, traces)?;
    // Now rather than when the first session needs it: what it lies on may not be writable.
    let key = settings.secret_key(&SystemEntropy).context("the file with the secret key cannot be used")?;
    if key.is_none() && args.role != Role::Worker {
        let why =
            "FRONTDESK__SECRET_KEY: with PostgreSQL it has to be set, to the same text in every process";
        return Err(WrongUsage(why.to_owned()).into());
    }
    crate::serve::run(settings, args.role, key, export).await
}
