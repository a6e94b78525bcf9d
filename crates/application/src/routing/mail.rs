//! What mails would say about something that is there, and a try of one.

use std::{collections::HashMap, sync::Arc};

use domain::{
    channel::{ChannelKind, Target},
    conversation::Author,
    ids::{NotificationId, RequestId},
    language::Language,
    message::{ChatUpdateFacts, Content, DigestFacts, Message, Person, ReplyFacts, TicketFacts},
    notification::Purpose,
    reminder::DIGEST_LENGTH,
    ticket::{Reference, Ticket, TicketStatus},
    topic::Topic,
};

use crate::ports::{
    Channel, Clock, Ids, Page, Receipt, Storage, StorageError, Transaction, Whose, Wording, WordingError,
    consult,
};

/// More messages than are written before the first answer to a ticket.
const MESSAGES: u16 = 100;

/// Why a mail cannot be shown or tried.
#[derive(Debug, thiserror::Error)]
pub enum TryMailError {
    /// There is no such ticket.
    #[error("there is no ticket {0}")]
    UnknownTicket(Reference),
    /// The ticket has nothing that such a mail could say.
    #[error("there is nothing to say of this ticket in such a mail")]
    Nothing,
    /// The template cannot be used with it.
    #[error(transparent)]
    Wording(#[from] WordingError),
    /// It could not be read.
    #[error("reading the ticket failed")]
    Storage(#[from] StorageError),
}

/// A mail that is to be shown or tried: what it is for, about which ticket, and in which language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SampleMail {
    /// What for.
    pub purpose: Purpose,
    /// About this ticket, its person and its topic.
    pub about: Reference,
    /// In this language, whatever bot and person speak.
    pub language: Language,
    /// To whom it would go. Nobody is written to for looking at it.
    pub to: String,
}

/// Shows what mails say, and sends one to whoever tries it.
#[derive(Clone)]
pub struct TryMail {
    /// Where tickets are.
    pub storage: Arc<dyn Storage>,
    /// How each kind is delivered.
    pub channels: HashMap<ChannelKind, Arc<dyn Channel>>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// New ids, which nobody keeps.
    pub ids: Arc<dyn Ids>,
}

impl TryMail {
    /// The languages that mails have words in.
    pub fn languages(&self) -> Vec<Language> {
        self.mail().languages()
    }

    /// What the mail says. Sends and stores nothing.
    pub async fn preview(&self, sample: &SampleMail) -> Result<Wording, TryMailError> {
        Ok(self.mail().word(&self.message(sample).await?)?)
    }

    /// Sends it at once, once, and answers what the receiving side said. It is in no list.
    pub async fn execute(&self, sample: &SampleMail) -> Result<Receipt, TryMailError> {
        Ok(self.mail().deliver(&self.message(sample).await?).await)
    }

    fn mail(&self) -> &dyn Channel {
        &**self.channels.get(&ChannelKind::Email).expect("every kind of channel has an adapter")
    }

    async fn message(&self, sample: &SampleMail) -> Result<Message, TryMailError> {
        let found = consult(&*self.storage, async |snapshot| content(snapshot, sample).await).await?;
        let content = found.ok_or(TryMailError::UnknownTicket(sample.about))?.ok_or(TryMailError::Nothing)?;
        Ok(Message {
            id: NotificationId::from_uuid(self.ids.next()),
            request_id: RequestId::from_uuid(self.ids.next()),
            kind: ChannelKind::Email,
            channel: "test".to_owned(),
            target: Target::Address(sample.to.clone()),
            due_at: self.clock.now(),
            possible_duplicate: false,
            content,
        })
    }
}

/// None if there is no such ticket; and none if it has nothing of what such a mail says.
async fn content(tx: &mut Transaction, sample: &SampleMail) -> Result<Option<Option<Content>>, StorageError> {
    let Some(ticket) = tx.tickets().by_reference(sample.about).await? else { return Ok(None) };
    let user = match ticket.user_id {
        Some(id) => tx.users().find(id).await?,
        None => None,
    };
    let language = sample.language.clone();
    let person = user.map(|user| Person { language: language.clone(), ..Person::from(&user) });
    Ok(Some(match sample.purpose {
        Purpose::Welcome => person.map(|person| Content::Welcome { person }),
        Purpose::TicketOpened => {
            let facts = ticket_facts(tx, &ticket, language).await?;
            facts.map(|ticket| Content::TicketOpened { ticket, person })
        }
        Purpose::Escalation => {
            let facts = ticket_facts(tx, &ticket, language).await?;
            facts.map(|ticket| Content::Escalation { ticket, person })
        }
        Purpose::Reply => last_answer(tx, &ticket).await?.map(|text| {
            let reply = Box::new(ReplyFacts { language, ..ReplyFacts::of(&ticket, person.as_ref(), text) });
            Content::Reply { reply, person }
        }),
        Purpose::Digest => {
            let backlog = tx.reminders().backlog(&ticket.topic, DIGEST_LENGTH).await?;
            let topic = topic_of(tx, &ticket).await?;
            let topic = topic.map_or_else(|| ticket.topic.to_string(), |topic| topic.title);
            let digest = Box::new(DigestFacts { topic, backlog, team_language: language });
            (!digest.backlog.oldest.is_empty()).then_some(Content::Digest { digest })
        }
        purpose @ (Purpose::ChatFields | Purpose::ChatResumed) => {
            let status = if purpose == Purpose::ChatResumed { TicketStatus::Resolved } else { ticket.status };
            let rules = topic_of(tx, &ticket).await?.map(|topic| topic.chat_rules).unwrap_or_default();
            let ticket = Ticket { status, ..ticket };
            let update = ChatUpdateFacts::of(purpose, &ticket, &rules, language);
            update.map(|update| Content::ChatUpdate { update: Box::new(update) })
        }
    }))
}

async fn topic_of(tx: &mut Transaction, ticket: &Ticket) -> Result<Option<Topic>, StorageError> {
    let routing = tx.topics().routing().await?;
    Ok(routing.topics().iter().find(|topic| topic.slug == ticket.topic).cloned())
}

/// None when the bot that opened it is gone, which bots never are: they are put away.
async fn ticket_facts(
    tx: &mut Transaction,
    ticket: &Ticket,
    language: Language,
) -> Result<Option<Box<TicketFacts>>, StorageError> {
    let topic = topic_of(tx, ticket).await?;
    let bot = tx.bots().all().await?.into_iter().find(|bot| bot.id == ticket.bot_id);
    let facts = bot.map(|bot| TicketFacts::of(ticket, topic.as_ref(), &bot));
    Ok(facts.map(|facts| Box::new(TicketFacts { team_language: language, ..facts })))
}

/// What an agent wrote last to the person.
async fn last_answer(tx: &mut Transaction, ticket: &Ticket) -> Result<Option<String>, StorageError> {
    let messages = tx.conversation().page(Whose::Ticket(ticket.id), Page::first(MESSAGES)).await?;
    Ok(messages.into_iter().find(|message| message.author == Author::Agent).map(|message| message.text))
}
