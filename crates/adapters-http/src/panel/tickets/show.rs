//! One ticket: whose it is, what was written, and what was done about it.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode};
use application::{
    ports::{NotificationFilter, Page, StorageError, Transaction, Whose, consult},
    users::ExportedNotification,
};
use askama::Template;
use domain::{
    agent::Role,
    bot::Bot,
    ids::TicketId,
    ticket::{Reference, Ticket},
    topic::Topic,
    user::User,
};

use crate::panel::{
    error::PanelError,
    events::{Event, What, newest_first, of_ticket},
    frame::{Frame, Section},
    visit::{Visit, html, visit},
};

/// A timeline shows at most so many of the newest messages, and of the newest notifications.
const TIMELINE_MAX: u16 = 200;

/// All that is shown of a ticket.
pub(super) struct Known {
    pub(super) ticket: Ticket,
    user: Option<User>,
    topic: Option<Topic>,
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

pub(super) fn page(visit: &Visit<'_>, status: StatusCode, known: Known, reply: ReplyForm) -> HttpResponse {
    let frame = visit.frame(known.ticket.reference.to_string(), Section::Tickets);
    html(status, &ShowPage { frame, known, reply })
}

/// The ticket of a path: by its id, or by what people call it.
pub(super) async fn find(visit: &Visit<'_>) -> Result<Known, PanelError> {
    let named: String = visit.path("ticket")?;
    let storage = visit.storage();
    let look = async move {
        consult(&*storage, async |tx| {
            let ticket = match (named.parse::<TicketId>(), named.parse::<Reference>()) {
                (Ok(id), _) => tx.tickets().find(id).await?,
                (_, Ok(reference)) => tx.tickets().by_reference(reference).await?,
                _ => None,
            };
            match ticket {
                Some(ticket) => all_of(tx, ticket).await.map(Some),
                None => Ok(None),
            }
        })
        .await
    };
    visit.run(look).await?.ok_or(PanelError::NotFound)
}

async fn all_of(tx: &mut Transaction, ticket: Ticket) -> Result<Known, StorageError> {
    let user = match ticket.user_id {
        Some(id) => tx.users().find(id).await?,
        None => None,
    };
    let routing = tx.topics().routing().await?;
    let topic = routing.topics().iter().find(|topic| topic.slug == ticket.topic).cloned();
    let bot = tx.bots().all().await?.into_iter().find(|bot| bot.id == ticket.bot_id);
    let messages = tx.conversation().page(Whose::Ticket(ticket.id), Page::first(TIMELINE_MAX)).await?;
    let filter = NotificationFilter { ticket_id: Some(ticket.id), ..NotificationFilter::default() };
    let mut notifications = Vec::new();
    for notification in tx.notifications().page(filter, Page::first(TIMELINE_MAX)).await? {
        let attempts = tx.notifications().attempts(notification.id).await?;
        notifications.push(ExportedNotification { notification, attempts, captured_mail: None });
    }
    let events = newest_first(of_ticket(&ticket, &messages, &notifications));
    Ok(Known { ticket, user, topic, bot, events })
}

impl Known {
    fn person(&self) -> Option<String> {
        let user = self.user.as_ref()?;
        let email = || user.email.as_ref().map(ToString::to_string);
        let phone = || user.phone.as_ref().map(ToString::to_string);
        user.name.clone().or_else(email).or_else(phone)
    }

    fn topic_title(&self) -> &str {
        self.topic.as_ref().map_or(self.ticket.topic.as_str(), |topic| &topic.title)
    }

    /// How the person would be answered.
    fn address(&self) -> Option<String> {
        let own = self.user.as_ref().and_then(|user| user.email.as_ref());
        self.ticket.reply_to.as_ref().or(own).map(ToString::to_string)
    }
}
