//! One notification: what it is about, each attempt, and the mail if it was captured.

use actix_web::{HttpRequest, HttpResponse};
use application::ports::{CapturedMail, StorageError, Transaction, consult};
use askama::Template;
use domain::{
    agent::Role,
    ids::NotificationId,
    notification::{Attempt, Notification},
    ticket::Ticket,
    user::User,
};

use crate::panel::{
    error::PanelError,
    frame::{Frame, Section},
    mail::MailContent,
    visit::{shown, visit},
};

/// All that is shown of a notification.
struct Known {
    notification: Notification,
    attempts: Vec<Attempt>,
    user: Option<User>,
    ticket: Option<Ticket>,
    mail: Option<CapturedMail>,
}

#[derive(Template)]
#[template(path = "panel/notifications/show.html")]
struct ShowPage {
    frame: Frame,
    known: Known,
    mail: Option<MailContent>,
}

pub(in crate::panel) async fn show(request: HttpRequest) -> HttpResponse {
    visit(&request, Role::Viewer, async |visit| {
        let (id, storage): (NotificationId, _) = (visit.path("id")?, visit.storage());
        let look = async move { consult(&*storage, async |tx| all_of(tx, id).await).await };
        let known = visit.run(look).await?.ok_or(PanelError::NotFound)?;
        let mail = known.mail.as_ref().map(MailContent::of);
        let mut frame = visit.frame("", Section::Notifications);
        let title = frame.label(known.notification.purpose.as_str()).to_owned();
        frame.title = title;
        shown(&ShowPage { frame, known, mail })
    })
    .await
}

async fn all_of(tx: &mut Transaction, id: NotificationId) -> Result<Option<Known>, StorageError> {
    let Some(notification) = tx.notifications().find(id).await? else { return Ok(None) };
    let user = match notification.user_id {
        Some(user) => tx.users().find(user).await?,
        None => None,
    };
    let ticket = match notification.ticket_id {
        Some(ticket) => tx.tickets().find(ticket).await?,
        None => None,
    };
    let attempts = tx.notifications().attempts(id).await?;
    let mail = tx.captured_mails().of_notification(id).await?;
    Ok(Some(Known { notification, attempts, user, ticket, mail }))
}

impl ShowPage {
    /// In milliseconds, as people speak of it.
    fn elapsed(&self, attempt: &Attempt) -> Option<String> {
        attempt.elapsed_us.map(|us| format!("{}.{:01} ms", us / 1_000, us % 1_000 / 100))
    }

    fn may_be_retried(&self) -> bool {
        self.known.notification.status.can_be_retried()
    }

    fn may_be_cancelled(&self) -> bool {
        self.known.notification.status.can_be_cancelled()
    }
}
