//! The inbox.

use actix_web::{HttpRequest, HttpResponse};
use application::{
    ports::{Page, StorageError, TicketFilter, Transaction, consult},
    tickets::{TicketAsWorkedOn, with_work},
};
use askama::Template;
use domain::{
    agent::{Role, StaffMember},
    ids::AgentId,
    search::Needle,
    ticket::TicketStatus,
    ticket_work::{Priority, TicketWork, assignee},
    topic::{Slug, Topic},
};

use crate::panel::{
    error::PanelError,
    fields::{Fields, older},
    frame::{Frame, Section},
    live::{Shown, follow},
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
    tickets: Vec<TicketAsWorkedOn>,
    members: Vec<StaffMember>,
    own: AgentId,
    older: Option<String>,
}

pub(in crate::panel) async fn list(request: HttpRequest) -> HttpResponse {
    visit(&request, Role::Viewer, async |visit| {
        let asked = Fields::of_query(&request);
        let own = visit.agent().id();
        let (filter, page) = (filter(&asked, own)?, asked.page()?);
        let storage = visit.storage();
        let look = async move {
            consult(&*storage, async |tx| {
                let tickets = tickets(tx, &filter, page).await?;
                Ok((tx.topics().routing().await?, tx.agents().all().await?, tickets))
            })
            .await
        };
        let (routing, members, mut tickets) = visit.run(look).await?;
        let frame = visit.frame(visit.t("Tickets"), Section::Tickets);
        let frame = frame.follow("/admin/tickets/live", asked.clone(), state(&tickets));
        let older = older(&mut tickets, &asked, PATH, |known| known.ticket.id.as_uuid());
        shown(&ListPage { frame, asked, topics: routing.topics().to_vec(), tickets, members, own, older })
    })
    .await
}

/// Tells an open inbox when its tickets change.
pub(in crate::panel) async fn follow_list(request: HttpRequest) -> HttpResponse {
    follow(request, async |visit| {
        let asked = Fields::of_query(visit.request);
        let (filter, page) = (filter(&asked, visit.agent().id())?, asked.page()?);
        let storage = visit.storage();
        let look = async move { consult(&*storage, async |tx| tickets(tx, &filter, page).await).await };
        Ok(state(&visit.run(look).await?))
    })
    .await
}

async fn tickets(
    tx: &mut Transaction,
    filter: &TicketFilter,
    page: Page,
) -> Result<Vec<TicketAsWorkedOn>, StorageError> {
    let tickets = tx.tickets().page(filter, page).await?;
    with_work(tx, tickets).await
}

fn state(tickets: &[TicketAsWorkedOn]) -> Shown {
    let versions = tickets.iter().map(|TicketAsWorkedOn { ticket, work }| {
        (ticket.id, work.version, ticket.status.as_str(), ticket.topic.as_str())
    });
    Shown::of(versions.collect::<Vec<_>>())
}

/// Which tickets an address asks for.
pub(in crate::panel) fn filter(asked: &Fields, own: AgentId) -> Result<TicketFilter, PanelError> {
    let slug = |text| Slug::parse(text).map_err(|error| PanelError::field("topic", error));
    let assignee = asked.text("assignee").map(|name| assignee(name, own)).transpose();
    Ok(TicketFilter {
        needle: asked.text("q").and_then(Needle::for_tickets),
        origin: asked.text("origin").map(str::to_owned),
        user_id: asked.value("user")?,
        status: asked.value("status")?,
        topic: asked.text("topic").map(slug).transpose()?,
        assignee: assignee.map_err(|error| PanelError::field("assignee", error))?,
        priority: asked.value("priority")?,
        created: asked.days("created")?,
    })
}

impl ListPage {
    fn statuses(&self) -> &'static [TicketStatus] {
        TicketStatus::ALL
    }

    fn priorities(&self) -> &'static [Priority] {
        Priority::ALL
    }

    fn assignee(&self, work: &TicketWork) -> &str {
        self.members.iter().find(|member| Some(member.id) == work.assignee).map_or("", |member| &member.email)
    }

    /// The filter of this list, so that it is shown again after its tickets were changed.
    fn shown_list(&self) -> String {
        self.asked.filter().query().trim_start_matches('?').to_owned()
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
