//! One bot: what it assumes of people, where its conversations are delivered, and putting it away.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web::Payload};
use application::bots::{ArchiveBot, BotChange, ChangeHook, HookChange, SetBot};
use askama::Template;
use domain::{agent::Role, bot::Bot};

use super::{country, find, language, named};
use crate::panel::{
    act::act,
    error::PanelError,
    fields::Fields,
    frame::{Frame, Section},
    visit::{Visit, go, html, visit},
};

#[derive(Template)]
#[template(path = "panel/bots/show.html")]
struct BotPage {
    frame: Frame,
    bot: Bot,
    typed: Typed,
    problem: Option<String>,
}

/// What stands in the fields.
struct Typed {
    name: String,
    origin: String,
    language: String,
    country: String,
}

pub(super) async fn show(request: HttpRequest) -> HttpResponse {
    visit(&request, Role::Viewer, async |visit| {
        let bot = find(visit).await?;
        let typed = Typed::of(&bot);
        Ok(page(visit, StatusCode::OK, bot, typed, None))
    })
    .await
}

/// Changes a bot. What cannot be taken comes back with what was typed.
pub(super) async fn change(request: HttpRequest, payload: Payload) -> HttpResponse {
    act(&request, payload, Role::Admin, async |visit, form| {
        let bot = find(visit).await?;
        match set(visit, bot.name.clone(), &form).await {
            Err(error) if !error.is_fault() => Ok(refuse(visit, bot, &form, &error)),
            tried => tried.map(|_| go(&format!("/admin/bots/{}?done=saved", bot.id))),
        }
    })
    .await
}

async fn set(visit: &Visit<'_>, name: String, form: &Fields) -> Result<Bot, PanelError> {
    let change = wanted(form)?;
    let set = SetBot { audit: visit.audit(), storage: visit.storage() };
    visit.run(async move { set.execute(&name, change).await }).await
}

/// Gives the hook a new address, or another token.
pub(super) async fn change_hook(request: HttpRequest, payload: Payload) -> HttpResponse {
    act(&request, payload, Role::Admin, async |visit, form| {
        let bot = find(visit).await?;
        let change = match form.text("change") {
            Some("address") => HookChange::NewSecret,
            Some("token") => HookChange::Token(Some(form.needed("token")?.to_owned())),
            Some("no_token") => HookChange::Token(None),
            _ => return Err(PanelError::field("change", "address, token or no_token is needed")),
        };
        let hook = ChangeHook {
            audit: visit.audit(),
            storage: visit.storage(),
            entropy: visit.state().entropy.clone(),
        };
        let name = bot.name;
        visit.run(async move { hook.execute(&name, change).await }).await?;
        Ok(go(&format!("/admin/bots/{}?done=saved", bot.id)))
    })
    .await
}

pub(super) async fn archive(request: HttpRequest, payload: Payload) -> HttpResponse {
    act(&request, payload, Role::Admin, async |visit, _| {
        let name = named(visit).await?;
        let archive = ArchiveBot {
            audit: visit.audit(),
            storage: visit.storage(),
            clock: visit.clock(),
            entropy: visit.state().entropy.clone(),
        };
        visit.run(async move { archive.execute(&name).await }).await?;
        Ok(go("/admin/bots?done=removed"))
    })
    .await
}

fn wanted(form: &Fields) -> Result<BotChange, PanelError> {
    Ok(BotChange {
        name: Some(form.needed("name")?.to_owned()),
        default_origin: Some(form.text("origin").map(str::to_owned)),
        default_language: language(form)?,
        default_country: Some(country(form)?),
    })
}

fn refuse(visit: &Visit<'_>, bot: Bot, form: &Fields, error: &PanelError) -> HttpResponse {
    let (_, problem) = error.words(visit.words);
    page(visit, error.status(), bot, Typed::by(form), Some(problem))
}

fn page(
    visit: &Visit<'_>,
    status: StatusCode,
    bot: Bot,
    typed: Typed,
    problem: Option<String>,
) -> HttpResponse {
    let frame = visit.frame(bot.name.clone(), Section::Bots);
    html(status, &BotPage { frame, bot, typed, problem })
}

impl Typed {
    fn of(bot: &Bot) -> Self {
        Self {
            name: bot.name.clone(),
            origin: bot.default_origin.clone().unwrap_or_default(),
            language: bot.default_language.to_string(),
            country: bot.default_country.map(|country| country.to_string()).unwrap_or_default(),
        }
    }

    fn by(form: &Fields) -> Self {
        let text = |name| form.text(name).unwrap_or_default().to_owned();
        Self {
            name: text("name"),
            origin: text("origin"),
            language: text("language"),
            country: text("country"),
        }
    }
}
