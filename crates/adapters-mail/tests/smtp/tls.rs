//! TLS: with a server that proves who it is, or not at all.

use adapters_mail::smtp::{Scope, SmtpTimeouts, Verdict};

use crate::{
    PATIENT, SOON, client, send,
    support::smtp_server::{Act, Authority, Behaviour, Encryption, SmtpServer},
};

const OFFERS: &[&str] = &["AUTH PLAIN"];

fn with_starttls(authority: &Authority) -> Behaviour {
    let encryption = Encryption::StartTls(authority.certify("127.0.0.1"));
    Behaviour { encryption, offers: OFFERS, ..Behaviour::default() }
}

fn with_implicit_tls(authority: &Authority, host: &str) -> Behaviour {
    Behaviour { encryption: Encryption::Implicit(authority.certify(host)), ..Behaviour::default() }
}

/// Sends with a login, requiring TLS and trusting the authority.
async fn send_securely(server: &SmtpServer, authority: &Authority) -> Verdict {
    let parameters = format!("?tls=required&ca={}", authority.file().display());
    send(&client(&(server.url_with_login("desk:hunter2@") + &parameters), PATIENT)).await
}

#[track_caller]
fn assert_server_trouble(verdict: &Verdict) {
    assert!(matches!(verdict, Verdict::Temporary { scope: Scope::Server, .. }), "{verdict:?}");
}

#[tokio::test]
async fn starttls_secures_login_and_mail() {
    let authority = Authority::new();
    let server = SmtpServer::start(with_starttls(&authority)).await;
    let verdict = send_securely(&server, &authority).await;
    assert!(matches!(verdict, Verdict::Accepted { .. }), "{verdict:?}");
    assert!(server.mails()[0].encrypted);
    let verbs: Vec<_> = server.commands().iter().map(|line| line[..4].to_owned()).collect();
    assert_eq!(verbs, ["EHLO", "STAR", "EHLO", "AUTH", "MAIL", "RCPT", "DATA"]);
}

#[tokio::test]
async fn required_tls_that_is_not_offered_sends_nothing_in_clear() {
    let server = SmtpServer::start(Behaviour { offers: OFFERS, ..Behaviour::default() }).await;
    assert_server_trouble(&send_securely(&server, &Authority::new()).await);
    let [hello] = &server.commands()[..] else { panic!("one command") };
    assert!(hello.starts_with("EHLO"), "{hello}");
}

#[tokio::test]
async fn required_tls_that_is_refused_sends_nothing_in_clear() {
    let authority = Authority::new();
    for refusal in ["454 4.7.0 not now", "502 5.5.1 what?"] {
        let behaviour = Behaviour { starttls: Act::Say(refusal), ..with_starttls(&authority) };
        let server = SmtpServer::start(behaviour).await;
        assert_server_trouble(&send_securely(&server, &authority).await);
        assert_eq!(server.commands().last().unwrap(), "STARTTLS");
    }
}

#[tokio::test]
async fn words_put_in_before_tls_are_not_believed_after_it() {
    let authority = Authority::new();
    let injected = Act::Say(
        "220 go ahead\r\n250-mail.test\r\n250 AUTH PLAIN\r\n235 ok\r\n250 ok\r\n250 ok\r\n354 ok\r\n250 ok",
    );
    let server = SmtpServer::start(Behaviour { starttls: injected, ..with_starttls(&authority) }).await;
    assert_server_trouble(&send_securely(&server, &authority).await);
    assert!(!server.commands().iter().any(|line| line.starts_with("AUTH")));
}

#[tokio::test]
async fn tls_from_the_first_byte_secures_every_mail() {
    let authority = Authority::new();
    let server = SmtpServer::start(with_implicit_tls(&authority, "127.0.0.1")).await;
    let client = client(&format!("{}?ca={}", server.url(), authority.file().display()), PATIENT);
    for _ in 0..2 {
        let verdict = send(&client).await;
        assert!(matches!(verdict, Verdict::Accepted { .. }), "{verdict:?}");
    }
    assert!(server.mails().iter().all(|mail| mail.encrypted));
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn a_server_that_cannot_prove_who_it_is_gets_nothing() {
    let authority = Authority::new();
    let trusted = format!("?ca={}", authority.file().display());
    for (host, parameters) in [("127.0.0.1", ""), ("mail.example.org", trusted.as_str())] {
        let server = SmtpServer::start(with_implicit_tls(&authority, host)).await;
        let verdict = send(&client(&(server.url() + parameters), PATIENT)).await;
        assert_server_trouble(&verdict);
        assert!(server.commands().is_empty());
    }
}

#[tokio::test]
async fn a_server_that_never_finishes_the_handshake_is_temporary() {
    let server = SmtpServer::start(Behaviour { greeting: Act::Hang, ..Behaviour::default() }).await;
    let url = server.url().replace("smtp://", "smtps://");
    assert_server_trouble(&send(&client(&url, SmtpTimeouts { connect: SOON, ..PATIENT })).await);
}

#[tokio::test]
async fn without_tls_required_starttls_is_not_used() {
    let authority = Authority::new();
    let server = SmtpServer::start(with_starttls(&authority)).await;
    let verdict = send(&client(&server.url(), PATIENT)).await;
    assert!(matches!(verdict, Verdict::Accepted { .. }), "{verdict:?}");
    assert!(!server.mails()[0].encrypted);
}
