//! What an agent answers a person by mail.

use std::sync::Arc;

use adapters_mail::MimickedChannel;
use application::ports::Channel as _;
use domain::{
    channel::ChannelKind,
    language::Language,
    message::{Content, Message},
    retry::Outcome,
};
use insta::assert_snapshot;

use crate::desk::{Desk, ending, in_spanish, reply, settings};

const TEXT: &str = "It is < 50 € a month & more:\n\n* one <b>bed</b>\nשלום";

#[tokio::test]
async fn a_person_is_answered_in_english() {
    let mail = Desk::open(settings()).captured(&reply(TEXT, Language::ENGLISH)).await;
    assert_snapshot!(mail.source);
}

#[tokio::test]
async fn a_person_is_answered_in_spanish() {
    let mail = Desk::open(settings()).captured(&reply("Son 50 al mes.", in_spanish())).await;
    assert_snapshot!(mail.source);
}

#[tokio::test]
async fn an_answer_goes_to_the_address_that_was_given_with_the_ticket() {
    let desk = Desk::open(settings());
    let mail = desk.captured(&reply("Yes.", Language::ENGLISH)).await;
    assert_eq!(mail.recipient, "ana.given@example.com");
    assert!(mail.text.starts_with("Hello Ana García,\n\nYes.\n"), "{}", mail.text);
    assert!(mail.html.contains("Yes.<br>"), "{}", mail.html);
    let without = reply("Yes.", Language::ENGLISH);
    let Content::Reply { mut reply, .. } = without.content.clone() else { panic!("it is a reply") };
    reply.email = None;
    let nowhere = Message { content: Content::Reply { reply, person: None }, ..without };
    let desk = Desk::open(settings());
    assert_eq!(desk.refused(&nowhere).await, "the notification is about nobody who has a mail address");
}

#[tokio::test]
async fn an_answer_for_a_chat_that_cannot_be_written_to_is_for_the_person_and_not_for_the_team() {
    let desk = Desk::open(settings());
    let message = Message {
        kind: ChannelKind::Landbot,
        channel: "person-chat".to_owned(),
        ..reply("Yes.", Language::ENGLISH)
    };
    let receipt = MimickedChannel::new(Arc::clone(&desk.mail)).deliver(&message).await;
    assert_eq!(ending(&receipt), (Outcome::Sent, true));
    let mail = desk.find(&message).await.expect("it was captured");
    assert_eq!(mail.recipient, "ana.given@example.com");
}
