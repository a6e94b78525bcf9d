//! `frontdesk notifications show`

use application::ports::{CapturedMail, consult};
use domain::{
    ids::NotificationId,
    notification::{Attempt, OutcomeKind},
};
use jiff::Timestamp;
use mail_parser::MessageParser;
use serde::Serialize;

use super::NotificationRecord;
use crate::{
    cli::{
        Format,
        output::{or_dash, printable, say, say_json},
        table::Table,
    },
    wiring::App,
};

#[derive(Serialize)]
struct ShownNotification {
    #[serde(flatten)]
    notification: NotificationRecord,
    /// The notification that was planned in its place when it had failed for good.
    fallback: Option<NotificationId>,
    attempts: Vec<AttemptRecord>,
    captured_mail: Option<CapturedRecord>,
}

#[derive(Serialize)]
struct AttemptRecord {
    number: u16,
    opened_at: Timestamp,
    closed_at: Option<Timestamp>,
    outcome: Option<OutcomeKind>,
    code: Option<u16>,
    answer: Option<String>,
    provider_id: Option<String>,
    elapsed_us: Option<u64>,
    mimicked: bool,
}

/// A captured mail as a person reads it.
#[derive(Serialize)]
pub struct CapturedRecord {
    recipient: String,
    subject: String,
    text: Option<String>,
    captured_at: Timestamp,
}

impl From<Attempt> for AttemptRecord {
    fn from(attempt: Attempt) -> Self {
        Self {
            number: attempt.number,
            opened_at: attempt.opened_at,
            closed_at: attempt.closed_at,
            outcome: attempt.outcome,
            code: attempt.code,
            answer: attempt.answer,
            provider_id: attempt.provider_id,
            elapsed_us: attempt.elapsed_us,
            mimicked: attempt.mimicked,
        }
    }
}

impl From<CapturedMail> for CapturedRecord {
    fn from(mail: CapturedMail) -> Self {
        let message = MessageParser::default().parse(&mail.message);
        let text = message.and_then(|message| message.body_text(0).map(|text| text.replace("\r\n", "\n")));
        Self { recipient: mail.recipient, subject: mail.subject, text, captured_at: mail.captured_at }
    }
}

pub async fn run(app: &App, id: NotificationId, format: Format) -> anyhow::Result<()> {
    let found = consult(&*app.storage, async |snapshot| {
        let Some(notification) = snapshot.notifications().find(id).await? else { return Ok(None) };
        let attempts = snapshot.notifications().attempts(id).await?;
        let fallback = snapshot.fallbacks().in_place_of(id).await?;
        let captured = snapshot.captured_mails().of_notification(id).await?;
        Ok(Some(ShownNotification {
            notification: notification.into(),
            fallback,
            attempts: attempts.into_iter().map(AttemptRecord::from).collect(),
            captured_mail: captured.map(CapturedRecord::from),
        }))
    });
    let shown = found.await?.ok_or_else(|| anyhow::anyhow!("there is no notification {id}"))?;
    if format.json { say_json(&shown) } else { say_shown(&shown) }
}

fn say_shown(shown: &ShownNotification) -> anyhow::Result<()> {
    let notification = &shown.notification;
    let lines = [
        ("id", notification.id.to_string()),
        ("status", notification.status.to_string()),
        ("purpose", notification.purpose.to_string()),
        ("channel", format!("{} ({})", notification.channel, notification.kind)),
        ("due", notification.due_at.to_string()),
        ("user", or_dash(notification.user_id)),
        ("ticket", or_dash(notification.ticket_id)),
        ("request", notification.request_id.to_string()),
    ];
    for (name, value) in lines {
        say(format_args!("{name:<8}  {value}"))?;
    }
    if let Some(first) = notification.instead_of {
        say(format_args!("Told in the place of {first}, which failed for good."))?;
    }
    if let Some(fallback) = shown.fallback {
        say(format_args!("Told over another channel instead: {fallback}"))?;
    }
    if notification.possible_duplicate {
        say("An earlier attempt may have reached its target.")?;
    }
    if !shown.attempts.is_empty() {
        say(format_args!("\n{}", listed(&shown.attempts)))?;
    }
    shown.captured_mail.as_ref().map_or(Ok(()), say_mail)
}

fn listed(attempts: &[AttemptRecord]) -> Table<6> {
    let row = |attempt: &AttemptRecord| {
        let instead = if attempt.mimicked { "mail took its place; " } else { "" };
        [
            attempt.number.to_string(),
            attempt.opened_at.to_string(),
            attempt.outcome.map_or("open", OutcomeKind::as_str).to_owned(),
            or_dash(attempt.code),
            attempt.elapsed_us.map_or_else(|| "-".to_owned(), |us| format!("{} ms", us / 1_000)),
            format!("{instead}{}", printable(attempt.answer.as_deref().unwrap_or("-"))),
        ]
    };
    Table::new(["ATTEMPT", "BEGUN", "OUTCOME", "CODE", "TOOK", "ANSWER"]).with(attempts.iter().map(row))
}

fn say_mail(mail: &CapturedRecord) -> anyhow::Result<()> {
    say(format_args!("\nCaptured {}", mail.captured_at))?;
    say(format_args!("To       {}", printable(&mail.recipient)))?;
    say(format_args!("Subject  {}", printable(&mail.subject)))?;
    say(format_args!("\n{}", printable(mail.text.as_deref().unwrap_or("(no text)"))))
}
