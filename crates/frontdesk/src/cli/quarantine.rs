//! `frontdesk quarantine`

use application::{
    ports::{HeldCall, HeldStatus, Page, QuarantineFilter, consult},
    quarantine::{DiscardCall, ReleaseCall},
};
use clap::{Args, Subcommand};
use domain::{bot_call::Field, ids::RequestId};
use jiff::Timestamp;
use serde::Serialize;

use super::{
    Format,
    output::{or_dash, printable, say, say_json, say_list},
    table::Table,
};
use crate::wiring::App;

#[derive(Debug, Subcommand)]
pub enum QuarantineCommand {
    /// Show what waits for a human, newest first
    List(ListArgs),
    /// Show one call as it arrived
    Show {
        /// Its id: the request id that the bot was answered
        id: RequestId,
        #[command(flatten)]
        format: Format,
    },
    /// Take a call as if it had arrived correctly now
    Release {
        /// Its id
        id: RequestId,
        /// A field to correct, such as email=ana@example.com; may be given again
        #[arg(long = "set", value_name = "FIELD=VALUE", value_parser = field_and_value)]
        corrections: Vec<(String, String)>,
    },
    /// Throw a call away; it stays readable
    Discard {
        /// Its id
        id: RequestId,
    },
}

#[derive(Debug, Args)]
pub struct ListArgs {
    /// Only calls of the bot of this name
    #[arg(long)]
    bot: Option<String>,
    /// Released and discarded ones too
    #[arg(long)]
    all: bool,
    /// Only older ones than this
    #[arg(long, value_name = "ID")]
    before: Option<RequestId>,
    /// At most so many
    #[arg(long, default_value_t = 50)]
    limit: u16,
    #[command(flatten)]
    format: Format,
}

fn field_and_value(text: &str) -> Result<(String, String), &'static str> {
    let (field, value) = text.split_once('=').ok_or("a field, = and a value are needed")?;
    Ok((field.trim().to_owned(), value.to_owned()))
}

#[derive(Serialize)]
struct HeldRecord {
    id: RequestId,
    bot: String,
    path: &'static str,
    reason: &'static str,
    field: Option<&'static str>,
    status: &'static str,
    released_as: Option<RequestId>,
    received_at: Timestamp,
    query: String,
    body: String,
}

impl From<HeldCall> for HeldRecord {
    fn from(held: HeldCall) -> Self {
        let (status, released_as) = match held.status {
            HeldStatus::Held => ("held", None),
            HeldStatus::Released(id) => ("released", Some(id)),
            HeldStatus::Discarded => ("discarded", None),
        };
        let call = held.call;
        Self {
            id: call.request_id,
            bot: held.bot,
            path: call.path.as_str(),
            reason: call.reason.code.as_str(),
            field: call.reason.field.map(Field::as_str),
            status,
            released_as,
            received_at: call.received_at,
            query: call.raw.query,
            body: String::from_utf8_lossy(&call.raw.body).into_owned(),
        }
    }
}

pub async fn run(app: &App, command: QuarantineCommand) -> anyhow::Result<()> {
    match command {
        QuarantineCommand::List(args) => list(app, args).await,
        QuarantineCommand::Show { id, format } => show(app, id, format).await,
        QuarantineCommand::Release { id, corrections } => release(app, id, &corrections).await,
        QuarantineCommand::Discard { id } => {
            DiscardCall { audit: app.audit(), storage: app.storage.clone(), clock: app.clock.clone() }
                .execute(id)
                .await?;
            say(format_args!("{id} was discarded"))
        }
    }
}

async fn list(app: &App, args: ListArgs) -> anyhow::Result<()> {
    let page = Page { before: args.before.map(RequestId::as_uuid), limit: args.limit };
    let found = consult(&*app.storage, async |snapshot| {
        let bot_id = match &args.bot {
            None => None,
            Some(name) => match snapshot.bots().by_name(name).await? {
                Some(bot) => Some(bot.id),
                None => return Ok(None),
            },
        };
        let filter = QuarantineFilter { bot_id, with_closed: args.all };
        snapshot.quarantine().page(filter, page).await.map(Some)
    });
    let found = found
        .await?
        .ok_or_else(|| anyhow::anyhow!("there is no bot named {}", or_dash(args.bot.as_ref())))?;
    let records: Vec<_> = found.into_iter().map(HeldRecord::from).collect();
    say_list(args.format, &records, listed)
}

fn listed(records: &[HeldRecord]) -> Table<6> {
    let row = |record: &HeldRecord| {
        [
            record.id.to_string(),
            record.received_at.to_string(),
            record.bot.clone(),
            record.path.to_owned(),
            record.reason.to_owned(),
            record.status.to_owned(),
        ]
    };
    Table::new(["ID", "RECEIVED", "BOT", "PATH", "REASON", "STATUS"]).with(records.iter().map(row))
}

async fn show(app: &App, id: RequestId, format: Format) -> anyhow::Result<()> {
    let found = consult(&*app.storage, async |snapshot| snapshot.quarantine().find(id).await).await?;
    let record =
        HeldRecord::from(found.ok_or_else(|| anyhow::anyhow!("there is no call {id} in quarantine"))?);
    if format.json {
        return say_json(&record);
    }
    say(listed(std::slice::from_ref(&record)))?;
    say(format_args!("\nfield  {}\nquery  {}", or_dash(record.field), printable(&record.query)))?;
    say(format_args!("body\n{}", printable(&record.body)))
}

async fn release(app: &App, id: RequestId, corrections: &[(String, String)]) -> anyhow::Result<()> {
    let answer = ReleaseCall { audit: app.audit(), take_calls: app.take_calls.clone() }
        .execute(id, corrections)
        .await?;
    let made = match (answer.reference, answer.user_id) {
        (Some(reference), _) => format!("ticket {reference}"),
        (None, user) => format!("user {}", or_dash(user)),
    };
    say(format_args!("{id} was taken as call {}: {made}", answer.request_id))
}
