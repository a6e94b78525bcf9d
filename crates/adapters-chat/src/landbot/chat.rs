//! Replies in a person's chat.

use std::{fmt::Display, time::Duration};

use application::ports::Receipt;
use domain::{conversation::parts, message::ReplyFacts, retry::Outcome, ticket::Chat as TicketChat};
use tokio::time::{sleep, timeout};

use super::{
    client::LandbotClient,
    refusal::Refusal,
    values::{CustomerNumber, CustomerNumberError},
};
use crate::receipt::saying;

/// All calls for one reply take no longer: a channel has two minutes.
pub(super) const LIMIT: Duration = Duration::from_secs(100);

/// How often a later part of a reply is tried again at once, as the first is in the chat already.
const LATER_TRIES: u32 = 4;

/// The wait before the second try of a later part; it doubles. Landbot's own `Retry-After` is believed up to the longest.
const FIRST_WAIT: Duration = Duration::from_secs(1);
const LONGEST_WAIT: Duration = Duration::from_secs(15);

/// Says replies in chats.
pub(super) struct Chat {
    pub(super) client: LandbotClient,
}

/// A text was not sent.
enum Unsent {
    /// Sending was refused, or its fate is unknown.
    Refused(Refusal),
    /// The chat could not be taken over, so that sending was not tried again.
    NotTakenOver(Refusal),
}

impl Chat {
    /// Says a reply, in parts if it is long. If a later part fails, nobody can take back those before it: it is tried again
    /// for a while, and then the fate of the whole reply is unknown, so that an agent looks at the chat and nothing is said
    /// twice.
    pub(super) async fn say(&self, reply: &ReplyFacts) -> Receipt {
        let customer = match customer_of(&reply.chat) {
            Ok(customer) => customer,
            Err(receipt) => return receipt,
        };
        match parts(&reply.text).split_first() {
            None => permanent(&"the reply has no text"),
            Some((first, rest)) => timeout(LIMIT, self.say_all(customer, first, rest))
                .await
                .unwrap_or_else(|_| saying(Outcome::Unknown, "Landbot took too long")),
        }
    }

    async fn say_all(&self, customer: CustomerNumber, first: &str, rest: &[&str]) -> Receipt {
        if let Err(unsent) = self.send(customer, first).await {
            return unsent.receipt();
        }
        for (number, part) in (2..).zip(rest) {
            if let Err(unsent) = self.send_stubbornly(customer, part).await {
                let receipt = unsent.receipt();
                let why = receipt.answer.unwrap_or_default();
                let said =
                    format!("part {number} of {} failed, those before it were said: {why}", rest.len() + 1);
                return Receipt { code: receipt.code, ..saying(Outcome::Unknown, said) };
            }
        }
        Receipt::new(Outcome::Sent)
    }

    /// Sends; where the chat is not the agent's, takes it over first and sends once more.
    async fn send(&self, customer: CustomerNumber, text: &str) -> Result<(), Unsent> {
        match self.client.send_text(customer, text).await {
            Err(refusal) if is_not_ours(&refusal) => {
                self.take_over(customer).await.map_err(Unsent::NotTakenOver)?;
                self.client.send_text(customer, text).await.map_err(Unsent::Refused)
            }
            outcome => outcome.map_err(Unsent::Refused),
        }
    }

    /// A chat that another agent has must be let go before it is assigned again.
    async fn take_over(&self, customer: CustomerNumber) -> Result<(), Refusal> {
        match self.client.assign(customer).await {
            Err(refusal) if is_not_ours(&refusal) => {
                self.client.unassign(customer).await?;
                self.client.assign(customer).await
            }
            outcome => outcome,
        }
    }

    /// Sends a later part, and waits and sends again while that may help.
    async fn send_stubbornly(&self, customer: CustomerNumber, text: &str) -> Result<(), Unsent> {
        let mut wait = FIRST_WAIT;
        for _ in 1..LATER_TRIES {
            let Err(unsent) = self.send(customer, text).await else { return Ok(()) };
            let Outcome::Temporary { retry_after, .. } = unsent.receipt().outcome else { return Err(unsent) };
            let asked = retry_after.and_then(|asked| Duration::try_from(asked).ok());
            sleep(asked.unwrap_or(wait).min(LONGEST_WAIT)).await;
            wait *= 2;
        }
        self.send(customer, text).await
    }
}

impl Unsent {
    fn receipt(&self) -> Receipt {
        match self {
            Self::Refused(refusal) => refusal.receipt(),
            Self::NotTakenOver(refusal) => refusal.receipt_before_sending(),
        }
    }
}

/// Landbot says 412 of a chat that is not assigned to the token's agent, and of others that take no text at all.
fn is_not_ours(refusal: &Refusal) -> bool {
    refusal.status() == Some(412)
}

/// Who is at the other end of a chat.
pub(super) fn customer_of(chat: &TicketChat) -> Result<CustomerNumber, Receipt> {
    let customer =
        chat.customer.as_ref().ok_or_else(|| permanent(&"the ticket was not opened from a chat"))?;
    customer.parse().map_err(|error: CustomerNumberError| permanent(&error))
}

fn permanent(why: &dyn Display) -> Receipt {
    saying(Outcome::Permanent, why.to_string())
}
