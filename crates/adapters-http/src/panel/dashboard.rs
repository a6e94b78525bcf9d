//! `/admin`: how the day goes.

use actix_web::{HttpRequest, HttpResponse};
use application::ports::{NotificationFilter, Page, StorageError, TicketFilter, Transaction, consult};
use askama::Template;
use domain::{
    agent::Role,
    channel::Channel,
    ledger::{LedgerCounts, day_of},
    notification::{Notification, NotificationStatus},
    ticket::{Ticket, TicketStatus},
};
use jiff::{ToSpan, civil::Date};

use super::{
    bars::Bars,
    frame::{Frame, Section},
    visit::{shown, visit},
};

/// So many days are shown.
const DAYS: i32 = 7;

/// So many of the newest are shown of each list.
const NEWEST: u16 = 8;

struct Day {
    date: Date,
    counts: LedgerCounts,
}

#[derive(Template)]
#[template(path = "panel/dashboard.html")]
struct DashboardPage {
    frame: Frame,
    /// The oldest first; the last one is today.
    days: Vec<Day>,
    open: Vec<Ticket>,
    failed: Vec<Notification>,
    paused: Vec<Channel>,
}

pub(super) async fn show(request: HttpRequest) -> HttpResponse {
    visit(&request, Role::Viewer, async |visit| {
        let (storage, today) = (visit.storage(), day_of(visit.clock().now()));
        let look = async move { consult(&*storage, async |tx| seen(tx, today).await).await };
        let (days, open, failed, channels) = visit.run(look).await?;
        let paused = channels.into_iter().filter(|channel| channel.paused_at.is_some()).collect();
        let frame = visit.frame(visit.t("Dashboard"), Section::Dashboard);
        shown(&DashboardPage { frame, days, open, failed, paused })
    })
    .await
}

type Seen = (Vec<Day>, Vec<Ticket>, Vec<Notification>, Vec<Channel>);

async fn seen(tx: &mut Transaction, today: Date) -> Result<Seen, StorageError> {
    let mut days = Vec::new();
    for ago in (0..DAYS).rev() {
        let date = today.saturating_sub(ago.days());
        days.push(Day { date, counts: tx.ledger().day(date).await? });
    }
    let open = TicketFilter { status: Some(TicketStatus::Open), ..TicketFilter::default() };
    let open = tx.tickets().page(&open, Page::first(NEWEST)).await?;
    let failed =
        NotificationFilter { status: Some(NotificationStatus::Failed), ..NotificationFilter::default() };
    let failed = tx.notifications().page(failed, Page::first(NEWEST)).await?;
    Ok((days, open, failed, tx.channels().all().await?))
}

impl DashboardPage {
    fn today(&self) -> &LedgerCounts {
        &self.days.last().expect("today is shown").counts
    }

    /// Notifications of today, state by state.
    fn states(&self) -> Vec<(&'static str, u64)> {
        let counted = self.today().notifications.iter().filter(|(_, count)| **count > 0);
        counted.map(|(status, count)| (status.as_str(), *count)).collect()
    }

    fn leads(&self) -> Bars {
        Bars::of(self.days.iter().map(|day| (day.date.strftime("%d.%m.").to_string(), day.counts.users)))
    }

    fn tickets(&self) -> Bars {
        Bars::of(self.days.iter().map(|day| (day.date.strftime("%d.%m.").to_string(), day.counts.tickets)))
    }
}
