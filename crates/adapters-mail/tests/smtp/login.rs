//! Logging in: a wrong password loses no mail and is never shown.

use adapters_mail::smtp::{Scope, Verdict};

use crate::{
    PATIENT, client, send,
    support::smtp_server::{Act, Behaviour, SmtpServer},
};

const LOGIN: &str = "desk:hunter%3A2@";

async fn send_with_login(behaviour: Behaviour) -> (Verdict, SmtpServer) {
    let server = SmtpServer::start(behaviour).await;
    let verdict = send(&client(&server.url_with_login(LOGIN), PATIENT)).await;
    (verdict, server)
}

fn offering(offers: &'static [&'static str]) -> Behaviour {
    Behaviour { offers, ..Behaviour::default() }
}

#[tokio::test]
async fn plain_is_preferred_and_login_is_spoken_too() {
    let (verdict, server) = send_with_login(offering(&["AUTH LOGIN PLAIN"])).await;
    assert!(matches!(verdict, Verdict::Accepted { .. }), "{verdict:?}");
    // "\0desk\0hunter:2" in base64.
    assert_eq!(server.commands()[1], "AUTH PLAIN AGRlc2sAaHVudGVyOjI=");
    let (verdict, server) = send_with_login(offering(&["AUTH LOGIN"])).await;
    assert!(matches!(verdict, Verdict::Accepted { .. }), "{verdict:?}");
    // "desk" and "hunter:2" in base64.
    assert_eq!(server.commands()[1..4], ["AUTH LOGIN", "ZGVzaw==", "aHVudGVyOjI="]);
}

#[tokio::test]
async fn a_refused_login_is_temporary_and_sends_no_mail() {
    for refusal in ["535 5.7.8 wrong password", "534 5.7.9 too weak", "454 4.7.0 later", "504 5.5.4 no"] {
        let behaviour = Behaviour { login: Act::Say(refusal), ..offering(&["AUTH PLAIN"]) };
        let (verdict, server) = send_with_login(behaviour).await;
        let code = refusal[..3].parse().ok();
        let expected = Verdict::Temporary { scope: Scope::Server, code, answer: refusal[4..].into() };
        assert_eq!(verdict, expected);
        assert!(!server.commands().iter().any(|command| command.starts_with("MAIL")));
    }
}

#[tokio::test]
async fn a_server_without_a_known_login_is_temporary_and_gets_no_mail() {
    for offers in [&["AUTH XOAUTH2"][..], &["8BITMIME"]] {
        let (verdict, server) = send_with_login(offering(offers)).await;
        assert!(
            matches!(verdict, Verdict::Temporary { scope: Scope::Server, code: None, .. }),
            "{verdict:?}"
        );
        assert!(server.mails().is_empty());
    }
}

#[tokio::test]
async fn credentials_that_the_server_repeats_are_not_shown() {
    for refusal in ["535 not AGRlc2sAaHVudGVyOjI=", "535 not hunter:2", "535 not aHVudGVyOjI="] {
        let behaviour = Behaviour { login: Act::Say(refusal), ..offering(&["AUTH PLAIN"]) };
        let (verdict, _server) = send_with_login(behaviour).await;
        assert!(
            matches!(verdict, Verdict::Temporary { answer, .. } if answer == "not <masked>"),
            "{refusal}"
        );
    }
}
