//! Mail that is kept instead of sent.

use application::ports::{Channel as _, consult};
use domain::retry::{Fault, Outcome};
use port_contracts::{Fault as StorageFault, Operation, TEST_BEGINS};

use crate::desk::{Desk, ana, opened, settings, ticket, welcome};

#[tokio::test]
async fn without_a_server_mail_can_be_read_in_the_database() {
    let desk = Desk::open(settings());
    let receipt = desk.mail.deliver(&welcome(ana())).await;
    assert_eq!((receipt.outcome, receipt.mimicked), (Outcome::Sent, false));
    assert_eq!(receipt.answer.as_deref(), Some("captured, not sent"));
    let mail = desk.find(&welcome(ana())).await.expect("it was captured");
    assert_eq!(receipt.provider_id, mail.header("Message-ID"));
    assert_eq!(mail.recipient, "ana@example.com");
    assert_eq!(desk.storage.commits(), 1);
}

#[tokio::test]
async fn a_captured_mail_says_when() {
    let desk = Desk::open(settings());
    desk.mail.deliver(&welcome(ana())).await;
    let id = welcome(ana()).id;
    let captured = consult(&*desk.storage, async |tx| tx.captured_mails().of_notification(id).await);
    assert_eq!(captured.await.unwrap().expect("it was captured").captured_at, TEST_BEGINS);
}

#[tokio::test]
async fn a_database_that_is_away_is_temporary() {
    let desk = Desk::open(settings());
    for operation in [Operation::Begin, Operation::CapturedMailsCapture, Operation::Commit] {
        desk.storage.fail_next(operation, StorageFault::Unavailable);
        let receipt = desk.mail.deliver(&opened(ticket(), None)).await;
        assert_eq!(receipt.outcome, Outcome::Temporary { fault: Fault::Channel, retry_after: None });
        assert!(desk.find(&opened(ticket(), None)).await.is_none());
    }
    desk.captured(&opened(ticket(), None)).await;
}
