//! `/admin/account`: one's own password, sessions and API tokens.

use actix_web::{HttpRequest, HttpResponse, web::Payload};
use application::{
    ports::consult,
    staff::{AddToken, ChangePassword, EndSession, RevokeToken, StaffError},
};
use askama::Template;
use domain::{
    agent::{ApiToken, Role, Scope},
    ids::{SessionId, TokenId},
    second_factor::SecondFactor,
    session::Session,
};

use crate::panel::{
    act::act,
    error::PanelError,
    frame::{Frame, Section},
    visit::{Visit, go, shown, visit},
};

const PATH: &str = "/admin/account";

#[derive(Template)]
#[template(path = "panel/staff/account.html")]
struct AccountPage {
    frame: Frame,
    email: String,
    role: Role,
    own: SessionId,
    sessions: Vec<Session>,
    tokens: Vec<ApiToken>,
    second_factor: Option<SecondFactor>,
    /// A token that was just made: it is shown once.
    new_token: Option<String>,
}

pub(super) async fn show(request: HttpRequest) -> HttpResponse {
    visit(&request, Role::Viewer, async |visit| page(visit, None).await).await
}

async fn page(visit: &Visit<'_>, new_token: Option<String>) -> Result<HttpResponse, PanelError> {
    let who = visit.who().clone();
    let (storage, agent) = (visit.storage(), who.agent.id());
    let look = async move {
        consult(&*storage, async |tx| {
            let factor = tx.second_factors().of_agent(agent).await?;
            let second_factor = factor.filter(|factor| factor.confirmed_at.is_some());
            Ok((tx.sessions().of_agent(agent).await?, tx.agents().tokens(Some(agent)).await?, second_factor))
        })
        .await
    };
    let (sessions, tokens, second_factor) = visit.run(look).await?;
    let frame = visit.frame(visit.t("My account"), Section::Account);
    let role = who.agent.role();
    let (email, own) = (who.email, who.session);
    shown(&AccountPage { frame, email, role, own, sessions, tokens, second_factor, new_token })
}

pub(super) async fn change_password(request: HttpRequest, payload: Payload) -> HttpResponse {
    act(&request, payload, Role::Viewer, async |visit, form| {
        let change = ChangePassword { storage: visit.storage(), hasher: visit.state().hasher.clone() };
        let typed = |name| form.raw(name).unwrap_or_default().to_owned();
        let (who, present, new) = (visit.who().clone(), typed("present"), typed("new"));
        visit.run(async move { change.execute(&who.agent, who.session, present, new).await }).await?;
        Ok(go("/admin/account?done=saved"))
    })
    .await
}

pub(super) async fn end_session(request: HttpRequest, payload: Payload) -> HttpResponse {
    act(&request, payload, Role::Viewer, async |visit, _| {
        let id: SessionId = visit.path("id")?;
        let (end, agent) = (EndSession { storage: visit.storage() }, visit.agent());
        if visit.run(async move { end.execute(&agent, id).await }).await? {
            Ok(go("/admin/account?done=session_ended"))
        } else {
            Err(PanelError::NotFound)
        }
    })
    .await
}

pub(super) async fn add_token(request: HttpRequest, payload: Payload) -> HttpResponse {
    act(&request, payload, Role::Viewer, async |visit, form| {
        let state = visit.state();
        let add = AddToken {
            audit: visit.audit(),
            storage: visit.storage(),
            clock: visit.clock(),
            ids: state.ids.clone(),
            entropy: state.entropy.clone(),
        };
        let name = form.needed("name")?.to_owned();
        let scope: Scope = form.value("scope")?.unwrap_or(Scope::Read);
        let email = visit.who().email.clone();
        let secret = visit.run(async move { add.execute(&email, &name, scope).await }).await?;
        page(visit, Some(secret.reveal().to_owned())).await
    })
    .await
}

pub(super) async fn revoke_token(request: HttpRequest, payload: Payload) -> HttpResponse {
    act(&request, payload, Role::Viewer, async |visit, _| {
        let id: TokenId = visit.path("id")?;
        let (storage, agent) = (visit.storage(), visit.agent());
        let revoke = RevokeToken { audit: visit.audit(), storage: visit.storage(), clock: visit.clock() };
        let own = async move {
            let tokens = consult(&*storage, async |tx| tx.agents().tokens(Some(agent.id())).await).await?;
            if !tokens.iter().any(|token| token.id == id) {
                return Err(StaffError::UnknownToken(id));
            }
            revoke.execute(id).await
        };
        visit.run(own).await?;
        Ok(go(&format!("{PATH}?done=revoked")))
    })
    .await
}
