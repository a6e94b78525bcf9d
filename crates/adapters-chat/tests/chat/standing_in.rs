//! What is left to mail, and what is left undone.

use domain::{
    channel::Target,
    message::{Content, Message},
    retry::Outcome,
};

use crate::desk::{Desk, SERVICES, ana, message, news};

#[tokio::test]
async fn mail_stands_in_where_no_secret_is_set() {
    for kind in SERVICES {
        for target in [Target::Env("UNSET".to_owned()), Target::Team, Target::Address("#sales".to_owned())] {
            let desk = Desk::with("unused", "http://localhost:1/");
            let news = Message { target, ..news() };
            let receipt = desk.channel(kind).deliver(&news).await;
            assert_eq!((receipt.outcome, receipt.mimicked), (Outcome::Sent, true), "{kind}");
            assert_eq!(desk.channel(kind).word(&news).map(|wording| wording.mimicked), Ok(true), "{kind}");
            assert_eq!(desk.mailed(), [news]);
        }
    }
}

#[tokio::test]
async fn a_blank_secret_is_none() {
    let desk = Desk::with(" ", "http://localhost:1/");
    assert!(desk.chats.slack().deliver(&news()).await.mimicked);
}

#[tokio::test]
async fn a_greeting_is_not_for_a_team() {
    for kind in SERVICES {
        let desk = Desk::with("https://chat.invalid/", "https://chat.invalid/");
        let receipt = desk.channel(kind).deliver(&message(Content::Welcome { person: ana() })).await;
        assert_eq!((receipt.outcome, receipt.mimicked), (Outcome::Permanent, false), "{kind}");
        assert!(desk.mailed().is_empty());
    }
}
