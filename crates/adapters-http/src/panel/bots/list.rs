//! All bots, and their keys.

use actix_web::{HttpRequest, HttpResponse, web::Payload};
use application::bots::{AddBot, NewBot, RevokeBotKeys, RotateBotKey, WhichKeys};
use askama::Template;
use domain::{
    agent::Role,
    bot::{Bot, Secret},
    language::Language,
};

use super::{country, in_use, language, named};
use crate::panel::{
    act::act,
    error::PanelError,
    fields::Fields,
    frame::{Frame, Section},
    visit::{Visit, go, shown, visit},
};

#[derive(Template)]
#[template(path = "panel/bots/list.html")]
struct BotsPage {
    frame: Frame,
    bots: Vec<Bot>,
    /// The name of a bot and its new key, which is shown this once.
    new_key: Option<(String, String)>,
}

pub(super) async fn list(request: HttpRequest) -> HttpResponse {
    visit(&request, Role::Viewer, async |visit| page(visit, None).await).await
}

async fn page(visit: &Visit<'_>, new_key: Option<(String, &Secret)>) -> Result<HttpResponse, PanelError> {
    let bots = in_use(visit).await?;
    let new_key = new_key.map(|(name, key)| (name, key.reveal().to_owned()));
    shown(&BotsPage { frame: visit.frame(visit.t("Bots"), Section::Bots), bots, new_key })
}

pub(super) async fn add(request: HttpRequest, payload: Payload) -> HttpResponse {
    act(&request, payload, Role::Admin, async |visit, form| {
        let state = visit.state();
        let add = AddBot {
            audit: visit.audit(),
            storage: visit.storage(),
            clock: visit.clock(),
            ids: state.ids.clone(),
            entropy: state.entropy.clone(),
        };
        let new = new_bot(&form)?;
        let name = new.name.clone();
        let key = visit.run(async move { add.execute(new).await }).await?;
        page(visit, Some((name, &key))).await
    })
    .await
}

fn new_bot(form: &Fields) -> Result<NewBot, PanelError> {
    Ok(NewBot {
        name: form.needed("name")?.to_owned(),
        default_origin: form.text("origin").map(str::to_owned),
        default_language: language(form)?.unwrap_or(Language::ENGLISH),
        default_country: country(form)?,
    })
}

pub(super) async fn rotate(request: HttpRequest, payload: Payload) -> HttpResponse {
    act(&request, payload, Role::Admin, async |visit, _| {
        let name = named(visit).await?;
        let rotate = RotateBotKey {
            audit: visit.audit(),
            storage: visit.storage(),
            entropy: visit.state().entropy.clone(),
        };
        let of_bot = name.clone();
        let key = visit.run(async move { rotate.execute(&of_bot).await }).await?;
        page(visit, Some((name, &key))).await
    })
    .await
}

pub(super) async fn revoke(request: HttpRequest, payload: Payload) -> HttpResponse {
    act(&request, payload, Role::Admin, async |visit, form| {
        let which = match form.text("keys") {
            Some("previous") => WhichKeys::Previous,
            Some("all") => WhichKeys::All,
            _ => return Err(PanelError::field("keys", "previous or all is needed")),
        };
        let name = named(visit).await?;
        let revoke = RevokeBotKeys { audit: visit.audit(), storage: visit.storage() };
        visit.run(async move { revoke.execute(&name, which).await }).await?;
        Ok(go("/admin/bots?done=revoked"))
    })
    .await
}
