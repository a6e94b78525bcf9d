//! `frontdesk tickets list`

use application::ports::{StorageError, Transaction, consult};
use clap::Args;
use domain::ticket::TicketStatus;
use jiff::Timestamp;
use serde::Serialize;

use crate::{
    cli::{Format, output::say_list, table::Table},
    wiring::App,
};

#[derive(Debug, Args)]
pub struct ListArgs {
    /// Only those on the topic with this slug
    #[arg(long)]
    topic: Option<String>,
    /// At most so many of each topic
    #[arg(long, default_value_t = 50)]
    limit: u16,
    #[command(flatten)]
    format: Format,
}

#[derive(Serialize)]
struct WaitingRecord {
    reference: String,
    topic: String,
    status: TicketStatus,
    opened_at: Timestamp,
}

pub async fn run(app: &App, args: ListArgs) -> anyhow::Result<()> {
    let (topic, limit) = (args.topic.as_deref(), args.limit);
    let found = consult(&*app.storage, async |snapshot| waiting(snapshot, topic, limit).await).await?;
    let records = found.ok_or_else(|| anyhow::anyhow!("there is no such topic"))?;
    say_list(args.format, &records, listed)
}

/// What waits; none if there is no such topic.
async fn waiting(
    snapshot: &mut Transaction,
    topic: Option<&str>,
    limit: u16,
) -> Result<Option<Vec<WaitingRecord>>, StorageError> {
    let routing = snapshot.topics().routing().await?;
    let slugs = routing.topics().iter().map(|known| &known.slug);
    let asked: Vec<_> = slugs.filter(|slug| topic.is_none_or(|topic| slug.as_str() == topic)).collect();
    if asked.is_empty() {
        return Ok(None);
    }
    let mut records = Vec::new();
    for slug in asked {
        let backlog = snapshot.reminders().backlog(slug, limit).await?;
        records.extend(backlog.oldest.iter().map(|ticket| WaitingRecord {
            reference: ticket.reference.to_string(),
            topic: slug.to_string(),
            status: ticket.status,
            opened_at: ticket.opened_at,
        }));
    }
    Ok(Some(records))
}

fn listed(records: &[WaitingRecord]) -> Table<4> {
    let row = |record: &WaitingRecord| {
        [
            record.reference.clone(),
            record.status.to_string(),
            record.topic.clone(),
            record.opened_at.to_string(),
        ]
    };
    Table::new(["REFERENCE", "STATUS", "TOPIC", "OPENED"]).with(records.iter().map(row))
}
