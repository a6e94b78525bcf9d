//! Mail as a channel.

use std::sync::Arc;

use application::ports::{CapturedMail, Channel, Clock, Receipt, Storage};
use async_trait::async_trait;
use domain::{
    channel::Target,
    message::{Content, Message},
    notification::Purpose,
    retry::{Fault, Outcome},
};
use lettre::{
    Address,
    address::Envelope,
    message::{Mailbox, Message as Mail, header::Subject},
};
use secrecy::ExposeSecret as _;

use crate::{
    capture::Capture,
    compose::{Head, compose},
    context::{StandIn, TicketOpened, Welcome},
    settings::{EnvironmentLookup, MailSettings, parse_mailbox},
    smtp::{Scope, SmtpClient, Verdict},
    templates::{Rendered, TemplateError, Templates},
};

/// Mail cannot be set up as the settings ask.
#[derive(Debug, thiserror::Error)]
pub enum MailSetupError {
    /// A template cannot be used.
    #[error(transparent)]
    Template(#[from] TemplateError),
}

/// Delivers notifications by mail: over a server, or into the captured mailbox where there is none.
pub struct MailChannel {
    settings: MailSettings,
    templates: Templates,
    server: Option<SmtpClient>,
    capture: Capture,
    clock: Arc<dyn Clock>,
    environment: EnvironmentLookup,
}

/// Where a mail goes.
enum Destination {
    /// To this mailbox, over the server if there is one.
    Mailbox(Mailbox),
    /// To the team, whose mailbox is not set: into the captured mailbox.
    NobodysTeam,
    /// Nowhere, for a reason that no retry mends.
    Nowhere(&'static str),
}

impl MailChannel {
    /// Compiles and tries the templates; connects to nothing yet.
    pub fn new(
        settings: MailSettings,
        storage: Arc<dyn Storage>,
        clock: Arc<dyn Clock>,
        environment: EnvironmentLookup,
    ) -> Result<Self, MailSetupError> {
        let templates = Templates::load(settings.templates.as_deref())?;
        let server = settings.smtp.clone().map(|smtp| SmtpClient::new(smtp, settings.max_connections));
        Ok(Self { settings, templates, server, capture: Capture { storage }, clock, environment })
    }

    /// Delivers to the team what another channel should have told it.
    pub(crate) async fn stand_in(&self, message: &Message) -> Receipt {
        let receipt = self.deliver_to(self.team(), message, true).await;
        Receipt { mimicked: true, ..receipt }
    }

    fn destination(&self, message: &Message) -> Destination {
        match &message.target {
            Target::Team => self.team(),
            Target::Person => person(message),
            Target::Address(address) => mailbox(address),
            Target::Env(name) => (self.environment)(name).map_or(self.team(), |value| mailbox(value.expose_secret())),
        }
    }

    fn team(&self) -> Destination {
        self.settings.team_to.clone().map_or(Destination::NobodysTeam, Destination::Mailbox)
    }

    async fn deliver_to(&self, destination: Destination, message: &Message, mimicked: bool) -> Receipt {
        let (to, may_be_sent) = match destination {
            Destination::Mailbox(mailbox) => (mailbox, true),
            Destination::NobodysTeam => (placeholder_team(), false),
            Destination::Nowhere(why) => return permanent(why),
        };
        let mail = match self.write(message, to.clone(), mimicked) {
            Ok(mail) => mail,
            Err(error) => {
                tracing::error!(%error, notification_id = %message.id, "a mail could not be written; mend its template and retry it");
                return permanent("the mail could not be written");
            }
        };
        let receipt = match &self.server {
            Some(server) if may_be_sent => self.send(server, to.email, &mail).await,
            _ => self.capture.keep(self.captured(message, &to, &mail)).await,
        };
        Receipt { provider_id: mail.headers().get_raw("Message-ID").map(str::to_owned), ..receipt }
    }

    fn write(&self, message: &Message, to: Mailbox, mimicked: bool) -> Result<Mail, WriteError> {
        let rendered = self.render(message, mimicked)?;
        let head = Head {
            id: message.id,
            from: &self.settings.from,
            to,
            reply_to: self.reply_to(message),
            due_at: message.due_at,
            possible_duplicate: message.possible_duplicate,
            written_at: self.clock.now(),
        };
        Ok(compose(&head, rendered)?)
    }

