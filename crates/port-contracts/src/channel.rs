//! A channel that remembers what it was given.

use std::collections::VecDeque;

use application::ports::{Channel, Receipt, Wording, WordingError};
use async_trait::async_trait;
use domain::{
    language::Language,
    message::{Content, Message},
    retry::Outcome,
};
use tokio::sync::watch;

/// A channel that delivers to nobody: it records messages, answers as it was told, and can be made to hang.
#[derive(Debug)]
pub struct RecordingChannel(watch::Sender<Recorded>);

#[derive(Debug, Default)]
struct Recorded {
    messages: Vec<Message>,
    answers: VecDeque<Receipt>,
    hanging: bool,
    running: usize,
    most_running: usize,
}

impl RecordingChannel {
    /// Takes every message.
    pub fn new() -> Self {
        Self(watch::Sender::default())
    }

    /// The next message without an answer yet is answered like this; after the last of these answers every message
    /// is taken again.
    pub fn answer_next(&self, receipt: Receipt) {
        self.0.send_modify(|recorded| recorded.answers.push_back(receipt));
    }

    /// From now on deliveries begin and do not end, until [`release`](Self::release).
    pub fn hang(&self) {
        self.0.send_modify(|recorded| recorded.hanging = true);
    }

    /// Deliveries end again, those that hang too.
    pub fn release(&self) {
        self.0.send_modify(|recorded| recorded.hanging = false);
    }

    /// Every message whose delivery was begun, in that order.
    pub fn messages(&self) -> Vec<Message> {
        self.0.borrow().messages.clone()
    }

    /// Waits until so many deliveries were begun, and answers what [`messages`](Self::messages) does.
    pub async fn wait_for(&self, count: usize) -> Vec<Message> {
        let mut seen = self.0.subscribe();
        let recorded = seen.wait_for(|recorded| recorded.messages.len() >= count).await;
        recorded.expect("the channel itself keeps the sender").messages.clone()
    }

    /// How many deliveries run.
    pub fn running(&self) -> usize {
        self.0.borrow().running
    }

    /// How many deliveries ran at once at most.
    pub fn most_running(&self) -> usize {
        self.0.borrow().most_running
    }

    fn begin(&self, message: &Message) -> (Receipt, Running<'_>) {
        let mut receipt = Receipt::new(Outcome::Sent);
        self.0.send_modify(|recorded| {
            recorded.messages.push(message.clone());
            recorded.running += 1;
            recorded.most_running = recorded.most_running.max(recorded.running);
            if let Some(told) = recorded.answers.pop_front() {
                receipt = told;
            }
        });
        (receipt, Running(self))
    }
}

impl Default for RecordingChannel {
    fn default() -> Self {
        Self::new()
    }
}

/// A delivery that runs, until this is dropped.
struct Running<'a>(&'a RecordingChannel);

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.0.0.send_modify(|recorded| recorded.running -= 1);
    }
}

#[async_trait]
impl Channel for RecordingChannel {
    async fn deliver(&self, message: &Message) -> Receipt {
        let (receipt, _running) = self.begin(message);
        let mut seen = self.0.subscribe();
        let released = seen.wait_for(|recorded| !recorded.hanging).await;
        drop(released.expect("the channel itself keeps the sender"));
        receipt
    }

    fn languages(&self) -> Vec<Language> {
        vec![Language::ENGLISH]
    }

    /// Says in English what the message is about.
    fn word(&self, message: &Message) -> Result<Wording, WordingError> {
        let text = match &message.content {
            Content::Welcome { person } => format!("Welcome {}", person.name.as_deref().unwrap_or("you")),
            Content::TicketOpened { ticket, .. } => format!("{}: {}", ticket.topic, ticket.description),
            Content::ChatUpdate { update } => format!("{}: {:?}", update.reference, update.writes),
            Content::Escalation { .. } | Content::Digest { .. } | Content::Reply { .. } => {
                return Err(WordingError::Unsupported);
            }
        };
        Ok(Wording { subject: None, html: None, text, mimicked: false })
    }
}
