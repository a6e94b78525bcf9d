//! The list of notifications.

use actix_web::{HttpRequest, HttpResponse};
use application::ports::{NotificationFilter, consult};
use askama::Template;
use domain::{
    agent::Role,
    channel::Channel,
    notification::{Notification, NotificationStatus},
};

use super::PATH;
use crate::panel::{
    error::PanelError,
    fields::{Fields, older},
    frame::{Frame, Section},
    visit::{shown, visit},
};

/// The fields of an address that say which notifications.
pub(super) const FILTERS: &[&str] = &["status", "channel", "ticket", "user", "due_from", "due_to"];

#[derive(Template)]
#[template(path = "panel/notifications/list.html")]
struct ListPage {
    frame: Frame,
    asked: Fields,
    status: Option<NotificationStatus>,
    channels: Vec<Channel>,
    notifications: Vec<Notification>,
    older: Option<String>,
}

pub(in crate::panel) async fn list(request: HttpRequest) -> HttpResponse {
    visit(&request, Role::Viewer, async |visit| {
        let asked = Fields::of_query(&request);
        let (filter, page) = (filter(&asked)?, asked.page()?);
        let storage = visit.storage();
        let look = async move {
            consult(&*storage, async |tx| {
                Ok((tx.channels().all().await?, tx.notifications().page(filter, page).await?))
            })
            .await
        };
        let (channels, mut notifications) = visit.run(look).await?;
        let older = older(&mut notifications, &asked, PATH, |notification| notification.id.as_uuid());
        let frame = visit.frame(visit.t("Messages"), Section::Notifications);
        shown(&ListPage { frame, asked, status: filter.status, channels, notifications, older })
    })
    .await
}

/// Which notifications an address asks for.
pub(in crate::panel) fn filter(asked: &Fields) -> Result<NotificationFilter, PanelError> {
    Ok(NotificationFilter {
        status: asked.value("status")?,
        channel_id: asked.value("channel")?,
        ticket_id: asked.value("ticket")?,
        user_id: asked.value("user")?,
        due: asked.days("due")?,
    })
}

/// Whether all that stand here may be tried again at once: what waits for its time is to wait.
pub(super) const fn may_be_retried_whole(status: NotificationStatus) -> bool {
    use NotificationStatus::{Cancelled, Failed, Unknown};
    matches!(status, Failed | Unknown | Cancelled)
}

impl ListPage {
    fn statuses(&self) -> &'static [NotificationStatus] {
        NotificationStatus::ALL
    }

    fn is_asked(&self, name: &str, value: &str) -> bool {
        self.asked.text(name) == Some(value)
    }

    /// The fields of the filter that have no control of their own.
    fn about(&self) -> Fields {
        self.asked.only(&["ticket", "user"])
    }

    fn filter(&self) -> Fields {
        self.asked.only(FILTERS)
    }

    fn may_be_retried_whole(&self) -> bool {
        self.status.is_some_and(may_be_retried_whole)
    }

    /// How many were changed by what was done last, and how many were left as they are.
    fn changed(&self) -> Option<(usize, usize)> {
        let count = |name| self.asked.value(name).ok().flatten();
        count("changed").map(|changed| (changed, count("left").unwrap_or_default()))
    }
}
