//! `frontdesk serve`

use anyhow::Context as _;
use clap::{Args, ValueEnum};

use super::WrongUsage;
use crate::{environment::SystemEntropy, logging, settings::Settings};

/// What a serving process does.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum Role {
    /// Everything
    #[default]
    All,
    /// HTTP only
    Api,
    /// Delivery only
    Worker,
}

#[derive(Debug, Default, Args)]
pub struct ServeArgs {
    /// What this process does; an embedded database allows `all` only
    #[arg(long, value_enum, default_value_t)]
    role: Role,
}

pub async fn run(settings: Settings, args: ServeArgs) -> anyhow::Result<()> {
    if args.role != Role::All {
        let why = "an embedded database is served by one process that does everything; leave --role away";
        return Err(WrongUsage(why.to_owned()).into());
    }
    logging::start(&settings.log.filter)?;
    // Now rather than when the first session needs it: what it lies on may not be writable.
    settings.secret_key(&SystemEntropy).context("the file with the secret key cannot be used")?;
    crate::serve::run(settings).await
}
