//! Addresses and texts beyond ASCII are given only to servers that take them.

use adapters_mail::smtp::{Scope, Verdict};
use lettre::{Address, address::Envelope};

use crate::{
    MESSAGE, PATIENT, address, client, envelope,
    support::smtp_server::{Behaviour, SmtpServer},
};

const UNICODE_MESSAGE: &str = "Subject: hello\r\n\r\n¡hola!\r\n";

async fn send(offers: &'static [&'static str], to: &str, message: &str) -> (Verdict, SmtpServer) {
    let server = SmtpServer::start(Behaviour { offers, ..Behaviour::default() }).await;
    let verdict = client(&server.url(), PATIENT).send(&envelope(to), message.as_bytes()).await;
    (verdict, server)
}

#[track_caller]
fn assert_unsendable(verdict: &Verdict, server: &SmtpServer) {
    let expected = matches!(verdict, Verdict::Permanent { scope: Scope::Recipient, code: None, .. });
    assert!(expected, "{verdict:?}");
    assert!(!server.commands().iter().any(|command| command.starts_with("MAIL")));
}

#[tokio::test]
async fn an_address_beyond_ascii_is_sent_where_it_is_offered() {
    let (verdict, server) = send(&["SMTPUTF8"], "josé@example.org", MESSAGE).await;
    assert!(matches!(verdict, Verdict::Accepted { .. }), "{verdict:?}");
    assert_eq!(server.mails()[0].to, ["josé@example.org"]);
    assert_eq!(server.commands()[1], "MAIL FROM:<desk@example.org> SMTPUTF8");
}

#[tokio::test]
async fn an_address_beyond_ascii_is_permanent_where_it_is_not_offered() {
    let (verdict, server) = send(&["8BITMIME"], "josé@example.org", MESSAGE).await;
    assert_unsendable(&verdict, &server);
    let sender = Envelope::new(Some(address("josé@example.org")), vec![address("a@b.org")]).unwrap();
    let verdict = client(&server.url(), PATIENT).send(&sender, MESSAGE.as_bytes()).await;
    assert_unsendable(&verdict, &server);
}

#[tokio::test]
async fn an_address_cannot_smuggle_a_command() {
    let server = SmtpServer::start(Behaviour::default()).await;
    let smuggler = Address::new_dangerous("anna@example.org>\r\nDATA\r\n<anna", "example.org");
    let envelope = Envelope::new(None, vec![smuggler]).unwrap();
    let verdict = client(&server.url(), PATIENT).send(&envelope, MESSAGE.as_bytes()).await;
    assert_unsendable(&verdict, &server);
}

#[tokio::test]
async fn a_text_beyond_ascii_is_announced_or_not_sent() {
    let (verdict, server) = send(&["8BITMIME"], "anna@example.org", UNICODE_MESSAGE).await;
    assert!(matches!(verdict, Verdict::Accepted { .. }), "{verdict:?}");
    assert_eq!(server.commands()[1], "MAIL FROM:<desk@example.org> BODY=8BITMIME");
    assert_eq!(server.mails()[0].data, UNICODE_MESSAGE);
    let (verdict, server) = send(&["SMTPUTF8"], "anna@example.org", UNICODE_MESSAGE).await;
    assert_unsendable(&verdict, &server);
}

#[tokio::test]
async fn a_mail_for_several_is_taken_for_all_of_them() {
    let server = SmtpServer::start(Behaviour::default()).await;
    let to = ["a@example.org", "b@example.org"];
    let envelope = Envelope::new(None, to.map(address).to_vec()).unwrap();
    let verdict = client(&server.url(), PATIENT).send(&envelope, MESSAGE.as_bytes()).await;
    assert!(matches!(verdict, Verdict::Accepted { .. }), "{verdict:?}");
    assert_eq!((server.mails()[0].from.as_str(), &server.mails()[0].to[..]), ("", &to.map(String::from)[..]));
}
