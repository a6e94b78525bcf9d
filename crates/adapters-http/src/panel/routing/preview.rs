//! What would become of a call.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode};
use application::routing::RoutingPreview;
use askama::Template;
use domain::{
    agent::Role,
    bot::Bot,
    intake::{CallPath, RawCall},
};

use crate::panel::{
    bots::in_use,
    error::PanelError,
    fields::Fields,
    frame::{Frame, Section},
    visit::{html, visit},
};

/// What stands in the form at first.
const EXAMPLE: &str = r#"{
  "name": "Ana",
  "email": "ana@example.com",
  "topic": "sales",
  "description": "How much are two seats?"
}"#;

#[derive(Template)]
#[template(path = "panel/routing/preview.html")]
struct PreviewPage {
    frame: Frame,
    asked: Fields,
    bots: Vec<Bot>,
    preview: Option<RoutingPreview>,
}

/// A form that changes nothing, so that it can be linked to with all that it asks.
pub(super) async fn show(request: HttpRequest) -> HttpResponse {
    visit(&request, Role::Viewer, async |visit| {
        let asked = Fields::of_query(&request);
        let bots = in_use(visit).await?;
        let bot = bots.iter().find(|bot| asked.text("bot") == Some(&bot.name));
        let preview = match (bot.cloned(), asked.text("body")) {
            (Some(bot), Some(body)) => {
                let path = path(&asked)?;
                let raw = RawCall { query: String::new(), body: body.as_bytes().to_vec() };
                let preview = visit.state().preview_routing.clone();
                Some(visit.run(async move { preview.execute(&bot, path, raw).await }).await?)
            }
            _ => None,
        };
        let frame = visit.frame(visit.t("What would become of a call"), Section::Routing);
        Ok(html(StatusCode::OK, &PreviewPage { frame, asked, bots, preview }))
    })
    .await
}

fn path(asked: &Fields) -> Result<CallPath, PanelError> {
    match asked.value("path")?.unwrap_or(CallPath::Tickets) {
        CallPath::Messages => Err(PanelError::field("path", "it is tickets or users")),
        path => Ok(path),
    }
}

impl PreviewPage {
    fn body(&self) -> &str {
        self.asked.text("body").unwrap_or(EXAMPLE)
    }

    fn is_asked(&self, name: &str, value: &str) -> bool {
        self.asked.text(name) == Some(value)
    }
}
