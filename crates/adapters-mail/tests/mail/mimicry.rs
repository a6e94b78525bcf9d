//! Mail in the place of other channels.

use std::sync::Arc;

use adapters_mail::{MailSettings, MimickedChannel};
use application::ports::Channel as _;
use domain::{
    channel::{ChannelKind, Target},
    message::{Message, TicketFacts},
    retry::Outcome,
};

use crate::desk::{Desk, ana, ending, in_spanish, opened, settings, ticket};

const SECRET: &str = "https://hooks.slack.example/services/t0ken";

fn for_slack(ticket: TicketFacts, target: Target) -> Message {
    Message {
        kind: ChannelKind::Slack,
        channel: "sales-slack".to_owned(),
        target,
        ..opened(ticket, Some(ana()))
    }
}

#[tokio::test]
async fn the_team_reads_which_channel_mail_stands_in_for() {
    let desk = Desk::open(settings());
    let mimicked = MimickedChannel::new(Arc::clone(&desk.mail));
    for (ticket, line) in [
        (ticket(), "This mail stands in for the channel sales-slack (slack), which is not set up here."),
        (
            TicketFacts { team_language: in_spanish(), ..ticket() },
            "Este correo sustituye al canal sales-slack (slack), que aquí no está configurado.",
        ),
    ] {
        let message = for_slack(ticket, Target::Env("SLACK_SALES_WEBHOOK_URL".to_owned()));
        assert_eq!(ending(&mimicked.deliver(&message).await), (Outcome::Sent, true));
        let mail = desk.find(&message).await.expect("it was captured");
        assert_eq!(mail.recipient, "team@example.com");
        assert!(mail.text.contains(line), "{}", mail.text);
        assert!(mail.html.replace("<bdi>", "").replace("</bdi>", "").contains(line), "{}", mail.html);
    }
}

#[tokio::test]
async fn where_the_channel_leads_is_not_told() {
    let desk = Desk::open(settings());
    let message = for_slack(ticket(), Target::Address(SECRET.to_owned()));
    let receipt = MimickedChannel::new(Arc::clone(&desk.mail)).deliver(&message).await;
    assert_eq!(ending(&receipt), (Outcome::Sent, true));
    let mail = desk.find(&message).await.expect("it was captured");
    assert!(!mail.text.contains("t0ken") && !mail.html.contains("t0ken"));
    assert!(!receipt.answer.unwrap_or_default().contains("t0ken"));
}

#[tokio::test]
async fn without_a_team_the_captured_mailbox_stands_in() {
    let desk = Desk::open(MailSettings { team_to: None, ..settings() });
    let message = for_slack(ticket(), Target::Person);
    let receipt = MimickedChannel::new(Arc::clone(&desk.mail)).deliver(&message).await;
    assert_eq!(ending(&receipt), (Outcome::Sent, true));
    assert!(desk.find(&message).await.is_some());
}
