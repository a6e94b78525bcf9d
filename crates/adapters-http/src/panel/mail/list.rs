//! The list of captured mail.

use actix_web::{HttpRequest, HttpResponse};
use application::ports::{CapturedMail, consult};
use askama::Template;
use domain::agent::Role;

use crate::panel::{
    fields::{Fields, older},
    frame::{Frame, Section},
    visit::{shown, visit},
};

const PATH: &str = "/admin/mail";

#[derive(Template)]
#[template(path = "panel/mail/list.html")]
struct ListPage {
    frame: Frame,
    mails: Vec<CapturedMail>,
    older: Option<String>,
}

pub(in crate::panel) async fn list(request: HttpRequest) -> HttpResponse {
    visit(&request, Role::Viewer, async |visit| {
        let asked = Fields::of_query(&request);
        let (page, storage) = (asked.page()?, visit.storage());
        let look = async move { consult(&*storage, async |tx| tx.captured_mails().page(page).await).await };
        let mut mails = visit.run(look).await?;
        let older = older(&mut mails, &asked, PATH, |mail| mail.notification_id.as_uuid());
        shown(&ListPage {
            frame: visit.frame(visit.t("Captured mail"), Section::Notifications),
            mails,
            older,
        })
    })
    .await
}
