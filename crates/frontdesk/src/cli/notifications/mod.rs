//! `frontdesk notifications`

mod list;
mod record;
mod show;

use application::delivery::{CancelNotification, RetryNotification};
use clap::Subcommand;
use domain::ids::NotificationId;

pub use record::NotificationRecord;
pub use show::CapturedRecord;

use super::{Format, output::say};
use crate::wiring::App;

#[derive(Debug, Subcommand)]
pub enum NotificationsCommand {
    /// Show notifications, newest first
    List(list::ListArgs),
    /// Show one notification, its attempts, and its mail if that was captured
    Show {
        /// Its id
        id: NotificationId,
        #[command(flatten)]
        format: Format,
    },
    /// Send notifications now that failed, wait or were cancelled
    Retry {
        /// Their ids
        #[arg(required = true)]
        ids: Vec<NotificationId>,
    },
    /// Withdraw notifications that were not sent yet
    Cancel {
        /// Their ids
        #[arg(required = true)]
        ids: Vec<NotificationId>,
    },
}

pub async fn run(app: &App, command: NotificationsCommand) -> anyhow::Result<()> {
    match command {
        NotificationsCommand::List(args) => list::run(app, args).await,
        NotificationsCommand::Show { id, format } => show::run(app, id, format).await,
        NotificationsCommand::Retry { ids } => retry(app, &ids).await,
        NotificationsCommand::Cancel { ids } => cancel(app, &ids).await,
    }
}

async fn retry(app: &App, ids: &[NotificationId]) -> anyhow::Result<()> {
    let retry = RetryNotification {
        audit: app.audit(),
        storage: app.storage.clone(),
        queue: app.queue.clone(),
        clock: app.clock.clone(),
    };
    for &id in ids {
        retry.execute(id).await?;
        say(format_args!("{id} is due now"))?;
    }
    Ok(())
}

async fn cancel(app: &App, ids: &[NotificationId]) -> anyhow::Result<()> {
    let cancel = CancelNotification { audit: app.audit(), storage: app.storage.clone() };
    for &id in ids {
        cancel.execute(id).await?;
        say(format_args!("{id} is cancelled"))?;
    }
    Ok(())
}
