//! `frontdesk createsuperuser`

use application::staff::{AddAgent, CreateSuperuser};
use clap::Args;

use super::{output::say, prompt};
use crate::wiring::App;

#[derive(Debug, Args)]
pub struct SuperuserArgs {
    /// The address the admin signs in with
    #[arg(long, required_if_eq("password_stdin", "true"))]
    email: Option<String>,
    /// Read the password from the standard input
    #[arg(long)]
    password_stdin: bool,
}

pub async fn run(app: &App, args: SuperuserArgs) -> anyhow::Result<()> {
    let (email, password) = if args.password_stdin {
        let password = prompt::line().await?.trim_end_matches(['\r', '\n']).to_owned();
        (args.email.unwrap_or_default(), password)
    } else {
        asked(args.email).await?
    };
    let add = AddAgent {
        audit: app.audit(),
        storage: app.storage.clone(),
        clock: app.clock.clone(),
        ids: app.ids.clone(),
        hasher: app.hasher.clone(),
    };
    CreateSuperuser(add).execute(&email, password).await?;
    say("the admin was made; `frontdesk token add NAME --email ...` makes an API token")?;
    Ok(())
}

async fn asked(email: Option<String>) -> anyhow::Result<(String, String)> {
    prompt::needs_terminal("without a terminal, give --email and --password-stdin")?;
    let email = match email {
        Some(email) => email,
        None => prompt::ask("Email:").await?,
    };
    let password = prompt::ask_hidden("Password:").await?;
    if prompt::ask_hidden("Once more:").await? != password {
        anyhow::bail!("the two passwords differ");
    }
    Ok((email, password))
}
