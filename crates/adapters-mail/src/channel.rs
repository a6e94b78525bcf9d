//! Mail as a channel.

use std::sync::Arc;

use application::ports::{CapturedMail, Channel, Clock, Receipt, Storage, Wording, WordingError};
use async_trait::async_trait;
use domain::{
    language::Language,
    message::{Content, Message},
    retry::{Fault, Outcome},
};
use lettre::{address::Envelope, message::Mailbox};

use crate::{
    capture::CapturedMailbox,
    compose::ComposedMail,
    mailbox::Correspondent,
    receipt::{of_verdict, saying, temporary},
    recipient::{Recipient, Recipients},
    settings::{EnvironmentLookup, MailSettings, MailSetupError},
    smtp::SmtpClient,
    templates::Templates,
    writer::MailWriter,
};

/// Delivers notifications by mail: over a server, or into the captured mailbox where there is none.
pub struct MailChannel {
    writer: MailWriter,
    recipients: Recipients,
    server: Option<SmtpClient>,
    captured: CapturedMailbox,
    clock: Arc<dyn Clock>,
}

impl MailChannel {
    /// Looks at the mailboxes, reads the templates and tries every one of them. Connects to nothing yet.
    pub fn new(
        settings: MailSettings,
        storage: Arc<dyn Storage>,
        clock: Arc<dyn Clock>,
        environment: EnvironmentLookup,
    ) -> Result<Self, MailSetupError> {
        let team = settings.team_to.as_ref().map(|team| correspondent("team", team)).transpose()?;
        let reply_to =
            settings.reply_to.as_ref().map(|reply_to| sender("reply address", reply_to)).transpose()?;
        let writer = MailWriter {
            templates: Templates::load(settings.templates.as_deref())?,
            from: sender("sender", &settings.from)?,
            reply_to,
            public_url: settings.public_url.map(|url| url.trim_end_matches('/').to_owned()),
        };
        Ok(Self {
            writer,
            recipients: Recipients { team, environment },
            server: settings.smtp.map(|smtp| SmtpClient::new(smtp, settings.max_connections)),
            captured: CapturedMailbox { storage },
            clock,
        })
    }

    /// Tells the team what another channel should have told its target. What an agent answers a person is for that person
    /// alone.
    pub(crate) async fn stand_in(&self, message: &Message) -> Receipt {
        match message.content {
            Content::Reply { .. } => Receipt { mimicked: true, ..self.deliver(message).await },
            _ => self.deliver_to(self.recipients.stand_in(), message).await,
        }
    }

    /// What the team would be told instead.
    pub(crate) fn word_as_stand_in(&self, message: &Message) -> Result<Wording, WordingError> {
        self.word_for(&self.recipients.stand_in(), message)
    }

    fn word_for(&self, recipient: &Recipient, message: &Message) -> Result<Wording, WordingError> {
        let words = self.writer.words(message, recipient);
        let words = words.map_err(|error| WordingError::Impossible(error.to_string()))?;
        let (subject, text, html) = (Some(words.subject), words.text, Some(words.html));
        Ok(Wording { subject, text, html, mimicked: recipient.stands_in })
    }

    async fn deliver_to(&self, recipient: Recipient, message: &Message) -> Receipt {
        let mail = match self.writer.write(message, &recipient, self.clock.now()) {
            Ok(mail) => mail,
            Err(error) => {
                // Not its source, which may quote what was to be printed.
                tracing::error!(%error, notification_id = %message.id, "a mail cannot be written until its template is mended");
                return saying(temporary(Fault::Recipient), error.to_string());
            }
        };
        let message_id = mail.message_id.clone();
        let receipt = match &self.server {
            Some(server) if recipient.exists => self.send(server, &recipient.to, &mail).await,
            _ => self.captured.keep(self.to_capture(message, &recipient.to, mail)).await,
        };
        Receipt { provider_id: Some(message_id), mimicked: recipient.stands_in, ..receipt }
    }

    async fn send(&self, server: &SmtpClient, to: &Correspondent, mail: &ComposedMail) -> Receipt {
        let envelope = Envelope::new(Some(self.writer.from.address().clone()), vec![to.address().clone()]);
        let envelope = envelope.expect("an envelope with a recipient is complete");
        of_verdict(server.send(&envelope, &mail.message).await)
    }

    fn to_capture(&self, message: &Message, to: &Correspondent, mail: ComposedMail) -> CapturedMail {
        CapturedMail {
            notification_id: message.id,
            recipient: to.written_address().to_owned(),
            subject: mail.subject.as_str().to_owned(),
            message: mail.message,
            captured_at: self.clock.now(),
        }
    }
}

#[async_trait]
impl Channel for MailChannel {
    async fn deliver(&self, message: &Message) -> Receipt {
        match self.recipients.of(message) {
            Ok(recipient) => self.deliver_to(recipient, message).await,
            Err(error) => saying(Outcome::Permanent, error.to_string()),
        }
    }

    fn word(&self, message: &Message) -> Result<Wording, WordingError> {
        let recipient =
            self.recipients.of(message).map_err(|error| WordingError::Impossible(error.to_string()))?;
        self.word_for(&recipient, message)
    }

    fn languages(&self) -> Vec<Language> {
        self.writer.templates.languages()
    }
}

fn correspondent(role: &'static str, mailbox: &Mailbox) -> Result<Correspondent, MailSetupError> {
    Correspondent::from_mailbox(mailbox).map_err(|source| MailSetupError::Mailbox { role, source })
}

fn sender(role: &'static str, mailbox: &Mailbox) -> Result<Correspondent, MailSetupError> {
    correspondent(role, mailbox)?.in_ascii().map_err(|source| MailSetupError::Mailbox { role, source })
}
