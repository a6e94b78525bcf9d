//! `/admin`: how the day goes, and what the last days brought.

mod pictures;

use actix_web::{HttpRequest, HttpResponse};
use application::ports::{NotificationFilter, Page, StorageError, TicketFilter, Transaction, consult};
use askama::Template;
use domain::{
    agent::Role,
    channel::Channel,
    figures::{DayFigures, first_day},
    ledger::{LedgerCounts, day_of},
    notification::{Notification, NotificationStatus},
    reminder::waited,
    ticket::{Ticket, TicketStatus},
    watchdog::{Backlog, Undelivered},
};
use jiff::Timestamp;

use self::pictures::Pictures;
use super::{
    frame::{Frame, Section},
    visit::{shown, visit},
};

/// So many of the newest are shown of each list.
const NEWEST: u16 = 8;

/// What waits and what failed is counted so far.
const COUNTED: usize = 1_000;

/// How things stand now.
struct Standing {
    today: LedgerCounts,
    /// The oldest first.
    days: Vec<DayFigures>,
    open: Vec<Ticket>,
    failed: Vec<Notification>,
    channels: Vec<Channel>,
    backlogs: Vec<Backlog>,
    undelivered: Undelivered,
}

#[derive(Template)]
#[template(path = "panel/dashboard.html")]
struct DashboardPage {
    frame: Frame,
    now: Timestamp,
    standing: Standing,
    pictures: Pictures,
}

pub(super) async fn show(request: HttpRequest) -> HttpResponse {
    visit(&request, Role::Viewer, async |visit| {
        let (storage, now) = (visit.storage(), visit.clock().now());
        let look = async move { consult(&*storage, async |tx| seen(tx, now).await).await };
        let standing = visit.run(look).await?;
        let frame = visit.frame(visit.t("Dashboard"), Section::Dashboard);
        let pictures = Pictures::of(&frame, &standing.days);
        shown(&DashboardPage { frame, now, standing, pictures })
    })
    .await
}

async fn seen(tx: &mut Transaction, now: Timestamp) -> Result<Standing, StorageError> {
    let today = day_of(now);
    let open = TicketFilter { status: Some(TicketStatus::Open), ..TicketFilter::default() };
    let failed =
        NotificationFilter { status: Some(NotificationStatus::Failed), ..NotificationFilter::default() };
    Ok(Standing {
        today: tx.ledger().day(today).await?,
        days: tx.figures().since(first_day(today)).await?,
        open: tx.tickets().page(&open, Page::first(NEWEST)).await?,
        failed: tx.notifications().page(failed, Page::first(NEWEST)).await?,
        channels: tx.channels().all().await?,
        backlogs: tx.watchdog().backlogs(now, COUNTED).await?,
        undelivered: tx.watchdog().undelivered(COUNTED).await?,
    })
}

impl DashboardPage {
    /// Notifications of today, state by state.
    fn states(&self) -> Vec<(&'static str, u64)> {
        let counted = self.standing.today.notifications.iter().filter(|(_, count)| **count > 0);
        counted.map(|(status, count)| (status.as_str(), *count)).collect()
    }

    fn paused(&self) -> impl Iterator<Item = &Channel> {
        self.standing.channels.iter().filter(|channel| channel.paused_at.is_some())
    }

    /// How many messages are due and not delivered yet.
    fn due(&self) -> String {
        up_to(self.standing.backlogs.iter().map(|backlog| backlog.due).sum())
    }

    fn failed_for_good(&self) -> String {
        up_to(self.standing.undelivered.failed)
    }

    /// Of how many nobody knows whether they arrived.
    fn unknown(&self) -> String {
        up_to(self.standing.undelivered.unknown)
    }

    /// How late the oldest of them is, by what its channel allows.
    fn lateness(&self) -> Option<String> {
        let late = |backlog: &Backlog| backlog.lateness(self.now);
        let worst = self.standing.backlogs.iter().map(late).max()?;
        Some(waited(self.now.checked_sub(worst).ok()?, self.now))
    }

    /// When the figures of the pictures were counted last.
    fn counted_at(&self) -> Option<Timestamp> {
        self.standing.days.iter().map(|day| day.counted_at).max()
    }
}

/// A number that was counted so far and no further.
fn up_to(count: usize) -> String {
    if count >= COUNTED { format!("{COUNTED}+") } else { count.to_string() }
}
