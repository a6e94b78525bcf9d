//! `frontdesk users erase`

use application::{ports::ErasureReceipt, users::EraseUser};
use clap::Args;

use super::which::OptionalWhich;
use crate::{
    cli::{WrongUsage, output::say, prompt},
    wiring::App,
};

#[derive(Debug, Args)]
pub struct EraseArgs {
    #[command(flatten)]
    which: OptionalWhich,
    /// Do not ask
    #[arg(long)]
    yes: bool,
}

pub async fn run(app: &App, args: EraseArgs) -> anyhow::Result<()> {
    let which =
        args.which.read()?.ok_or_else(|| WrongUsage("--id, --email or --phone is needed".to_owned()))?;
    if !args.yes {
        prompt::needs_terminal("without a terminal, give --yes")?;
        let answer = prompt::ask("This cannot be undone. Type yes to delete this user:").await?;
        if answer != "yes" {
            anyhow::bail!("nothing was deleted");
        }
    }
    let erase = EraseUser { audit: app.audit(), storage: app.storage.clone(), clock: app.clock.clone() };
    let receipt = erase.execute(&which).await?.ok_or_else(|| anyhow::anyhow!("there is no such user"))?;
    say(told(receipt))
}

fn told(receipt: ErasureReceipt) -> String {
    let ErasureReceipt { identities, tickets, notifications, captured_mails, answers, quarantined, messages } =
        receipt;
    format!(
        "The user was erased, and with it:\n  {identities} identities\n  the texts of {tickets} tickets\n  \
         {notifications} notifications\n  {captured_mails} captured mails\n  {answers} stored answers\n  \
         {quarantined} calls in quarantine\n  {messages} messages of conversations"
    )
}
