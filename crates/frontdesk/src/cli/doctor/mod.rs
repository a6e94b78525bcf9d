//! `frontdesk doctor`: looks whether all is well, and says what to do.

mod broker;
mod database;
mod exposure;
mod finding;
mod landbot;
mod mail;

use self::finding::{Finding, Level};
use super::{AlreadySaid, output::say};
use crate::{
    logging,
    settings::{Settings, Sources},
};

/// Says every finding, and fails if one is bad.
pub async fn run(sources: &Sources) -> anyhow::Result<()> {
    let settings = match Settings::load(sources) {
        Ok(settings) => settings,
        Err(error) => {
            say(Finding::fail(
                "settings",
                error.to_string(),
                "mend them; `frontdesk config` shows what is in force",
            ))?;
            return Err(error.into());
        }
    };
    logging::start(if settings.log.is_set { &settings.log.filter } else { "error" })?;
    let mut worst = Level::Ok;
    for finding in examine(&settings).await {
        worst = worst.max(finding.level());
        say(finding)?;
    }
    if worst == Level::Fail { Err(AlreadySaid.into()) } else { Ok(()) }
}

async fn examine(settings: &Settings) -> Vec<Finding> {
    let mut findings = vec![Finding::ok("settings", "all can be used")];
    findings.extend(database::examine(settings).await);
    findings.push(broker::examine(settings).await);
    findings.push(mail::server(settings).await);
    findings.extend(mail::addresses(settings));
    findings.push(mail::watchdog(settings));
    findings.push(landbot::examine(settings).await);
    findings.push(exposure::public_url(settings));
    findings.push(exposure::secret_key(settings));
    findings
}
