//! What is typed into Landbot's builder for a bot.

use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use domain::{agent::Role, bot::Bot};

use super::find;
use crate::panel::{
    error::PanelError,
    fields::Fields,
    frame::{Frame, Section},
    visit::{shown, visit},
};

/// Where bots talk to people.
const MEDIA: [&str; 2] = ["web", "whatsapp"];

#[derive(Template)]
#[template(path = "panel/bots/recipe.html")]
struct RecipePage {
    frame: Frame,
    bot: Bot,
    medium: String,
    recipe: String,
}

/// It has the secret address of the hook in it.
pub(super) async fn show(request: HttpRequest) -> HttpResponse {
    visit(&request, Role::Admin, async |visit| {
        let bot = find(visit).await?;
        let medium = Fields::of_query(&request).text("for").unwrap_or(MEDIA[0]).to_owned();
        let recipe = (visit.state().recipe)(&bot, &medium)
            .ok_or_else(|| PanelError::field("for", "it is web or whatsapp"))?;
        let frame = visit.frame(visit.t("What is typed into the builder"), Section::Bots);
        shown(&RecipePage { frame, bot, medium, recipe })
    })
    .await
}

impl RecipePage {
    fn is_shown(&self, medium: &str) -> bool {
        self.medium == medium
    }

    fn media(&self) -> [&'static str; 2] {
        MEDIA
    }
}
