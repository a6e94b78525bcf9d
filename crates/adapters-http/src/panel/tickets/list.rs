//! The inbox.

use actix_web::{HttpRequest, HttpResponse};
use application::ports::{TicketFilter, consult};
use askama::Template;
use domain::{
    agent::Role,
    search::Needle,
    ticket::{Ticket, TicketStatus},
    topic::{Slug, Topic},
};

use crate::panel::{
    error::PanelError,
    fields::{Fields, older},
    frame::{Frame, Section},
    visit::{shown, visit},
};

const PATH: &str = "/admin/tickets";

/// A description is shown in so many characters.
const EXCERPT: usize = 140;

#[derive(Template)]
#[template(path = "panel/tickets/list.html")]
struct ListPage {
    frame: Frame,
    asked: Fields,
    topics: Vec<Topic>,
    tickets: Vec<Ticket>,
    older: Option<String>,
}

pub(in crate::panel) async fn list(request: HttpRequest) -> HttpResponse {
    visit(&request, Role::Viewer, async |visit| {
        let asked = Fields::of_query(&request);
        let (filter, page) = (filter(&asked)?, asked.page()?);
        let storage = visit.storage();
        let look = async move {
            consult(&*storage, async |tx| {
                Ok((tx.topics().routing().await?, tx.tickets().page(&filter, page).await?))
            })
            .await
        };
        let (routing, mut tickets) = visit.run(look).await?;
        let older = older(&mut tickets, &asked, PATH, |ticket| ticket.id.as_uuid());
        let frame = visit.frame(visit.t("Tickets"), Section::Tickets);
        shown(&ListPage { frame, asked, topics: routing.topics().to_vec(), tickets, older })
    })
    .await
}

/// Which tickets an address asks for.
pub(in crate::panel) fn filter(asked: &Fields) -> Result<TicketFilter, PanelError> {
    let slug = |text| Slug::parse(text).map_err(|error| PanelError::field("topic", error));
    Ok(TicketFilter {
        needle: asked.text("q").and_then(Needle::for_tickets),
        origin: asked.text("origin").map(str::to_owned),
        user_id: asked.value("user")?,
        status: asked.value("status")?,
        topic: asked.text("topic").map(slug).transpose()?,
        created: asked.days("created")?,
    })
}

impl ListPage {
    fn statuses(&self) -> &'static [TicketStatus] {
        TicketStatus::ALL
    }

    fn is_asked(&self, name: &str, value: &str) -> bool {
        self.asked.text(name) == Some(value)
    }

    fn title<'t>(&'t self, slug: &'t Slug) -> &'t str {
        let topic = self.topics.iter().find(|topic| topic.slug == *slug);
        topic.map_or(slug.as_str(), |topic| &topic.title)
    }

    fn excerpt(&self, text: &str) -> String {
        let mut letters = text.chars();
        let mut shown: String = letters.by_ref().take(EXCERPT).collect();
        if letters.next().is_some() {
            shown.push('…');
        }
        shown
    }
}
