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
use tokio::time::timeout;

const MESSAGE: &str = "Subject: hello\r\n\r\nhello\r\n";

/// For servers that answer. Waits that last so long fail the test, see [`send`].
const PATIENT: SmtpTimeouts = SmtpTimeouts {
    connect: Duration::from_mins(10),
    command: Duration::from_mins(10),
    message: Duration::from_mins(10),
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
    send_text(client, MESSAGE).await
}

async fn send_text(client: &SmtpClient, text: &str) -> Verdict {
    let envelope = envelope("anna@example.org");
    let verdict = client.send(&envelope, text.as_bytes());
    timeout(Duration::from_secs(30), verdict).await.expect("a verdict comes in time")
}

/// What becomes of the usual mail at a server that behaves so, and that server.
async fn send_to(behaviour: Behaviour) -> (Verdict, SmtpServer) {
    let server = SmtpServer::start(behaviour).await;
    let verdict = send(&client(&server.url(), PATIENT)).await;
    (verdict, server)
}
