//! Each fault of a server has its verdict.

use adapters_mail::smtp::{Scope, SmtpTimeouts, Verdict};

use crate::{
    PATIENT, SOON, client, send, send_text, send_to,
    support::smtp_server::{Act, Behaviour, SmtpServer},
};

fn temporary(scope: Scope, code: u16, answer: &str) -> Verdict {
    Verdict::Temporary { scope, code: Some(code), answer: answer.to_owned() }
}

fn permanent(scope: Scope, code: u16, answer: &str) -> Verdict {
    Verdict::Permanent { scope, code: Some(code), answer: answer.to_owned() }
}

/// The server is away or out of order; no reply says why.
#[track_caller]
fn assert_server_trouble(verdict: &Verdict) {
    assert!(matches!(verdict, Verdict::Temporary { scope: Scope::Server, code: None, .. }), "{verdict:?}");
}

#[tokio::test]
async fn a_mail_arrives_as_it_was_built() {
    let server = SmtpServer::start(Behaviour::default()).await;
    let text = "Subject: dots\r\n\r\n.\r\n..\r\n.hidden\r\nend\r\n";
    let verdict = send_text(&client(&server.url(), PATIENT), text).await;
    assert_eq!(verdict, Verdict::Accepted { code: 250, answer: "2.0.0 queued as 4F3".into() });
    let [mail] = &server.wait_for(1).await[..] else { panic!("one mail") };
    assert_eq!(
        (mail.from.as_str(), mail.to.as_slice()),
        ("desk@example.org", &["anna@example.org".into()][..])
    );
    assert_eq!(mail.data, text);
}

#[tokio::test]
async fn a_server_that_is_away_is_temporary_until_it_is_back() {
    let (verdict, server) = send_to(Behaviour { listens: false, ..Behaviour::default() }).await;
    assert_server_trouble(&verdict);
    server.set_behaviour(Behaviour::default()).await;
    let client = client(&server.url(), PATIENT);
    assert!(matches!(send(&client).await, Verdict::Accepted { .. }));
    server.set_behaviour(Behaviour { listens: false, ..Behaviour::default() }).await;
    assert_server_trouble(&send(&client).await);
    assert_eq!(server.mails().len(), 1);
}

#[tokio::test]
async fn a_name_without_an_address_is_temporary() {
    assert_server_trouble(&send(&client("smtp://no-such-host.invalid", PATIENT)).await);
}

#[tokio::test]
async fn a_server_that_never_greets_is_temporary() {
    let server = SmtpServer::start(Behaviour { greeting: Act::Hang, ..Behaviour::default() }).await;
    let verdict = send(&client(&server.url(), SmtpTimeouts { command: SOON, ..PATIENT })).await;
    assert_server_trouble(&verdict);
}

#[tokio::test]
async fn a_server_that_speaks_something_else_is_temporary() {
    let (verdict, _server) =
        send_to(Behaviour { greeting: Act::Say("HTTP/1.1 400"), ..Behaviour::default() }).await;
    assert_server_trouble(&verdict);
}

#[tokio::test]
async fn every_refusal_before_the_message_has_its_scope() {
    let act = Act::Say;
    let usual = Behaviour::default;
    let recipient = Scope::Recipient;
    let server = Scope::Server;
    for (behaviour, verdict) in [
        (Behaviour { greeting: act("421 busy"), ..usual() }, temporary(server, 421, "busy")),
        (Behaviour { greeting: act("554 no"), ..usual() }, permanent(server, 554, "no")),
        (Behaviour { sender: act("451 later"), ..usual() }, temporary(server, 451, "later")),
        (Behaviour { sender: act("550 no"), ..usual() }, permanent(server, 550, "no")),
        (Behaviour { sender: act("530 log in"), ..usual() }, temporary(server, 530, "log in")),
        (Behaviour { recipient: act("450 full"), ..usual() }, temporary(recipient, 450, "full")),
        (Behaviour { recipient: act("421 bye"), ..usual() }, temporary(server, 421, "bye")),
        (Behaviour { recipient: act("550 who?"), ..usual() }, permanent(recipient, 550, "who?")),
        (Behaviour { data: act("451 later"), ..usual() }, temporary(server, 451, "later")),
        (Behaviour { data: act("554 no"), ..usual() }, permanent(recipient, 554, "no")),
        (Behaviour { data: act("250 what?"), ..usual() }, temporary(server, 250, "what?")),
    ] {
        let (given, server) = send_to(behaviour).await;
        assert_eq!(given, verdict);
        assert!(server.mails().is_empty());
    }
}

#[tokio::test]
async fn the_answer_to_the_message_decides() {
    for (act, verdict) in [
        (Act::Say("250 taken"), Verdict::Accepted { code: 250, answer: "taken".into() }),
        (Act::Say("452 disk full"), temporary(Scope::Server, 452, "disk full")),
        (Act::Say("421 bye"), temporary(Scope::Server, 421, "bye")),
        (Act::Say("554 spam"), permanent(Scope::Recipient, 554, "spam")),
    ] {
        let (given, _server) = send_to(Behaviour { message: act, ..Behaviour::default() }).await;
        assert_eq!(given, verdict);
    }
}

/// What becomes of a mail that is longer than all buffers between the two sides, when the server stops reading it.
async fn send_much(act: Act, timeouts: SmtpTimeouts) -> Verdict {
    let behaviour = Behaviour { interrupts_message: Some((1_000, act)), ..Behaviour::default() };
    let server = SmtpServer::start(behaviour).await;
    let message = format!("{}\r\n", "x".repeat(998)).repeat(40_000);
    send_text(&client(&server.url(), timeouts), &message).await
}

#[tokio::test]
async fn a_connection_lost_before_the_end_of_the_message_is_temporary() {
    assert_server_trouble(&send_much(Act::Close, PATIENT).await);
    let (verdict, _server) = send_to(Behaviour { data: Act::Close, ..Behaviour::default() }).await;
    assert_server_trouble(&verdict);
}

#[tokio::test]
async fn a_message_that_is_not_wholly_written_in_time_is_temporary() {
    assert_server_trouble(&send_much(Act::Hang, SmtpTimeouts { message: SOON, ..PATIENT }).await);
}

#[tokio::test]
async fn no_usable_answer_to_the_whole_message_is_unknown() {
    for act in
        [Act::Close, Act::Hang, Act::Say("354 go on"), Act::Say("gibberish"), Act::SayAndClose("250-half")]
    {
        let server = SmtpServer::start(Behaviour { message: act, ..Behaviour::default() }).await;
        let timeouts = SmtpTimeouts {
            message: if matches!(act, Act::Hang) { SOON } else { PATIENT.message },
            ..PATIENT
        };
        let verdict = send(&client(&server.url(), timeouts)).await;
        assert!(matches!(verdict, Verdict::Unknown { .. }), "{act:?}: {verdict:?}");
        assert_eq!(server.mails().len(), 1, "{act:?}");
    }
}

#[tokio::test]
async fn answers_are_short_and_name_nobody() {
    let refusal = Act::Say("550-5.1.1 <anna@example.org>:\r\n550 no such user: anna@example.org");
    let (verdict, _server) = send_to(Behaviour { recipient: refusal, ..Behaviour::default() }).await;
    assert_eq!(verdict, permanent(Scope::Recipient, 550, "5.1.1 <address>: no such user: <address>"));
}
