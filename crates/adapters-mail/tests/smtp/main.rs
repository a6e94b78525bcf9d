//! The SMTP client against a real server that misbehaves as told.

#[path = "../support/mod.rs"]
mod support;

mod addresses;
mod connections;
mod login;
mod outcomes;
mod tls;

use std::time::Duration;

use adapters_mail::smtp::{SmtpClient, SmtpSettings, SmtpTimeouts, Verdict};
use lettre::{Address, address::Envelope};
use support::smtp_server::{Behaviour, SmtpServer};

const MESSAGE: &str = "Subject: hello\r\n\r\nhello\r\n";

/// For servers that answer: long enough for a busy machine.
const PATIENT: SmtpTimeouts = SmtpTimeouts {
    connect: Duration::from_secs(20),
    command: Duration::from_secs(20),
    message: Duration::from_secs(20),
    idle: Duration::from_mins(10),
};

/// For the one wait that is to end without an answer.
const SOON: Duration = Duration::from_millis(50);

fn client(url: &str, timeouts: SmtpTimeouts) -> SmtpClient {
    client_of(4, url, timeouts)
}

fn client_of(max_connections: usize, url: &str, timeouts: SmtpTimeouts) -> SmtpClient {
    let settings = SmtpSettings::parse(url).expect("the test's URL is well-formed");
    SmtpClient::new(settings.with_timeouts(timeouts), max_connections)
}

fn address(text: &str) -> Address {
    text.parse().expect("the test's address is well-formed")
}

fn envelope(to: &str) -> Envelope {
    Envelope::new(Some(address("desk@example.org")), vec![address(to)]).expect("there is a recipient")
}

/// Sends the usual mail.
async fn send(client: &SmtpClient) -> Verdict {
    client.send(&envelope("anna@example.org"), MESSAGE.as_bytes()).await
}

/// What becomes of the usual mail at a server that behaves so, and that server.
async fn send_to(behaviour: Behaviour) -> (Verdict, SmtpServer) {
    let server = SmtpServer::start(behaviour).await;
    let verdict = send(&client(&server.url(), PATIENT)).await;
    (verdict, server)
}
