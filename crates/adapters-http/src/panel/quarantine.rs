//! `/admin/quarantine`: calls that could not be understood, until somebody mends or discards them.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web::Payload};
use application::{
    ports::{HeldCall, HeldStatus, QuarantineFilter, consult},
    quarantine::{DiscardCall, QuarantineError, ReleaseCall},
};
use askama::Template;
use domain::{agent::Role, bot_call::Field, ids::RequestId};

use super::{
    act::act,
    error::PanelError,
    fields::{Fields, older},
    frame::{Frame, Section},
    visit::{Visit, go, html, shown, visit},
};

const PATH: &str = "/admin/quarantine";

/// What stands before the names of the fields of a call in the form.
const CORRECTED: &str = "field.";

#[derive(Template)]
#[template(path = "panel/quarantine/list.html")]
struct ListPage {
    frame: Frame,
    asked: Fields,
    held: Vec<HeldCall>,
    older: Option<String>,
}

#[derive(Template)]
#[template(path = "panel/quarantine/show.html")]
struct ShowPage {
    frame: Frame,
    held: HeldCall,
    fields: Vec<(&'static str, String)>,
    problem: Option<String>,
}

pub(super) async fn list(request: HttpRequest) -> HttpResponse {
    visit(&request, Role::Viewer, async |visit| {
        let asked = Fields::of_query(&request);
        let page = asked.page()?;
        let filter =
            QuarantineFilter { bot_id: asked.value("bot")?, with_closed: asked.is_ticked("with_closed") };
        let storage = visit.storage();
        let look =
            async move { consult(&*storage, async |tx| tx.quarantine().page(filter, page).await).await };
        let mut held = visit.run(look).await?;
        let older = older(&mut held, &asked, PATH, |held| held.call.request_id.as_uuid());
        shown(&ListPage {
            frame: visit.frame(visit.t("Quarantine"), Section::Quarantine),
            asked,
            held,
            older,
        })
    })
    .await
}

pub(super) async fn show(request: HttpRequest) -> HttpResponse {
    visit(&request, Role::Viewer, async |visit| {
        let held = find(visit).await?;
        Ok(page(visit, StatusCode::OK, held, &Fields::default(), None))
    })
    .await
}

pub(super) async fn release(request: HttpRequest, payload: Payload) -> HttpResponse {
    act(&request, payload, Role::Agent, async |visit, form| {
        let held = find(visit).await?;
        let id = held.call.request_id;
        let corrected: Vec<_> = form
            .pairs()
            .iter()
            .filter_map(|(name, value)| Some((name.strip_prefix(CORRECTED)?.to_owned(), value.clone())))
            .filter(|(_, value)| !value.trim().is_empty())
            .collect();
        let release = ReleaseCall { audit: visit.audit(), take_calls: visit.state().take_calls.clone() };
        let released = async move { Ok::<_, PanelError>(release.execute(id, &corrected).await) };
        match visit.run(released).await? {
            Ok(_) => Ok(go("/admin/quarantine?done=released")),
            Err(error @ QuarantineError::StillInvalid(_)) => {
                let problem = Some(error.to_string());
                Ok(page(visit, StatusCode::UNPROCESSABLE_ENTITY, held, &form, problem))
            }
            Err(error) => Err(error.into()),
        }
    })
    .await
}

pub(super) async fn discard(request: HttpRequest, payload: Payload) -> HttpResponse {
    act(&request, payload, Role::Agent, async |visit, _| {
        let id: RequestId = visit.path("id")?;
        let discard = DiscardCall { audit: visit.audit(), storage: visit.storage(), clock: visit.clock() };
        visit.run(async move { discard.execute(id).await }).await?;
        Ok(go("/admin/quarantine?done=discarded"))
    })
    .await
}

async fn find(visit: &Visit<'_>) -> Result<HeldCall, PanelError> {
    let id: RequestId = visit.path("id")?;
    let storage = visit.storage();
    let look = async move { consult(&*storage, async |tx| tx.quarantine().find(id).await).await };
    visit.run(look).await?.ok_or(PanelError::NotFound)
}

fn page(
    visit: &Visit<'_>,
    status: StatusCode,
    held: HeldCall,
    typed: &Fields,
    problem: Option<String>,
) -> HttpResponse {
    let field = |field: &Field| {
        let typed = typed.raw(&format!("{CORRECTED}{field}")).unwrap_or_default();
        (field.as_str(), typed.to_owned())
    };
    let fields = Field::ALL.iter().map(field).collect();
    let frame = visit.frame(visit.t("Call in quarantine"), Section::Quarantine);
    html(status, &ShowPage { frame, held, fields, problem })
}

fn standing(held: &HeldCall) -> &'static str {
    match held.status {
        HeldStatus::Held => "held",
        HeldStatus::Released(_) => "released",
        HeldStatus::Discarded => "discarded",
    }
}

impl ListPage {
    fn standing(&self, held: &HeldCall) -> &'static str {
        standing(held)
    }
}

impl ShowPage {
    fn standing(&self) -> &'static str {
        standing(&self.held)
    }

    fn is_held(&self) -> bool {
        self.held.status == HeldStatus::Held
    }

    fn is_wrong(&self, name: &str) -> bool {
        self.held.call.reason.field.is_some_and(|field| field.as_str() == name)
    }

    fn body(&self) -> String {
        String::from_utf8_lossy(&self.held.call.raw.body).into_owned()
    }
}

impl From<QuarantineError> for PanelError {
    fn from(error: QuarantineError) -> Self {
        match error {
            QuarantineError::Unknown(_) => Self::NotFound,
            QuarantineError::Storage(error) => error.into(),
            other => Self::refused(other),
        }
    }
}
