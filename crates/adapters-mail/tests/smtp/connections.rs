//! Connections are kept, bounded, given up in time, and never used again after an error.

use std::{sync::Arc, thread, time::Duration};

use adapters_mail::smtp::{SmtpTimeouts, Verdict};
use tokio::task::JoinSet;

use crate::{
    PATIENT, SOON, client, client_of, send,
    support::smtp_server::{Act, Behaviour, SmtpServer},
};

#[track_caller]
fn assert_accepted(verdict: &Verdict) {
    assert!(matches!(verdict, Verdict::Accepted { .. }), "{verdict:?}");
}

#[tokio::test]
async fn mails_share_a_connection() {
    let server = SmtpServer::start(Behaviour::default()).await;
    let client = client(&server.url(), PATIENT);
    for _ in 0..3 {
        assert_accepted(&send(&client).await);
    }
    assert_eq!((server.mails().len(), server.connections()), (3, 1));
    assert!(server.mails().is_sorted_by_key(|mail| mail.accepted_at));
}

#[tokio::test]
async fn there_are_never_more_connections_than_allowed() {
    let server = SmtpServer::start(Behaviour::default()).await;
    let client = Arc::new(client_of(2, &server.url(), PATIENT));
    let mut sending = JoinSet::new();
    for _ in 0..20 {
        let client = Arc::clone(&client);
        sending.spawn(async move { send(&client).await });
    }
    sending.join_all().await.iter().for_each(assert_accepted);
    assert_eq!(server.mails().len(), 20);
    assert!(server.connections() <= 2, "{}", server.connections());
}

#[tokio::test]
async fn a_kept_connection_that_the_server_has_closed_costs_nothing() {
    for farewell in ["250 queued", "250 queued\r\n421 4.4.2 idle for too long"] {
        let closing = Behaviour { message: Act::SayAndClose(farewell), ..Behaviour::default() };
        let server = SmtpServer::start(closing).await;
        let client = client(&server.url(), PATIENT);
        assert_accepted(&send(&client).await);
        assert_accepted(&send(&client).await);
        assert_eq!((server.mails().len(), server.connections()), (2, 2), "{farewell:?}");
    }
}

#[tokio::test]
async fn a_mail_is_tried_on_one_fresh_connection_only() {
    let server = SmtpServer::start(Behaviour::default()).await;
    let client = client(&server.url(), PATIENT);
    assert_accepted(&send(&client).await);
    server.set_behaviour(Behaviour { sender: Act::Close, ..Behaviour::default() }).await;
    let verdict = send(&client).await;
    assert!(matches!(verdict, Verdict::Temporary { code: None, .. }), "{verdict:?}");
    assert_eq!((server.mails().len(), server.connections()), (1, 2));
}

#[tokio::test]
async fn a_message_that_was_begun_on_a_kept_connection_is_not_sent_twice() {
    let server = SmtpServer::start(Behaviour::default()).await;
    let client = client(&server.url(), PATIENT);
    assert_accepted(&send(&client).await);
    server.set_behaviour(Behaviour { message: Act::Close, ..Behaviour::default() }).await;
    let verdict = send(&client).await;
    assert!(matches!(verdict, Verdict::Unknown { .. }), "{verdict:?}");
    assert_eq!((server.mails().len(), server.connections()), (2, 1));
}

#[tokio::test]
async fn a_connection_with_a_refused_mail_is_left_politely_and_not_used_again() {
    let refusing = Behaviour { recipient: Act::Say("550 who?"), ..Behaviour::default() };
    let server = SmtpServer::start(refusing).await;
    let client = client(&server.url(), PATIENT);
    assert!(matches!(send(&client).await, Verdict::Permanent { .. }));
    server.wait_until_left_alone().await;
    assert_eq!(server.commands().last().unwrap(), "QUIT");
    server.set_behaviour(Behaviour::default()).await;
    assert_accepted(&send(&client).await);
    assert_eq!(server.connections(), 2);
}

#[tokio::test]
async fn a_connection_with_an_outstanding_answer_is_closed_at_once() {
    let server = SmtpServer::start(Behaviour { sender: Act::Hang, ..Behaviour::default() }).await;
    let client = client(&server.url(), SmtpTimeouts { command: SOON, ..PATIENT });
    let verdict = send(&client).await;
    assert!(matches!(verdict, Verdict::Temporary { code: None, .. }), "{verdict:?}");
    server.wait_until_left_alone().await;
}

#[tokio::test]
async fn an_unused_connection_is_closed_politely() {
    let server = SmtpServer::start(Behaviour::default()).await;
    let client = client(&server.url(), SmtpTimeouts { idle: Duration::from_millis(5), ..PATIENT });
    for connections in 1..=2 {
        assert_accepted(&send(&client).await);
        server.wait_until_left_alone().await;
        assert_eq!(server.commands().last().unwrap(), "QUIT");
        assert_eq!(server.connections(), connections);
    }
}

#[tokio::test]
async fn a_connection_that_is_too_old_is_not_used_even_if_it_is_still_there() {
    let server = SmtpServer::start(Behaviour::default()).await;
    let idle = Duration::from_millis(5);
    let client = client(&server.url(), SmtpTimeouts { idle, ..PATIENT });
    assert_accepted(&send(&client).await);
    // Holds up the only thread, so that nobody else can close the connection when its time has come.
    thread::sleep(2 * idle);
    assert_accepted(&send(&client).await);
    assert_eq!(server.connections(), 2);
}

#[tokio::test]
async fn a_dropped_send_gives_its_place_back() {
    let server = SmtpServer::start(Behaviour { message: Act::Hang, ..Behaviour::default() }).await;
    let client = client_of(1, &server.url(), PATIENT);
    tokio::select! {
        verdict = send(&client) => panic!("{verdict:?}"),
        _ = server.wait_for(1) => {}
    }
    server.set_behaviour(Behaviour::default()).await;
    assert_accepted(&send(&client).await);
    assert_eq!((server.mails().len(), server.connections()), (2, 2));
}
