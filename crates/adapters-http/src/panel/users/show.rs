//! One person: who it is, and all that happened.

use actix_web::{HttpRequest, HttpResponse};
use application::users::{ExportUser, UserExport, WhichUser};
use askama::Template;
use domain::agent::Role;

use crate::panel::{
    error::PanelError,
    events::{Event, What, of_user},
    frame::{Frame, Section},
    visit::{shown, visit},
};

#[derive(Template)]
#[template(path = "panel/users/show.html")]
struct ShowPage {
    frame: Frame,
    known: UserExport,
    events: Vec<Event>,
}

pub(in crate::panel) async fn show(request: HttpRequest) -> HttpResponse {
    visit(&request, Role::Viewer, async |visit| {
        let id = visit.path("id")?;
        let look = ExportUser { storage: visit.storage() };
        let known = visit.run(async move { look.execute(&WhichUser::Id(id)).await }).await?;
        let known = known.ok_or(PanelError::NotFound)?;
        let name = known.user.name.clone().unwrap_or_else(|| visit.t("No name").to_owned());
        let events = of_user(&known);
        shown(&ShowPage { frame: visit.frame(name, Section::Users), events, known })
    })
    .await
}