    fn render(&self, message: &Message, mimicked: bool) -> Result<Rendered, TemplateError> {
        match &message.content {
            Content::Welcome { person } => {
                self.templates.render(&person.language, Purpose::Welcome, &Welcome::new(person))
            }
            Content::TicketOpened { ticket, person } => {
                let stand_in = StandIn { channel: &message.channel, kind: message.kind.as_str() };
                let public_url = self.settings.public_url.as_deref();
                let facts = TicketOpened::new(ticket, person.as_ref(), public_url, mimicked.then_some(stand_in));
                self.templates.render(&ticket.team_language, Purpose::TicketOpened, &facts)
            }
        }
    }

    /// A team that answers a ticket's mail answers its person.
    fn reply_to(&self, message: &Message) -> Option<Mailbox> {
        let person = match &message.content {
            Content::TicketOpened { person: Some(person), .. } => person,
            _ => return self.settings.reply_to.clone(),
        };
        let address = person.email.as_deref().and_then(|email| email.parse().ok());
        address.map(|email| Mailbox::new(person.name.clone(), email)).or_else(|| self.settings.reply_to.clone())
    }

    async fn send(&self, server: &SmtpClient, to: Address, mail: &Mail) -> Receipt {
        let envelope = Envelope::new(Some(self.settings.from.email.clone()), vec![to]);
        let envelope = envelope.expect("an envelope with a recipient is complete");
        receipt(server.send(&envelope, &mail.formatted()).await)
    }

    fn captured(&self, message: &Message, to: &Mailbox, mail: &Mail) -> CapturedMail {
        CapturedMail {
            notification_id: message.id,
            recipient: to.email.to_string(),
            subject: mail.headers().get::<Subject>().map(|subject| subject.as_ref().to_owned()).unwrap_or_default(),
            message: mail.formatted(),
            captured_at: self.clock.now(),
        }
    }
}

#[async_trait]
impl Channel for MailChannel {
    async fn deliver(&self, message: &Message) -> Receipt {
        match &message.target {
            Target::Env(name) if (self.environment)(name).is_none() => self.stand_in(message).await,
            _ => self.deliver_to(self.destination(message), message, false).await,
        }
    }
}

/// A mail could not be written.
#[derive(Debug, thiserror::Error)]
enum WriteError {
    #[error(transparent)]
    Template(#[from] TemplateError),
    #[error("composing the mail failed")]
    Compose(#[from] lettre::error::Error),
}

fn person(message: &Message) -> Destination {
    let Some(person) = message.content.person() else { return Destination::Nowhere("it is about nobody") };
    let address = person.email.as_deref().map(str::parse);
    match address {
        Some(Ok(email)) => Destination::Mailbox(Mailbox::new(person.name.clone(), email)),
        Some(Err(_)) => Destination::Nowhere("no mail can be sent to the person's address"),
        None => Destination::Nowhere("the person has no address"),
    }
}

fn mailbox(text: &str) -> Destination {
    parse_mailbox(text).map_or(Destination::Nowhere("the channel's target is no mailbox"), Destination::Mailbox)
}

/// Stands in the head of captured team mail. The domain is reserved for such use (RFC 2606, section 2).
fn placeholder_team() -> Mailbox {
    let address = Address::new("team", "team.invalid").expect("a literal address is one");
    Mailbox::new(Some("Team".to_owned()), address)
}

fn permanent(why: &str) -> Receipt {
    Receipt { answer: Some(why.to_owned()), ..Receipt::new(Outcome::Permanent) }
}

/// A server that refuses everybody for good may be mended, and then nothing must have been lost: for the notification
/// that is temporary.
fn receipt(verdict: Verdict) -> Receipt {
    let temporary = |fault| Outcome::Temporary { fault, retry_after: None };
    let (outcome, code, answer) = match verdict {
        Verdict::Accepted { code, answer } => (Outcome::Sent, Some(code), answer),
        Verdict::Temporary { scope: Scope::Recipient, code, answer } => (temporary(Fault::Recipient), code, answer),
        Verdict::Temporary { scope: Scope::Server, code, answer }
        | Verdict::Permanent { scope: Scope::Server, code, answer } => (temporary(Fault::Channel), code, answer),
        Verdict::Permanent { scope: Scope::Recipient, code, answer } => (Outcome::Permanent, code, answer),
        Verdict::Unknown { answer } => (Outcome::Unknown, None, answer),
    };
    Receipt { code, answer: Some(answer), ..Receipt::new(outcome) }
}
