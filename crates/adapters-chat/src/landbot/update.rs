//! Fields of a chat that flows read, and the flow that goes on.

use application::ports::Receipt;
use domain::{message::ChatUpdateFacts, retry::Outcome};
use tokio::time::timeout;

use super::{
    chat::{Chat, LIMIT, customer_of},
    values::CustomerNumber,
};
use crate::receipt::saying;

impl Chat {
    /// Writes fields of a chat, and then lets its flow go on, so that what it reads is there. A field whose writing nobody
    /// knows the fate of is written again: it is the same another time. A flow is not: it would ask its questions twice.
    pub(super) async fn update(&self, update: &ChatUpdateFacts) -> Receipt {
        match customer_of(&update.chat) {
            Ok(customer) => timeout(LIMIT, self.carry_out(customer, update))
                .await
                .unwrap_or_else(|_| saying(Outcome::Unknown, "Landbot took too long")),
            Err(receipt) => receipt,
        }
    }

    async fn carry_out(&self, customer: CustomerNumber, update: &ChatUpdateFacts) -> Receipt {
        for (field, value) in &update.writes {
            if let Err(refusal) = self.client.write_field(customer, field, value).await {
                return refusal.receipt_before_sending();
            }
        }
        match &update.resume_at {
            Some(point) => match self.client.assign_bot(customer, point).await {
                Ok(()) => Receipt::new(Outcome::Sent),
                Err(refusal) => refusal.receipt(),
            },
            None => Receipt::new(Outcome::Sent),
        }
    }
}
