//! One ticket: whose it is, what was written, and what was done about it.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode};
use application::{
    ports::{NotificationFilter, Page, StorageError, Transaction, Whose, consult},
    tickets::{TicketAsWorkedOn, find_named},
    users::with_attempts,
};
use askama::Template;
use domain::{
    agent::{Role, StaffMember},
    bot::Bot,
    ticket::{Ticket, TicketStatus},
    ticket_work::{Priority, TicketWork},
    topic::Topic,
    user::User,
};

use crate::panel::{
    error::PanelError,
    events::{Event, What, newest_first, of_ticket, worked},
    fields::Fields,
    frame::{Frame, Section},
    live::{Shown, follow},
    visit::{Visit, html, visit},
};

/// A timeline shows at most so many of the newest messages, and of the newest notifications.
const TIMELINE_MAX: u16 = 200;

/// All that is shown of a ticket.
pub(super) struct Known {
    pub(super) ticket: Ticket,
    user: Option<User>,
    work: TicketWork,
    members: Vec<StaffMember>,
    topics: Vec<Topic>,
    bot: Option<Bot>,
    events: Vec<Event>,
}

#[derive(Template)]
#[template(path = "panel/tickets/show.html")]
struct ShowPage {
    frame: Frame,
    known: Known,
    reply: ReplyForm,
}

/// What is typed into the form for a reply.
#[derive(Default)]
pub(super) struct ReplyForm {
    /// The text.
    pub(super) text: String,
    /// Tells this reply from the next one, so that it is sent once however often it is pressed.
    pub(super) key: String,
    /// Why it was not sent.
    pub(super) problem: Option<String>,
}

pub(in crate::panel) async fn show(request: HttpRequest) -> HttpResponse {
    visit(&request, Role::Viewer, async |visit| {
        let known = find(visit).await?;
        let reply = ReplyForm { key: visit.state().ids.next().to_string(), ..ReplyForm::default() };
        Ok(page(visit, StatusCode::OK, known, reply))
    })
    .await
}

/// Tells the open page of a ticket when something happens to it.
pub(in crate::panel) async fn follow_ticket(request: HttpRequest) -> HttpResponse {
    follow(request, async |visit| Ok(find(visit).await?.state())).await
}

pub(super) fn page(visit: &Visit<'_>, status: StatusCode, known: Known, reply: ReplyForm) -> HttpResponse {
    let reference = known.ticket.reference;
    let frame = visit.frame(reference.to_string(), Section::Tickets);
    let frame = frame.follow(&format!("/admin/tickets/{reference}/live"), Fields::default(), known.state());
    html(status, &ShowPage { frame, known, reply })
}

/// The ticket of a path: by its id, or by what people call it.
pub(super) async fn find(visit: &Visit<'_>) -> Result<Known, PanelError> {
    let named: String = visit.path("ticket")?;
    let storage = visit.storage();
    let look = async move {
        consult(&*storage, async |tx| match find_named(tx, &named).await? {
            Some(known) => all_of(tx, known).await.map(Some),
            None => Ok(None),
        })
        .await
    };
    visit.run(look).await?.ok_or(PanelError::NotFound)
}

async fn all_of(
    tx: &mut Transaction,
    TicketAsWorkedOn { ticket, work }: TicketAsWorkedOn,
) -> Result<Known, StorageError> {
    let user = match ticket.user_id {
        Some(id) => tx.users().find(id).await?,
        None => None,
    };
    let routing = tx.topics().routing().await?;
    let deeds = tx.ticket_work().events_of(ticket.id, Page::first(TIMELINE_MAX)).await?;
    let members = tx.agents().all().await?;
    let bot = tx.bots().all().await?.into_iter().find(|bot| bot.id == ticket.bot_id);
    let messages = tx.conversation().page(Whose::Ticket(ticket.id), Page::first(TIMELINE_MAX)).await?;
    let filter = NotificationFilter { ticket_id: Some(ticket.id), ..NotificationFilter::default() };
    let notifications = tx.notifications().page(filter, Page::first(TIMELINE_MAX)).await?;
    let notifications = with_attempts(tx, notifications).await?;
    let mut events = of_ticket(&ticket, &messages, &notifications);
    events.extend(deeds.iter().map(|deed| worked(deed, &members)));
    let topics = routing.topics().to_vec();
    Ok(Known { ticket, user, work, members, topics, bot, events: newest_first(events) })
}

impl Known {
    fn state(&self) -> Shown {
        let events: Vec<_> = self.events.iter().map(|event| (event.at, event.state())).collect();
        Shown::of((self.ticket.status.as_str(), self.ticket.topic.as_str(), self.work.version, events))
    }

    fn person(&self) -> Option<String> {
        let user = self.user.as_ref()?;
        let email = || user.email.as_ref().map(ToString::to_string);
        let phone = || user.phone.as_ref().map(ToString::to_string);
        user.name.clone().or_else(email).or_else(phone)
    }

    fn topic_title(&self) -> &str {
        let own = self.topics.iter().find(|topic| topic.slug == self.ticket.topic);
        own.map_or(self.ticket.topic.as_str(), |topic| &topic.title)
    }

    /// Where the ticket may be moved.
    fn next(&self) -> &'static [TicketStatus] {
        self.ticket.status.next()
    }

    fn priorities(&self) -> &'static [Priority] {
        Priority::ALL
    }

    fn is_assignee(&self, member: &StaffMember) -> bool {
        self.work.assignee == Some(member.id)
    }

    fn assignee(&self) -> Option<&str> {
        self.members.iter().find(|member| self.is_assignee(member)).map(|member| member.email.as_str())
    }

    /// How the person would be answered.
    fn address(&self) -> Option<String> {
        let own = self.user.as_ref().and_then(|user| user.email.as_ref());
        self.ticket.reply_to.as_ref().or(own).map(ToString::to_string)
    }
}
