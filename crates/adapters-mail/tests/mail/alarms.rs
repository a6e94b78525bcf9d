//! The watchdog's mail.

use std::sync::Arc;

use adapters_mail::{AlarmMail, parse_mailbox, smtp::SmtpSettings};
use application::ports::AlarmPath as _;
use domain::watchdog::{Alarm, Alert, News, Signals, Undelivered};
use port_contracts::{FrozenClock, TEST_BEGINS};

use crate::support::smtp_server::{Act, Behaviour, SmtpServer};

fn path(url: &str) -> AlarmMail {
    let mailbox = |text| parse_mailbox(text).expect("a mailbox");
    let (from, to) = (mailbox("Frontdesk <frontdesk@example.com>"), mailbox("ops@example.com"));
    let server = SmtpSettings::parse(url).expect("a URL");
    AlarmMail::new(&from, &to, server, Arc::new(FrozenClock::default())).expect("it can be set up")
}

fn alert(alarm: Alarm, news: News) -> Alert {
    let undelivered = Undelivered { failed: 2, unknown: 1 };
    let signals = Signals { seen_at: TEST_BEGINS, backlogs: Vec::new(), undelivered, workers: 0 };
    Alert { alarm, news, at: TEST_BEGINS, signals: Some(signals) }
}

#[tokio::test]
async fn an_alarm_and_its_end_are_written_to_whoever_looks_after_the_desk() {
    let server = SmtpServer::start(Behaviour::default()).await;
    let path = path(&server.url());
    for news in [News::Raised, News::Over] {
        path.tell(&alert(Alarm::NoWorker, news)).await.expect("it is taken");
    }
    let arrived = server.wait_for(2).await;
    assert!(
        arrived.iter().all(|mail| mail.to == ["ops@example.com"] && mail.from == "frontdesk@example.com")
    );
    assert!(arrived[0].data.contains("Subject: Frontdesk gives alarm\r\n"), "{}", arrived[0].data);
    assert!(arrived[0].data.contains("Auto-Submitted: auto-generated\r\n"), "{}", arrived[0].data);
    assert!(arrived[1].data.contains("Subject: Frontdesk: an alarm is over\r\n"), "{}", arrived[1].data);
    assert!(arrived[0].data.contains("No worker lives: nothing is delivered."), "{}", arrived[0].data);
    assert!(arrived[0].data.contains("Failed for good: 2"), "{}", arrived[0].data);
    assert!(arrived[1].data.contains("A worker lives again."), "{}", arrived[1].data);
}

#[tokio::test]
async fn a_refused_alarm_was_not_told() {
    let server =
        SmtpServer::start(Behaviour { recipient: Act::Say("550 nobody here"), ..Behaviour::default() }).await;
    assert!(path(&server.url()).tell(&alert(Alarm::Late, News::Raised)).await.is_err());
}
