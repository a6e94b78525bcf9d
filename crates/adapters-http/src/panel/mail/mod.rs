//! `/admin/mail`: mail that was captured instead of sent, for people to read.

mod content;
mod html;
mod list;
mod show;

use application::ports::{CapturedMail, consult};
use domain::ids::NotificationId;

use super::{error::PanelError, visit::Visit};

pub(super) use content::MailContent;
pub(super) use html::{framed, html};
pub(super) use list::list;
pub(super) use show::show;

/// The captured mail of the notification of a path.
async fn find(visit: &Visit<'_>) -> Result<CapturedMail, PanelError> {
    let (id, storage): (NotificationId, _) = (visit.path("id")?, visit.storage());
    let look =
        async move { consult(&*storage, async |tx| tx.captured_mails().of_notification(id).await).await };
    visit.run(look).await?.ok_or(PanelError::NotFound)
}
