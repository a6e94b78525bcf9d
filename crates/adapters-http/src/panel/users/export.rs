//! Everything that is stored about a person, as a file that it can be given.

use actix_web::{HttpRequest, HttpResponse, http::header::CONTENT_DISPOSITION};
use application::users::{ExportUser, WhichUser};
use domain::{agent::Role, ids::UserId};

use crate::{
    api::UserExportResponse,
    panel::{error::PanelError, visit::visit},
};

pub(in crate::panel) async fn export(request: HttpRequest) -> HttpResponse {
    visit(&request, Role::Viewer, async |visit| {
        let id: UserId = visit.path("id")?;
        let export = ExportUser { storage: visit.storage() };
        let known = visit.run(async move { export.execute(&WhichUser::Id(id)).await }).await?;
        let known = UserExportResponse::from(&known.ok_or(PanelError::NotFound)?);
        let name = format!("attachment; filename=\"person-{id}.json\"");
        let json = serde_json::to_vec_pretty(&known).expect("what is exported is JSON");
        let mut answer = HttpResponse::Ok();
        Ok(answer.content_type("application/json").insert_header((CONTENT_DISPOSITION, name)).body(json))
    })
    .await
}
