//! From a notification to a mail.

use domain::{
    channel::Target,
    message::{Content, Message, TicketFacts},
    notification::Purpose,
};
use jiff::Timestamp;

use crate::{
    compose::{ComposedMail, Head, compose},
    facts::{ChatUpdate, Reply, StandIn, TicketOpened, Welcome},
    mailbox::Correspondent,
    recipient::Recipient,
    reminder_facts::{Digest, Escalation},
    templates::{Rendered, TemplateError, Templates},
};

/// Writes mails, from current templates.
pub(crate) struct MailWriter {
    pub(crate) templates: Templates,
    pub(crate) from: Correspondent,
    pub(crate) reply_to: Option<Correspondent>,
    /// Without a slash at the end.
    pub(crate) public_url: Option<String>,
}

impl MailWriter {
    /// The mail of a notification.
    pub(crate) fn write(
        &self,
        message: &Message,
        recipient: &Recipient,
        written_at: Timestamp,
    ) -> Result<ComposedMail, TemplateError> {
        let asks = asking_person(message);
        let words = self.words(message, recipient)?;
        let head = Head {
            id: message.id,
            from: &self.from,
            to: &recipient.to,
            reply_to: asks.as_ref().or(self.reply_to.as_ref()),
            due_at: message.due_at,
            possible_duplicate: message.possible_duplicate,
            written_at,
        };
        Ok(compose(&head, words))
    }

    /// What the mail says.
    pub(crate) fn words(&self, message: &Message, recipient: &Recipient) -> Result<Rendered, TemplateError> {
        self.render(message, asking_person(message).is_some(), recipient.stands_in)
    }

    fn render(
        &self,
        message: &Message,
        reply_reaches_person: bool,
        stands_in: bool,
    ) -> Result<Rendered, TemplateError> {
        let sender = self.from.shown();
        match &message.content {
            Content::Welcome { person } => {
                self.templates.render(&person.language, Purpose::Welcome, &Welcome::new(person, sender))
            }
            Content::TicketOpened { ticket, person } => {
                let mut facts = TicketOpened::new(ticket, person.as_ref(), sender);
                facts.ticket_url = self.ticket_url(ticket);
                facts.reply_reaches_person = reply_reaches_person;
                facts.stands_in_for = stands_in.then(|| StandIn::new(message));
                self.templates.render(&ticket.team_language, Purpose::TicketOpened, &facts)
            }
            Content::Escalation { ticket, person } => {
                let mut facts = Escalation::new(message, ticket, person.as_ref(), sender);
                facts.news.ticket_url = self.ticket_url(ticket);
                facts.news.reply_reaches_person = reply_reaches_person;
                facts.news.stands_in_for = stands_in.then(|| StandIn::new(message));
                self.templates.render(&ticket.team_language, Purpose::Escalation, &facts)
            }
            Content::Reply { reply, person } => {
                let facts = Reply::new(reply, person.as_ref(), sender);
                self.templates.render(&reply.language, Purpose::Reply, &facts)
            }
            Content::ChatUpdate { update } => {
                let purpose = match update.resume_at {
                    Some(_) => Purpose::ChatResumed,
                    None => Purpose::ChatFields,
                };
                let mut facts = ChatUpdate::new(update, sender);
                facts.stands_in_for = stands_in.then(|| StandIn::new(message));
                self.templates.render(&update.team_language, purpose, &facts)
            }
            Content::Digest { digest } => {
                let facts = Digest::new(message, digest, self.public_url.as_deref(), sender);
                self.templates.render(&digest.team_language, Purpose::Digest, &facts)
            }
        }
    }

    fn ticket_url(&self, ticket: &TicketFacts) -> Option<String> {
        self.public_url.as_ref().map(|url| format!("{url}/admin/tickets/{}", ticket.id))
    }
}

/// The person of a ticket, whom a team answers by answering its mail. The address must be ASCII: beyond that, a header
/// asks more of servers than the recipient's address does (RFC 6532).
fn asking_person(message: &Message) -> Option<Correspondent> {
    match &message.content {
        Content::TicketOpened { person: Some(person), .. }
        | Content::Escalation { person: Some(person), .. }
            if message.target != Target::Person =>
        {
            Correspondent::new(person.name.as_deref(), person.email.as_deref()?).ok()?.in_ascii().ok()
        }
        _ => None,
    }
}
