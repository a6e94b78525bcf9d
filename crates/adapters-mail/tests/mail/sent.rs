//! Mail over a real SMTP server.

use adapters_mail::MailSettings;
use application::ports::{Channel as _, Receipt};
use domain::{
    channel::Target,
    message::Message,
    retry::{Fault, Outcome},
};

use crate::{
    desk::{Desk, Mail, ana, ending, opened, settings_with_server, ticket, welcome},
    support::smtp_server::{Act, Behaviour, SmtpServer},
};

async fn server() -> SmtpServer {
    SmtpServer::start(Behaviour::default()).await
}

/// What becomes of a greeting at a server that behaves so.
async fn greeting_at(behaviour: Behaviour) -> Receipt {
    let server = SmtpServer::start(behaviour).await;
    Desk::open(settings_with_server(&server.url())).mail.deliver(&welcome(ana())).await
}

#[tokio::test]
async fn a_greeting_arrives() {
    let server = server().await;
    let desk = Desk::open(settings_with_server(&server.url()));
    let receipt = desk.mail.deliver(&welcome(ana())).await;
    assert_eq!((receipt.outcome, receipt.code, receipt.mimicked), (Outcome::Sent, Some(250), false));
    let [arrived] = &server.wait_for(1).await[..] else { panic!("one mail") };
    assert_eq!(
        (arrived.from.as_str(), &arrived.to[..]),
        ("frontdesk@example.com", &["ana@example.com".to_owned()][..])
    );
    let mail = Mail::read(arrived.data.clone());
    assert_eq!(mail.subject, "Welcome, Ana García!");
    assert_eq!(mail.header("Message-ID"), receipt.provider_id);
    assert!(desk.find(&welcome(ana())).await.is_none(), "what is sent is not captured");
}

#[tokio::test]
async fn the_team_is_told_at_its_mailbox() {
    let server = server().await;
    let desk = Desk::open(settings_with_server(&server.url()));
    let unset = Message { target: Target::Env("NO_MAILBOX".to_owned()), ..opened(ticket(), Some(ana())) };
    for (message, stands_in) in [(opened(ticket(), Some(ana())), false), (unset, true)] {
        assert_eq!(ending(&desk.mail.deliver(&message).await), (Outcome::Sent, stands_in));
    }
    assert!(server.wait_for(2).await.iter().all(|mail| mail.to == ["team@example.com"]));
}

#[tokio::test]
async fn a_team_without_a_mailbox_has_its_mail_captured_in_spite_of_the_server() {
    let server = server().await;
    let desk = Desk::open(MailSettings { team_to: None, ..settings_with_server(&server.url()) });
    desk.captured(&opened(ticket(), Some(ana()))).await;
    assert!(server.mails().is_empty() && server.connections() == 0);
    assert_eq!(desk.mail.deliver(&welcome(ana())).await.outcome, Outcome::Sent);
    assert_eq!(server.wait_for(1).await[0].to, ["ana@example.com"]);
}

#[tokio::test]
async fn faults_of_the_server_have_their_outcomes() {
    let usual = Behaviour::default;
    let temporary = |fault| Outcome::Temporary { fault, retry_after: None };
    for (behaviour, outcome, code) in [
        (Behaviour { listens: false, ..usual() }, temporary(Fault::Channel), None),
        (Behaviour { greeting: Act::Say("421 busy"), ..usual() }, temporary(Fault::Channel), Some(421)),
        (Behaviour { sender: Act::Say("550 not you"), ..usual() }, temporary(Fault::Channel), Some(550)),
        (
            Behaviour { recipient: Act::Say("450 greylisted"), ..usual() },
            temporary(Fault::Recipient),
            Some(450),
        ),
        (Behaviour { recipient: Act::Say("550 unknown"), ..usual() }, Outcome::Permanent, Some(550)),
        (Behaviour { message: Act::Close, ..usual() }, Outcome::Unknown, None),
    ] {
        let receipt = greeting_at(behaviour).await;
        assert_eq!((receipt.outcome, receipt.code), (outcome, code), "{receipt:?}");
        assert!(receipt.answer.is_some_and(|answer| !answer.contains("ana@")));
    }
}

#[tokio::test]
async fn an_attempt_after_a_lost_answer_has_the_same_id() {
    let server = SmtpServer::start(Behaviour { message: Act::Close, ..Behaviour::default() }).await;
    let desk = Desk::open(settings_with_server(&server.url()));
    let lost = desk.mail.deliver(&welcome(ana())).await;
    assert_eq!(lost.outcome, Outcome::Unknown);
    server.set_behaviour(Behaviour::default()).await;
    let sent = desk.mail.deliver(&Message { possible_duplicate: true, ..welcome(ana()) }).await;
    assert_eq!((sent.outcome, &sent.provider_id), (Outcome::Sent, &lost.provider_id));
    let mails = server.wait_for(1).await;
    let ids: Vec<_> = mails.iter().map(|mail| Mail::read(mail.data.clone()).header("Message-ID")).collect();
    assert!(ids.iter().all(|id| *id == lost.provider_id), "{ids:?}");
}
