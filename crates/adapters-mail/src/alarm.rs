//! The watchdog's mail.

use std::{fmt::Write as _, sync::Arc, time::SystemTime};

use application::ports::{AlarmPath, AlarmPathError, Clock};
use async_trait::async_trait;
use domain::watchdog::{Alert, News};
use jiff::Timestamp;
use lettre::{
    address::Envelope,
    message::{
        Mailbox, MultiPart,
        header::{ContentType, Date, From, MIME_VERSION_1_0, Subject, To},
    },
};

use crate::{
    compose::{part, unfolded},
    mailbox::Correspondent,
    settings::MailSetupError,
    smtp::{SmtpClient, SmtpSettings, Verdict},
};

/// Tells of alarms by mail, over a connection of its own: nothing is captured, planned or tried again.
pub struct AlarmMail {
    from: Correspondent,
    to: Correspondent,
    server: SmtpClient,
    clock: Arc<dyn Clock>,
}

impl AlarmMail {
    /// Looks at the mailboxes. Connects to nothing yet.
    pub fn new(
        from: &Mailbox,
        to: &Mailbox,
        server: SmtpSettings,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, MailSetupError> {
        let mailbox = |role, source| MailSetupError::Mailbox { role, source };
        let from = Correspondent::from_mailbox(from).and_then(Correspondent::in_ascii);
        Ok(Self {
            from: from.map_err(|source| mailbox("sender", source))?,
            to: Correspondent::from_mailbox(to).map_err(|source| mailbox("watchdog", source))?,
            server: SmtpClient::new(server, 1),
            clock,
        })
    }

    fn compose(&self, alert: &Alert) -> Vec<u8> {
        let id = format!("{}-{}-{}", alert.alarm, alert.news, alert.at.as_second());
        let mixed = ContentType::parse(&format!("multipart/mixed; boundary=\"=_{id}\""));
        let mut mail = MultiPart::builder().build().singlepart(part(ContentType::TEXT_PLAIN, text(alert)));
        let headers = mail.headers_mut();
        headers.set(Date::new(SystemTime::from(self.clock.now().max(Timestamp::UNIX_EPOCH))));
        headers.set(From::from(self.from.to_mailboxes()));
        headers.set(To::from(self.to.to_mailboxes()));
        headers.set(Subject::from(subject(alert).to_owned()));
        headers.insert_raw(unfolded("Message-ID", format!("<{id}@{}>", self.from.address().domain())));
        headers.insert_raw(unfolded("Auto-Submitted", "auto-generated".to_owned()));
        headers.set(MIME_VERSION_1_0);
        headers.set(mixed.expect("a boundary of plain ASCII"));
        mail.formatted()
    }
}

fn subject(alert: &Alert) -> &'static str {
    match alert.news {
        News::Raised => "Frontdesk gives alarm",
        News::Over => "Frontdesk: an alarm is over",
    }
}

fn text(alert: &Alert) -> String {
    let mut text = format!("{}.\r\n", alert.sentence());
    if let Some(signals) = &alert.signals {
        let (failed, unknown) = (signals.undelivered.failed, signals.undelivered.unknown);
        let (workers, due) = (signals.workers, signals.due());
        write!(
            text,
            "\r\nWorkers: {workers}\r\nDue: {due}\r\nFailed for good: {failed}\r\nOf unknown fate: {unknown}\r\n"
        )
        .expect("a text takes everything");
    }
    text
}

#[async_trait]
impl AlarmPath for AlarmMail {
    fn name(&self) -> &'static str {
        "mail"
    }

    async fn tell(&self, alert: &Alert) -> Result<(), AlarmPathError> {
        let envelope = Envelope::new(Some(self.from.address().clone()), vec![self.to.address().clone()]);
        let envelope = envelope.expect("an envelope with a recipient is complete");
        match self.server.send(&envelope, &self.compose(alert)).await {
            Verdict::Accepted { .. } => Ok(()),
            Verdict::Temporary { answer, .. }
            | Verdict::Permanent { answer, .. }
            | Verdict::Unknown { answer } => Err(AlarmPathError(answer)),
        }
    }
}
