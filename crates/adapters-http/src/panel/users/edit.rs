//! A person is called otherwise, or spoken to in another language.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web::Payload};
use application::users::{EditUser, EditUserError, UserEdit};
use domain::{agent::Role, ids::UserId, language::Language};

use super::show::{EditForm, find, page};
use crate::panel::{
    act::act,
    error::PanelError,
    fields::Fields,
    visit::{Visit, go},
};

pub(in crate::panel) async fn edit(request: HttpRequest, payload: Payload) -> HttpResponse {
    act(&request, payload, Role::Agent, async |visit, form| {
        let id: UserId = visit.path("id")?;
        let Some(language) = form.text("language").and_then(Language::parse) else {
            return again(visit, &form, visit.t("A language is two letters, such as es.")).await;
        };
        let edit = EditUser { audit: visit.audit(), storage: visit.storage(), clock: visit.clock() };
        let change = UserEdit { name: form.text("name").map(str::to_owned), language: Some(language) };
        let edited = visit.run(async move { Ok::<_, PanelError>(edit.execute(id, change).await) }).await?;
        match edited {
            Ok(_) => Ok(go(&format!("/admin/users/{id}?done=saved"))),
            Err(EditUserError::Unknown(_)) => Err(PanelError::NotFound),
            Err(EditUserError::Storage(error)) => Err(error.into()),
            Err(EditUserError::Name) => again(visit, &form, visit.t("A name has 1 to 200 characters.")).await,
        }
    })
    .await
}

/// The page once more, with what was typed and why it was not taken.
async fn again(visit: &Visit<'_>, form: &Fields, problem: &str) -> Result<HttpResponse, PanelError> {
    let typed = |name| form.text(name).unwrap_or_default().to_owned();
    let edit =
        EditForm { name: typed("name"), language: typed("language"), problem: Some(problem.to_owned()) };
    Ok(page(visit, StatusCode::UNPROCESSABLE_ENTITY, find(visit).await?, edit))
}
