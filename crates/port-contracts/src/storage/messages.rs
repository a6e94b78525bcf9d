//! What an attempt sends, from what is stored at that moment.

use domain::{
    conversation::ConversationMessage,
    ids::NotificationId,
    language::Language,
    message::{ChatUpdateFacts, Content, DigestFacts, Message, Person, ReplyFacts, TicketFacts},
    notification::Purpose,
    reminder::DIGEST_LENGTH,
    ticket::{Ticket, TicketStatus},
};

use super::{
    outbox::OutboxRow,
    state::{ChannelRow, State},
};

impl State {
    /// The message of a notification; none when what it is about is gone.
    pub(super) fn message(&self, row: &OutboxRow, over: &ChannelRow) -> Option<Message> {
        Some(Message {
            id: row.planned.id,
            request_id: row.planned.request_id,
            kind: over.channel.kind,
            channel: over.channel.name.clone(),
            target: over.channel.target.clone(),
            due_at: row.due_at,
            possible_duplicate: row.is_possible_duplicate(),
            content: self.content(row)?,
        })
    }

    fn content(&self, row: &OutboxRow) -> Option<Content> {
        let person = row.planned.user_id.and_then(|id| self.users.get(&id)).map(Person::from);
        match row.planned.purpose {
            Purpose::Welcome => Some(Content::Welcome { person: person? }),
            Purpose::TicketOpened => {
                let ticket = self.tickets.get(&row.planned.ticket_id?)?;
                Some(Content::TicketOpened { ticket: Box::new(self.facts(ticket)?), person })
            }
            Purpose::Escalation => {
                let ticket = self.tickets.get(&row.planned.ticket_id?)?;
                let waits = ticket.status == TicketStatus::Open;
                waits.then_some(Content::Escalation { ticket: Box::new(self.facts(ticket)?), person })
            }
            Purpose::Reply => {
                let ticket = self.tickets.get(&row.planned.ticket_id?)?;
                let is_it = |message: &&ConversationMessage| message.notification_id == Some(row.planned.id);
                let text = self.messages.values().find(is_it)?.text.clone();
                let reply = Box::new(ReplyFacts::of(ticket, person.as_ref(), text));
                Some(Content::Reply { reply, person })
            }
            Purpose::ChatFields | Purpose::ChatResumed => {
                let ticket = self.tickets.get(&row.planned.ticket_id?)?;
                let update = Box::new(self.chat_update(row.planned.purpose, ticket)?);
                Some(Content::ChatUpdate { update })
            }
            Purpose::Digest => Some(Content::Digest { digest: Box::new(self.digest(row.planned.id)?) }),
        }
    }

    /// None once nothing is open any more.
    fn digest(&self, id: NotificationId) -> Option<DigestFacts> {
        let slug = self.digests.key_of(|digest| *digest == id).map(|(slug, _)| slug)?;
        let topic = self.topics.iter().find(|topic| topic.slug == *slug)?;
        let backlog = self.backlog(slug, DIGEST_LENGTH);
        let bot = self.waiting(slug).next().and_then(|ticket| self.bot(|bot| bot.id == ticket.bot_id));
        let team_language = bot.map_or(Language::ENGLISH, |bot| bot.default_language.clone());
        (backlog.open > 0).then(|| DigestFacts { topic: topic.title.clone(), backlog, team_language })
    }

    fn chat_update(&self, purpose: Purpose, ticket: &Ticket) -> Option<ChatUpdateFacts> {
        let topic = self.topics.iter().find(|topic| topic.slug == ticket.topic)?;
        let bot = self.bot(|bot| bot.id == ticket.bot_id)?;
        ChatUpdateFacts::of(purpose, ticket, &topic.chat_rules, bot.default_language.clone())
    }

    fn facts(&self, ticket: &Ticket) -> Option<TicketFacts> {
        let bot = self.bot(|bot| bot.id == ticket.bot_id)?;
        let topic = self.topics.iter().find(|topic| topic.slug == ticket.topic)?;
        Some(TicketFacts::of(ticket, Some(topic), bot))
    }
}
