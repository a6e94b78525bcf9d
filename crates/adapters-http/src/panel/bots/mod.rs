//! `/admin/bots`: the chatbots that call, their keys, and what is typed into their builder.

mod list;
mod recipe;
mod show;

use actix_web::web::{ServiceConfig, get, post};
use application::{
    bots::{BotError, bots_in_use},
    ports::consult,
};
use domain::{bot::Bot, identity::Country, ids::BotId, language::Language};

use super::{error::PanelError, fields::Fields, visit::Visit};

pub(super) fn routes(config: &mut ServiceConfig) {
    config
        .route("/admin/bots", get().to(list::list))
        .route("/admin/bots", post().to(list::add))
        .route("/admin/bots/{id}", get().to(show::show))
        .route("/admin/bots/{id}", post().to(show::change))
        .route("/admin/bots/{id}/archive", post().to(show::archive))
        .route("/admin/bots/{id}/hook", post().to(show::change_hook))
        .route("/admin/bots/{id}/recipe", get().to(recipe::show))
        .route("/admin/bots/{id}/revoke", post().to(list::revoke))
        .route("/admin/bots/{id}/rotate", post().to(list::rotate));
}

/// The bots that are in use.
pub(super) async fn in_use(visit: &Visit<'_>) -> Result<Vec<Bot>, PanelError> {
    let storage = visit.storage();
    visit.run(async move { consult(&*storage, bots_in_use).await }).await
}

/// The bot of a path.
async fn find(visit: &Visit<'_>) -> Result<Bot, PanelError> {
    let id: BotId = visit.path("id")?;
    in_use(visit).await?.into_iter().find(|bot| bot.id == id).ok_or(PanelError::NotFound)
}

async fn named(visit: &Visit<'_>) -> Result<String, PanelError> {
    find(visit).await.map(|bot| bot.name)
}

fn language(form: &Fields) -> Result<Option<Language>, PanelError> {
    let unknown = || PanelError::field("language", "two letters are needed");
    form.text("language").map(|text| Language::parse(text).ok_or_else(unknown)).transpose()
}

fn country(form: &Fields) -> Result<Option<Country>, PanelError> {
    let country = form.text("country").map(Country::parse).transpose();
    country.map_err(|error| PanelError::field("country", error))
}

impl From<BotError> for PanelError {
    fn from(error: BotError) -> Self {
        match error {
            BotError::Name => Self::field("name", error),
            BotError::NameTaken(_) | BotError::NoKey(_) => Self::refused(error),
            BotError::Unknown(_) => Self::NotFound,
            BotError::Storage(error) => error.into(),
        }
    }
}
