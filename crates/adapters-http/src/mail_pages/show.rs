//! One captured mail.

use std::{fmt::Write, sync::Arc};

use actix_web::{HttpRequest, HttpResponse, http::StatusCode};
use application::ports::{CapturedMail, consult};
use domain::{agent::Agent, ids::NotificationId};
use mail_parser::{Message, MessageParser, PartType};

use super::{MailPageError, PATH};
use crate::{
    page::{Escaped, page},
    staff::AuthenticatedAgent,
    state::{Shared, shared},
};

/// As strict as other pages, but for the mail's own styles, which its frame inherits the permission for.
const POLICY: &str = "default-src 'none'; style-src 'self' 'unsafe-inline'; base-uri 'none'; \
                      form-action 'none'; frame-ancestors 'none'";

/// Stands before the HTML of a mail in its frame: nothing is loaded.
const MAIL_POLICY: &str =
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">";

/// `GET /admin/mail/{notification_id}`
pub(super) async fn show(
    request: HttpRequest,
    AuthenticatedAgent(agent): AuthenticatedAgent,
) -> Result<HttpResponse, MailPageError> {
    let id = request.match_info().get("notification_id").and_then(|id| id.parse().ok());
    let mail = captured(shared(&request), &agent, id.ok_or(MailPageError::NotFound)?).await?;
    Ok(page(StatusCode::OK, &mail.subject, &render(&mail), POLICY))
}

/// Every role may read.
async fn captured(
    shared: &Shared,
    _reader: &Agent,
    id: NotificationId,
) -> Result<CapturedMail, MailPageError> {
    let storage = Arc::clone(&shared.state.storage);
    let read = async move {
        consult(&*storage, async |snapshot| snapshot.captured_mails().of_notification(id).await).await
    };
    shared.on_runtime(read).await??.ok_or(MailPageError::NotFound)
}

fn render(mail: &CapturedMail) -> String {
    let mut html = format!(
        "<p><a href=\"{PATH}\">Captured mail</a></p>\n<h1>{}</h1>\n\
         <p class=\"soft\">To {}, captured {:.0}</p>\n",
        Escaped(&mail.subject),
        Escaped(&mail.recipient),
        mail.captured_at
    );
    match MessageParser::default().parse(&mail.message) {
        Some(message) => parts(&mut html, &message),
        None => html.push_str("<p>The message cannot be taken apart; here it is whole.</p>\n"),
    }
    let source = String::from_utf8_lossy(&mail.message);
    let source = Escaped(&source);
    let _ =
        writeln!(html, "<details><summary>Source</summary><pre class=\"wrapped\">{source}</pre></details>");
    html
}

fn parts(html: &mut String, message: &Message<'_>) {
    headers(html, message);
    if let Some(PartType::Text(text)) = message.text_part(0).map(|part| &part.body) {
        let _ = writeln!(html, "<h3>Text</h3>\n<pre class=\"wrapped\">{}</pre>", Escaped(text));
    }
    if let Some(PartType::Html(own)) = message.html_part(0).map(|part| &part.body) {
        let framed = format!("{MAIL_POLICY}{own}");
        let framed = Escaped(&framed);
        let _ = writeln!(
            html,
            "<h3>HTML</h3>\n<iframe sandbox title=\"The mail as HTML\" srcdoc=\"{framed}\"></iframe>"
        );
    }
}

fn headers(html: &mut String, message: &Message<'_>) {
    html.push_str("<div class=\"scroll\"><table>\n");
    for (name, value) in message.headers_raw() {
        let (name, value) = (Escaped(name), Escaped(value.trim()));
        let _ = writeln!(html, "<tr><th>{name}</th><td>{value}</td></tr>");
    }
    html.push_str("</table></div>\n");
}
