//! One captured mail.

use actix_web::{HttpRequest, HttpResponse};
use application::ports::CapturedMail;
use askama::Template;
use domain::agent::Role;

use super::{MailContent, find};
use crate::panel::{
    frame::{Frame, Section},
    visit::{shown, visit},
};

#[derive(Template)]
#[template(path = "panel/mail/show.html")]
struct ShowPage {
    frame: Frame,
    mail: CapturedMail,
    content: MailContent,
}

pub(in crate::panel) async fn show(request: HttpRequest) -> HttpResponse {
    visit(&request, Role::Viewer, async |visit| {
        let mail = find(visit).await?;
        let content = MailContent::of(&mail);
        let frame = visit.frame(visit.t("Captured mail"), Section::Notifications);
        shown(&ShowPage { frame, mail, content })
    })
    .await
}
