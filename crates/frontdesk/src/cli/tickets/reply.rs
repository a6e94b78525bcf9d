//! `frontdesk tickets reply`

use std::io::Read as _;

use application::{conversation::Replied, ports::consult};
use clap::Args;
use domain::{agent::Agent, channel::ChannelKind, ticket::Reference};

use crate::{cli::output::say, settings::Settings, wiring::App};

#[derive(Debug, Args)]
pub struct ReplyArgs {
    /// The reference of the ticket, such as T-000042
    reference: Reference,
    /// What to answer; without it, the standard input
    text: Option<String>,
    /// Who answers: the address that a member of staff signs in with
    #[arg(long = "as", value_name = "EMAIL")]
    agent: String,
    /// A name for this reply, by which it is taken once however often it is sent
    #[arg(long)]
    key: Option<String>,
}

pub async fn run(app: &App, settings: &Settings, args: ReplyArgs) -> anyhow::Result<()> {
    let reply = app.reply_to_ticket(settings);
    let agent = agent(app, &args.agent).await?;
    let text = match args.text {
        Some(text) => text,
        None => tokio::task::spawn_blocking(read_all).await??,
    };
    let key = args.key.unwrap_or_else(|| app.ids.next().to_string());
    let replied = reply.execute(&agent, args.reference, &text, &key).await?;
    say(told(&replied))
}

async fn agent(app: &App, email: &str) -> anyhow::Result<Agent> {
    let email = email.trim().to_lowercase();
    let member = consult(&*app.storage, async |snapshot| snapshot.agents().by_email(&email).await).await?;
    let member = member.ok_or_else(|| anyhow::anyhow!("nobody signs in with this address"))?;
    Ok(Agent::at_the_machine(&member))
}

fn read_all() -> std::io::Result<String> {
    let mut text = String::new();
    std::io::stdin().lock().read_to_string(&mut text)?;
    Ok(text)
}

fn told(replied: &Replied) -> String {
    let id = replied.notification_id;
    let over = if replied.over == ChannelKind::Landbot { "in the chat" } else { "by mail" };
    match replied.why_mail {
        _ if replied.is_repeated => format!("this reply was taken before, and goes {over} once ({id})"),
        Some(why) => format!("the reply goes {over}, as {} ({id})", why.in_words()),
        None => format!("the reply goes {over} ({id})"),
    }
}
