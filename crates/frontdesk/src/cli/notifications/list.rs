//! `frontdesk notifications list`

use application::ports::{NotificationFilter, Page, StorageError, Transaction, consult};
use clap::Args;
use domain::{
    ids::{NotificationId, UserId},
    notification::NotificationStatus,
    ticket::Reference,
};

use super::NotificationRecord;
use crate::{
    cli::{Format, output::say_list, table::Table},
    wiring::App,
};

#[derive(Debug, Args)]
pub struct ListArgs {
    /// Only those that stand here: scheduled, queued, sending, sent, retrying, failed, unknown or cancelled
    #[arg(long)]
    status: Option<NotificationStatus>,
    /// Only those over the channel of this name
    #[arg(long)]
    channel: Option<String>,
    /// Only those about the ticket with this reference
    #[arg(long)]
    ticket: Option<Reference>,
    /// Only those about the user with this id
    #[arg(long)]
    user: Option<UserId>,
    /// Only older ones than this
    #[arg(long, value_name = "ID")]
    before: Option<NotificationId>,
    /// At most so many
    #[arg(long, default_value_t = 50)]
    limit: u16,
    #[command(flatten)]
    format: Format,
}

pub async fn run(app: &App, args: ListArgs) -> anyhow::Result<()> {
    let page = Page { before: args.before.map(NotificationId::as_uuid), limit: args.limit };
    let found = consult(&*app.storage, async |snapshot| match filter(snapshot, &args).await? {
        Ok(filter) => Ok(Ok(snapshot.notifications().page(filter, page).await?)),
        Err(unknown) => Ok(Err(unknown)),
    });
    let found = found.await?.map_err(anyhow::Error::msg)?;
    let records: Vec<_> = found.into_iter().map(NotificationRecord::from).collect();
    say_list(args.format, &records, listed)
}

/// The filter, or what of it there is not.
async fn filter(
    snapshot: &mut Transaction,
    args: &ListArgs,
) -> Result<Result<NotificationFilter, String>, StorageError> {
    let mut filter =
        NotificationFilter { status: args.status, user_id: args.user, ..NotificationFilter::default() };
    if let Some(name) = &args.channel {
        match snapshot.channels().by_name(name).await? {
            Some(channel) => filter.channel_id = Some(channel.id),
            None => return Ok(Err(format!("there is no channel named {name}"))),
        }
    }
    if let Some(reference) = args.ticket {
        match snapshot.tickets().by_reference(reference).await? {
            Some(ticket) => filter.ticket_id = Some(ticket.id),
            None => return Ok(Err(format!("there is no ticket {reference}"))),
        }
    }
    Ok(Ok(filter))
}

fn listed(records: &[NotificationRecord]) -> Table<6> {
    let row = |record: &NotificationRecord| {
        [
            record.id.to_string(),
            record.status.to_string(),
            record.purpose.to_string(),
            record.channel.clone(),
            record.due_at.to_string(),
            record.attempt_count.to_string(),
        ]
    };
    Table::new(["ID", "STATUS", "PURPOSE", "CHANNEL", "DUE", "ATTEMPTS"]).with(records.iter().map(row))
}
