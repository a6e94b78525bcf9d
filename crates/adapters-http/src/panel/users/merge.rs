//! Two people turn out to be one: whom it is about, what would come of it, and then it is done.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web::Payload};
use application::{
    ports::consult,
    users::{MergeUsers, MergeUsersError, Merger, WhichUser},
};
use askama::Template;
use domain::{agent::Role, ids::UserId, user::User};

use crate::panel::{
    act::act,
    error::PanelError,
    fields::Fields,
    frame::{Frame, Section},
    live::Shown,
    visit::{Visit, go, html, visit},
};

#[derive(Template)]
#[template(path = "panel/users/merge.html")]
struct MergePage {
    frame: Frame,
    kept: User,
    /// What was typed to name the other one.
    asked: String,
    /// Others whom calls took for this one.
    suspects: Vec<User>,
    merger: Option<Box<Merger>>,
    problem: Option<String>,
}

/// A form that changes nothing, so that it can be linked to with whom it is about.
pub(in crate::panel) async fn preview(request: HttpRequest) -> HttpResponse {
    visit(&request, Role::Admin, async |visit| {
        let asked = Fields::of_query(&request).text("other").unwrap_or_default().to_owned();
        page(visit, asked, None).await
    })
    .await
}

pub(in crate::panel) async fn merge(request: HttpRequest, payload: Payload) -> HttpResponse {
    act(&request, payload, Role::Admin, async |visit, form| {
        let kept: UserId = visit.path("id")?;
        let other = form.needed("other")?.to_owned();
        let merger = weigh(visit, &other, kept).await?.map_err(|error| refusal(visit, error))?;
        if form.text("seen") != Some(state(&merger).to_string().as_str()) {
            return page(visit, other, Some(visit.t("One of the two was changed meanwhile. Look again.")))
                .await;
        }
        let merge = merging(visit);
        let given_up = WhichUser::Id(merger.given_up.id);
        let execute = async move {
            Ok::<_, PanelError>(merge.execute(&given_up, &WhichUser::Id(kept), Some(&merger)).await)
        };
        visit.run(execute).await?.map_err(|error| refusal(visit, error))?;
        Ok(go(&format!("/admin/users/{kept}?done=merged")))
    })
    .await
}

fn merging(visit: &Visit<'_>) -> MergeUsers {
    MergeUsers { audit: visit.audit(), storage: visit.storage(), clock: visit.clock() }
}

/// What would come of it, or why nothing would.
async fn weigh(
    visit: &Visit<'_>,
    other: &str,
    kept: UserId,
) -> Result<Result<Box<Merger>, MergeUsersError>, PanelError> {
    let Some(given_up) = WhichUser::read(other) else { return Ok(Err(MergeUsersError::UnknownOther)) };
    let merge = merging(visit);
    visit
        .run(async move {
            Ok::<_, PanelError>(merge.preview(&given_up, &WhichUser::Id(kept)).await.map(Box::new))
        })
        .await
}

fn refusal(visit: &Visit<'_>, error: MergeUsersError) -> PanelError {
    match error {
        MergeUsersError::Unknown => PanelError::NotFound,
        MergeUsersError::UnknownOther => PanelError::refused(visit.t("Nobody else is known like that.")),
        MergeUsersError::Same => PanelError::refused(visit.t("This is the same person already.")),
        MergeUsersError::Changed => PanelError::Changed,
        MergeUsersError::Storage(error) => error.into(),
    }
}

/// Another one for every other pair that could be shown.
fn state(merger: &Merger) -> Shown {
    let of = |user: &User| (user.id, user.updated_at);
    Shown::of((of(&merger.kept), of(&merger.given_up)))
}

async fn page(visit: &Visit<'_>, asked: String, problem: Option<&str>) -> Result<HttpResponse, PanelError> {
    let id: UserId = visit.path("id")?;
    let (kept, suspects) = find(visit, id).await?;
    let weighed = if asked.is_empty() { None } else { Some(weigh(visit, &asked, id).await?) };
    let (merger, refused) = match weighed.transpose() {
        Ok(merger) => (merger, None),
        Err(error) => {
            let error = refusal(visit, error);
            if error.is_fault() {
                return Err(error);
            }
            (None, Some(error.words(visit.words).1))
        }
    };
    let is_fine = problem.is_none() && refused.is_none();
    let status = if is_fine { StatusCode::OK } else { StatusCode::CONFLICT };
    let problem = problem.map(str::to_owned).or(refused);
    let frame = visit.frame(visit.t("Merge with somebody").to_owned(), Section::Users);
    Ok(html(status, &MergePage { frame, kept, asked, suspects, merger, problem }))
}

/// The person of the path, and those whom calls named beside it.
async fn find(visit: &Visit<'_>, id: UserId) -> Result<(User, Vec<User>), PanelError> {
    let storage = visit.storage();
    let look = async move {
        consult(&*storage, async |tx| {
            let Some(user) = tx.users().find(id).await? else { return Ok(None) };
            let mut suspects: Vec<User> = Vec::new();
            for clash in tx.timeline().clashes_of(id).await? {
                let other = if clash.user_id == id { clash.other_user_id } else { clash.user_id };
                if !suspects.iter().any(|suspect| suspect.id == other) {
                    suspects.extend(tx.users().find(other).await?);
                }
            }
            Ok(Some((user, suspects)))
        })
        .await
    };
    visit.run(look).await?.ok_or(PanelError::NotFound)
}

impl MergePage {
    fn seen(&self, merger: &Merger) -> Shown {
        state(merger)
    }

    /// What each of the two has, and what stays.
    fn rows(&self, merger: &Merger) -> Vec<Row> {
        let users = [&merger.kept, &merger.given_up, &merger.merged];
        let t = |text| self.frame.t(text).to_owned();
        let row = |label: String, value: fn(&User) -> Option<String>| Row { label, values: users.map(value) };
        vec![
            row(t("Name"), |user| user.name.clone()),
            row(t("Email"), |user| user.email.as_ref().map(ToString::to_string)),
            row(t("Phone"), |user| user.phone.as_ref().map(ToString::to_string)),
            row(t("Language"), |user| Some(user.language.to_string())),
            row(t("First origin"), |user| user.first_origin.source.clone()),
            row(t("Last origin"), |user| user.last_origin.source.clone()),
        ]
    }
}

/// A line of the comparison: of the one that stays, of the other, and of the one that stays as it is then.
struct Row {
    label: String,
    values: [Option<String>; 3],
}
