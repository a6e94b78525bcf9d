//! The list of people.

use actix_web::{HttpRequest, HttpResponse};
use application::ports::{UserFilter, consult};
use askama::Template;
use domain::{
    agent::Role,
    bot::Bot,
    search::Needle,
    user::{Origin, User},
};

use crate::panel::{
    error::PanelError,
    fields::{Fields, older},
    frame::{Frame, Section},
    visit::{shown, visit},
};

const PATH: &str = "/admin/users";

#[derive(Template)]
#[template(path = "panel/users/list.html")]
struct ListPage {
    frame: Frame,
    asked: Fields,
    bots: Vec<Bot>,
    users: Vec<User>,
    older: Option<String>,
}

pub(in crate::panel) async fn list(request: HttpRequest) -> HttpResponse {
    visit(&request, Role::Viewer, async |visit| {
        let asked = Fields::of_query(&request);
        let (filter, page) = (filter(&asked)?, asked.page()?);
        let storage = visit.storage();
        let look = async move {
            consult(&*storage, async |tx| Ok((tx.bots().all().await?, tx.users().page(&filter, page).await?)))
                .await
        };
        let (bots, mut users) = visit.run(look).await?;
        let older = older(&mut users, &asked, PATH, |user| user.id.as_uuid());
        shown(&ListPage { frame: visit.frame(visit.t("People"), Section::Users), asked, bots, users, older })
    })
    .await
}

/// Which people an address asks for.
pub(in crate::panel) fn filter(asked: &Fields) -> Result<UserFilter, PanelError> {
    Ok(UserFilter {
        needle: asked.text("q").and_then(Needle::for_users),
        origin: asked.text("origin").map(str::to_owned),
        bot_id: asked.value("bot")?,
        created: asked.days("created")?,
    })
}

impl ListPage {
    fn is_bot_asked(&self, bot: &Bot) -> bool {
        self.asked.text("bot") == Some(bot.id.to_string().as_str())
    }

    fn source<'o>(&self, origin: &'o Origin) -> &'o str {
        origin.source.as_deref().unwrap_or_default()
    }
}
