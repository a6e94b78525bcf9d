//! The list of captured mail.

use std::{fmt::Write, sync::Arc};

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web::Query};
use application::ports::{CapturedMail, Page, consult};
use domain::agent::Agent;
use serde::Deserialize;
use uuid::Uuid;

use super::{MailPageError, PATH};
use crate::{
    page::{Escaped, STRICT, page},
    staff::AuthenticatedAgent,
    state::{Shared, shared},
};

/// Mails on one page.
const PAGE_SIZE: u16 = 50;

#[derive(Deserialize)]
pub(super) struct ListQuery {
    before: Option<String>,
}

/// `GET /admin/mail?before=`
pub(super) async fn list(
    request: HttpRequest,
    AuthenticatedAgent(agent): AuthenticatedAgent,
    query: Query<ListQuery>,
) -> Result<HttpResponse, MailPageError> {
    let before =
        query.into_inner().before.map(|id| id.parse().map_err(|_| MailPageError::NotFound)).transpose()?;
    let mails = captured(shared(&request), &agent, before).await?;
    Ok(page(StatusCode::OK, "Captured mail", &render(&mails), STRICT))
}

/// One more than a page shows, to know whether there is another. Every role may read.
async fn captured(
    shared: &Shared,
    _reader: &Agent,
    before: Option<Uuid>,
) -> Result<Vec<CapturedMail>, MailPageError> {
    let storage = Arc::clone(&shared.state.storage);
    let wanted = Page { before, limit: PAGE_SIZE + 1 };
    let read = async move {
        consult(&*storage, async |snapshot| snapshot.captured_mails().page(wanted).await).await
    };
    Ok(shared.on_runtime(read).await??)
}

fn render(mails: &[CapturedMail]) -> String {
    let mut html = String::from(
        "<h1>Captured mail</h1>\n<p class=\"soft\">Mail that was not sent: no SMTP server is set, or a \
         channel has no secret. The newest first.</p>\n",
    );
    if mails.is_empty() {
        html.push_str("<p>There is none here.</p>\n");
        return html;
    }
    let shown = &mails[..mails.len().min(usize::from(PAGE_SIZE))];
    html.push_str("<div class=\"scroll\"><table>\n<tr><th>Captured</th><th>To</th><th>Subject</th></tr>\n");
    for mail in shown {
        row(&mut html, mail);
    }
    html.push_str("</table></div>\n");
    if let Some(last) = shown.last().filter(|_| mails.len() > shown.len()) {
        let _ = writeln!(html, "<p><a href=\"{PATH}?before={}\">Older mail</a></p>", last.notification_id);
    }
    html
}

fn row(html: &mut String, mail: &CapturedMail) {
    let CapturedMail { notification_id, recipient, subject, captured_at, .. } = mail;
    let subject = if subject.trim().is_empty() { "(no subject)" } else { subject };
    let (recipient, subject) = (Escaped(recipient), Escaped(subject));
    let _ = writeln!(
        html,
        "<tr><td>{captured_at:.0}</td><td>{recipient}</td>\
         <td><a href=\"{PATH}/{notification_id}\">{subject}</a></td></tr>"
    );
}
