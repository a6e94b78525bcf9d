//! `frontdesk token`

use application::{
    ports::consult,
    staff::{AddToken, RevokeToken},
};
use clap::Subcommand;
use domain::{
    agent::{ApiToken, Scope},
    ids::TokenId,
};
use jiff::Timestamp;
use serde::Serialize;

use super::{
    Format,
    output::{or_dash, say, say_list},
    table::Table,
};
use crate::wiring::App;

#[derive(Debug, Subcommand)]
pub enum TokenCommand {
    /// Make an API token; it is shown once
    Add {
        /// What to call it
        name: String,
        /// Whose it is
        #[arg(long)]
        email: String,
        /// What it may do: read, write or admin
        #[arg(long, default_value = "read")]
        scope: Scope,
    },
    /// Show all tokens
    List(Format),
    /// Refuse a token from now on
    Revoke {
        /// Its id, as `token list` shows it
        id: TokenId,
    },
}

#[derive(Serialize)]
struct TokenRecord {
    id: TokenId,
    name: String,
    scope: Scope,
    created_at: Timestamp,
    revoked_at: Option<Timestamp>,
}

impl From<ApiToken> for TokenRecord {
    fn from(token: ApiToken) -> Self {
        let ApiToken { id, name, scope, created_at, revoked_at, .. } = token;
        Self { id, name, scope, created_at, revoked_at }
    }
}

pub async fn run(app: &App, command: TokenCommand) -> anyhow::Result<()> {
    match command {
        TokenCommand::Add { name, email, scope } => add(app, &name, &email, scope).await,
        TokenCommand::List(format) => list(app, format).await,
        TokenCommand::Revoke { id } => {
            RevokeToken { audit: app.audit(), storage: app.storage.clone(), clock: app.clock.clone() }
                .execute(id)
                .await?;
            say(format_args!("{id} is refused from now on"))
        }
    }
}

async fn add(app: &App, name: &str, email: &str, scope: Scope) -> anyhow::Result<()> {
    let add = AddToken {
        audit: app.audit(),
        storage: app.storage.clone(),
        clock: app.clock.clone(),
        ids: app.ids.clone(),
        entropy: app.entropy.clone(),
    };
    let token = add.execute(email, name, scope).await?;
    say(format_args!("The token {name} is shown only now:\n\n  {}\n", token.reveal()))
}

async fn list(app: &App, format: Format) -> anyhow::Result<()> {
    let tokens = consult(&*app.storage, async |snapshot| snapshot.agents().tokens(None).await).await?;
    let tokens: Vec<_> = tokens.into_iter().map(TokenRecord::from).collect();
    say_list(format, &tokens, listed)
}

fn listed(tokens: &[TokenRecord]) -> Table<5> {
    let row = |token: &TokenRecord| {
        [
            token.id.to_string(),
            token.name.clone(),
            token.scope.to_string(),
            token.created_at.to_string(),
            or_dash(token.revoked_at),
        ]
    };
    Table::new(["ID", "NAME", "SCOPE", "MADE", "REVOKED"]).with(tokens.iter().map(row))
}
