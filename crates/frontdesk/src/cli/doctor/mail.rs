//! Mail: where it goes, and from whom.

use adapters_mail::smtp::SmtpClient;

use super::finding::Finding;
use crate::settings::Settings;

const MAIL: &str = "mail";

/// Connects and logs in, but sends nothing.
pub async fn server(settings: &Settings) -> Finding {
    let (Some(smtp), Some(shown)) = (&settings.mail.smtp, &settings.mail.smtp_shown) else {
        return Finding::warn(MAIL, "is captured, not sent", "set SMTP_URL for production");
    };
    match SmtpClient::new(smtp.clone(), 1).check().await {
        Ok(()) => Finding::ok(MAIL, format!("the SMTP server {shown} answers")),
        Err(trouble) => Finding::fail(
            MAIL,
            format!("the SMTP server {shown} cannot be used: {trouble}"),
            "look at SMTP_URL and whether this machine may reach that server",
        ),
    }
}

/// Looks at sender and recipients.
pub fn addresses(settings: &Settings) -> Vec<Finding> {
    let mail = &settings.mail;
    let mut findings = Vec::new();
    if mail.team_to.is_none() {
        findings.push(Finding::warn(
            "team mail",
            "is captured: nobody is told about new tickets",
            "set FRONTDESK__MAIL__TEAM_TO to the team's mailbox",
        ));
    }
    if mail.smtp.is_some() && mail.from.email.domain() == "localhost" {
        findings.push(Finding::warn(
            "sender",
            format!("{} is no address that anybody can answer to", mail.from.email),
            "set FRONTDESK__MAIL__FROM to an address of yours",
        ));
    }
    findings
}

/// Looks whether anybody is told when something is wrong.
pub fn watchdog(settings: &Settings) -> Finding {
    let ways = [
        settings.watchdog.webhook.as_ref().map(|_| "a webhook"),
        settings.watchdog.mail_to.as_ref().map(|_| "mail"),
    ];
    let ways: Vec<_> = ways.into_iter().flatten().collect();
    if ways.is_empty() {
        return Finding::warn(
            "watchdog",
            "tells nobody when notifications are late or no worker lives",
            "set FRONTDESK__WATCHDOG__WEBHOOK_URL or FRONTDESK__WATCHDOG__MAIL_TO",
        );
    }
    Finding::ok("watchdog", format!("tells of alarms by {}", ways.join(" and ")))
}
