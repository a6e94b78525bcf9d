//! What a bot may ask without changing anything.

use std::sync::Arc;

use domain::{
    answer::{Answer, Sentence, Verdict},
    bot::Bot,
    bot_call::{Fields, ReadingContext, read_lookup},
    identity::Identity,
    ids::RequestId,
    ticket::{Reference, Ticket, TicketStatus},
    topic::Routing,
    user::User,
};

use crate::ports::{Storage, StorageError, Transaction, consult};

/// Tells a bot whether it knows a person.
#[derive(Clone)]
pub struct FindUser {
    /// Where users are.
    pub storage: Arc<dyn Storage>,
}

impl FindUser {
    /// Looks for the person that `query` names by `email`, `phone` or `customer_id`.
    pub async fn execute(
        &self,
        bot: &Bot,
        query: &str,
        request_id: RequestId,
    ) -> Result<Answer, StorageError> {
        let identities = named_in(bot, query);
        let user = consult(&*self.storage, async |snapshot| person(snapshot, &identities).await).await?;
        Ok(match user {
            Some(user) => Answer {
                created: Some(false),
                user_id: Some(user.id),
                name: user.name,
                ..Answer::new(Verdict::Ok, Sentence::UserKnown, user.language, request_id)
            },
            None => Answer::new(Verdict::Ok, Sentence::UserUnknown, bot.default_language.clone(), request_id),
        })
    }
}

/// Tells a bot where a ticket stands.
#[derive(Clone)]
pub struct ShowTicketStatus {
    /// Where tickets are.
    pub storage: Arc<dyn Storage>,
}

impl ShowTicketStatus {
    /// Shows the ticket with this reference to whoever names its user in `query`. Without that proof, and for a
    /// reference that is malformed or unknown, the answers are equal, so that nothing can be learnt by asking.
    pub async fn execute(
        &self,
        bot: &Bot,
        reference: &str,
        query: &str,
        request_id: RequestId,
    ) -> Result<Answer, StorageError> {
        let identities = named_in(bot, query);
        let shown = match reference.parse() {
            Ok(reference) => self.proven(reference, &identities).await?,
            Err(_) => None,
        };
        Ok(match shown {
            Some((ticket, user)) => describe(&ticket, user, request_id),
            None => Answer::new(
                Verdict::Invalid,
                Sentence::TicketNotFound,
                bot.default_language.clone(),
                request_id,
            ),
        })
    }

    async fn proven(
        &self,
        reference: Reference,
        identities: &[Identity],
    ) -> Result<Option<(Ticket, User)>, StorageError> {
        consult(&*self.storage, async |snapshot| {
            let ticket = snapshot.tickets().by_reference(reference).await?;
            let user = person(snapshot, identities).await?;
            Ok(ticket.zip(user).filter(|(ticket, user)| ticket.user_id == Some(user.id)))
        })
        .await
    }
}

fn describe(ticket: &Ticket, user: User, request_id: RequestId) -> Answer {
    let sentence = match ticket.status {
        TicketStatus::Open => Sentence::StatusOpen,
        TicketStatus::Pending => Sentence::StatusPending,
        TicketStatus::Resolved => Sentence::StatusResolved,
        TicketStatus::Closed => Sentence::StatusClosed,
    };
    Answer {
        created: Some(false),
        user_id: Some(user.id),
        name: user.name,
        reference: Some(ticket.reference.to_string()),
        topic: Some(ticket.topic.to_string()),
        status: Some(ticket.status),
        ..Answer::new(Verdict::Ok, sentence, user.language, request_id)
    }
}

/// Lists the topics for a bot's buttons.
#[derive(Clone)]
pub struct ListTopics {
    /// Where topics are.
    pub storage: Arc<dyn Storage>,
}

impl ListTopics {
    /// All topics, in the order in which they are offered.
    pub async fn execute(&self) -> Result<Routing, StorageError> {
        consult(&*self.storage, async |snapshot| snapshot.topics().routing().await).await
    }
}

fn named_in(bot: &Bot, query: &str) -> Vec<Identity> {
    let context = ReadingContext { bot: bot.id, country: bot.default_country };
    Fields::read(query, &[]).map(|fields| read_lookup(&fields, &context)).unwrap_or_default()
}

/// The user behind the first of `identities` that is anybody's.
async fn person(snapshot: &mut Transaction, identities: &[Identity]) -> Result<Option<User>, StorageError> {
    let known = snapshot.users().by_identities(identities).await?;
    let owner = identities.iter().find_map(|identity| {
        known.identities.iter().find(|(known, _)| known == identity).map(|(_, owner)| *owner)
    });
    Ok(owner.and_then(|id| known.users.into_iter().find(|user| user.id == id)))
}
