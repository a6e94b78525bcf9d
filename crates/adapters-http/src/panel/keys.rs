//! `/admin/keys`: the keys that the script listens to. With a script, the same list opens over any page.

use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use domain::agent::Role;

use super::{
    frame::{Frame, Section},
    visit::{shown, visit},
};

#[derive(Template)]
#[template(path = "panel/keys/show.html")]
struct KeysPage {
    frame: Frame,
}

pub(super) async fn show(request: HttpRequest) -> HttpResponse {
    visit(&request, Role::Viewer, async |visit| {
        shown(&KeysPage { frame: visit.frame(visit.t("Keys"), Section::None) })
    })
    .await
}
