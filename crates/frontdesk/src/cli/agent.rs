//! `frontdesk agent`

use application::ports::consult;
use clap::Subcommand;
use domain::{
    agent::{Role, StaffMember},
    ids::AgentId,
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
pub enum AgentCommand {
    /// Show who works here
    List(Format),
    /// Ask somebody for no second factor any more who lost the telephone and the recovery codes
    NoSecondFactor {
        /// The address that the member of staff signs in with
        email: String,
    },
}

#[derive(Serialize)]
struct AgentRecord {
    id: AgentId,
    email: String,
    role: Role,
    second_factor: bool,
    created_at: Timestamp,
    deactivated_at: Option<Timestamp>,
}

impl AgentRecord {
    fn new(member: StaffMember, with_second_factor: &[AgentId]) -> Self {
        let StaffMember { id, email, role, created_at, deactivated_at, .. } = member;
        Self { second_factor: with_second_factor.contains(&id), id, email, role, created_at, deactivated_at }
    }
}

pub async fn run(app: &App, command: AgentCommand) -> anyhow::Result<()> {
    match command {
        AgentCommand::List(format) => list(app, format).await,
        AgentCommand::NoSecondFactor { email } => {
            app.second_factors(None).remove_at_the_machine(&app.audit(), &email).await?;
            say(
                "the password alone lets this member of staff in now; a second factor can be set up again in the panel",
            )
        }
    }
}

async fn list(app: &App, format: Format) -> anyhow::Result<()> {
    let (members, on) = consult(&*app.storage, async |tx| {
        Ok((tx.agents().all().await?, tx.second_factors().confirmed().await?))
    })
    .await?;
    let agents: Vec<_> = members.into_iter().map(|member| AgentRecord::new(member, &on)).collect();
    say_list(format, &agents, listed)
}

fn listed(agents: &[AgentRecord]) -> Table<4> {
    let row = |agent: &AgentRecord| {
        let second_factor = if agent.second_factor { "on" } else { "-" };
        [agent.email.clone(), agent.role.to_string(), second_factor.to_owned(), or_dash(agent.deactivated_at)]
    };
    Table::new(["EMAIL", "ROLE", "SECOND FACTOR", "DEACTIVATED"]).with(agents.iter().map(row))
}
