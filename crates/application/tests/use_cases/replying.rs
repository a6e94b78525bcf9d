//! `ReplyToTicket`.

use application::{
    conversation::{Replied, ReplyError},
    ports::StorageError,
    users::{EraseUser, ExportUser, WhichUser},
};
use domain::{
    agent::Role,
    channel::ChannelKind,
    conversation::reply::{NoWay, REPLY_KEY_MAX, ReplyTextError, WhyMail},
    identity::{CustomerId, Identity},
    ledger::day_of,
    message::Content,
    notification::Purpose,
    ticket::{Reference, TicketStatus},
};
use jiff::SignedDuration;
use port_contracts::{Fault, Operation};

use crate::{
    desk::Desk,
    talk::{CUSTOMER, agent, delivered_in},
};

const ANA: Option<&str> = Some("ana@example.com");

/// The text and the address of what is delivered.
async fn sent(desk: &Desk, reply: &Replied) -> (ChannelKind, String, Option<String>) {
    let message = desk.open_attempt(reply.notification_id).await.message;
    let Content::Reply { reply, .. } = message.content else { panic!("it is a reply") };
    (message.kind, reply.text, reply.email)
}

#[tokio::test]
async fn a_reply_goes_to_the_chat_and_is_stored_with_one_commit() {
    let desk = Desk::open().await;
    let ticket = desk.ask_in_chat(ANA).await;
    let (commits, rings) = (desk.storage.commits(), desk.queue.rings());
    let reply = desk.reply(ticket, " It is 50 €. ", "a").await.expect("it is taken");
    assert_eq!((reply.over, reply.why_mail, reply.is_repeated), (ChannelKind::Landbot, None, false));
    assert_eq!((desk.storage.commits(), desk.queue.rings()), (commits + 1, rings + 1));
    assert_eq!(desk.said(ticket).await, ["It is 50 €."]);
    assert_eq!(desk.ticket(ticket).await.status, TicketStatus::Pending);
    let expected = (ChannelKind::Landbot, "It is 50 €.".to_owned(), ANA.map(str::to_owned));
    assert_eq!(sent(&desk, &reply).await, expected);
}

#[tokio::test]
async fn without_a_chat_or_a_token_it_goes_by_mail_and_the_agent_is_told() {
    let desk = Desk::open().await;
    let in_chat = desk.ask_in_chat(ANA).await;
    let unconnected = desk.replying(false);
    let reply = unconnected.execute(&agent(Role::Admin), in_chat, "Yes", "a").await.expect("it is taken");
    assert_eq!((reply.over, reply.why_mail), (ChannelKind::Email, Some(WhyMail::NotConnected)));
    assert_eq!(sent(&desk, &reply).await.0, ChannelKind::Email);

    let by_form: Reference =
        desk.ask("sales", "bea@example.com").await.reference.expect("a ticket").parse().expect("a reference");
    let reply = desk.reply(by_form, "Yes", "b").await.expect("it is taken");
    assert_eq!((reply.over, reply.why_mail), (ChannelKind::Email, Some(WhyMail::NoChat)));
    assert_eq!(sent(&desk, &reply).await.2.as_deref(), Some("bea@example.com"));
}

#[tokio::test]
async fn outside_whatsapps_window_it_goes_by_mail() {
    let desk = Desk::open().await;
    let ticket = desk.ask_in_chat(ANA).await;
    desk.hear("1", &delivered_in("whatsapp", "customer", "Hello")).await;
    let over = async |key| desk.reply(ticket, key, key).await.expect("it is taken").over;
    desk.clock.advance(SignedDuration::from_hours(24));
    assert_eq!(over("a").await, ChannelKind::Landbot);
    desk.clock.advance(SignedDuration::from_secs(1));
    assert_eq!(over("b").await, ChannelKind::Email);
    desk.hear("2", &delivered_in("whatsapp", "customer", "Still there?")).await;
    assert_eq!(over("c").await, ChannelKind::Landbot);
}

#[tokio::test]
async fn a_person_who_cannot_be_reached_is_not_answered() {
    let desk = Desk::open().await;
    let ticket = desk.ask_in_chat(None).await;
    let commits = desk.storage.commits();
    let refused = desk.replying(false).execute(&agent(Role::Agent), ticket, "Yes", "a").await;
    assert!(matches!(refused, Err(ReplyError::NoWay(NoWay(WhyMail::NotConnected)))), "{refused:?}");
    assert_eq!(desk.ticket(ticket).await.status, TicketStatus::Open, "nothing is changed");
    assert_eq!((desk.storage.commits(), desk.said(ticket).await.len()), (commits, 0));
}

#[tokio::test]
async fn a_double_click_sends_once() {
    let desk = Desk::open().await;
    let ticket = desk.ask_in_chat(ANA).await;
    let first = desk.reply(ticket, "Yes", "a").await.expect("it is taken");
    let again = desk.reply(ticket, "Yes ", "a").await.expect("it was taken");
    assert_eq!(again, Replied { is_repeated: true, ..first });
    assert!(matches!(desk.reply(ticket, "No", "a").await, Err(ReplyError::KeyReused)));
    let other = desk.ask_in_chat(Some("bea@example.com")).await;
    assert!(!desk.reply(other, "Yes", "a").await.expect("another ticket").is_repeated);
    assert_eq!(desk.said(ticket).await.len(), 2, "both are in the one chat");
    let replies = desk.notifications().await.into_iter().filter(|one| one.purpose == Purpose::Reply);
    assert_eq!(replies.count(), 2);
}

#[tokio::test]
async fn a_reply_that_was_taken_at_the_same_time_is_found() {
    let desk = Desk::open().await;
    let ticket = desk.ask_in_chat(ANA).await;
    desk.storage.fail_next(Operation::ConversationRecord, Fault::Conflict);
    assert!(!desk.reply(ticket, "Yes", "a").await.expect("it is taken").is_repeated);
    desk.storage.fail_next(Operation::NotificationsInsert, Fault::Unavailable);
    let failed = desk.reply(ticket, "No", "b").await;
    assert!(matches!(failed, Err(ReplyError::Storage(StorageError::Unavailable(_)))));
    assert_eq!(desk.said(ticket).await, ["Yes"], "a message without its notification is not stored");
}

#[tokio::test]
async fn what_cannot_be_a_reply_is_refused() {
    let desk = Desk::open().await;
    let ticket = desk.ask_in_chat(ANA).await;
    let viewer = desk.replying(true).execute(&agent(Role::Viewer), ticket, "Yes", "a").await;
    assert!(matches!(viewer, Err(ReplyError::NotAllowed)));
    let unknown = desk.reply(Reference::new(99), "Yes", "a").await;
    assert!(matches!(unknown, Err(ReplyError::UnknownTicket(_))));
    assert!(matches!(desk.reply(ticket, " ", "a").await, Err(ReplyError::Text(ReplyTextError::Empty))));
    for key in ["", &"x".repeat(REPLY_KEY_MAX + 1)] {
        assert!(matches!(desk.reply(ticket, "Yes", key).await, Err(ReplyError::Key)));
    }
    assert!(desk.said(ticket).await.is_empty());
}

#[tokio::test]
async fn a_reply_counts_in_the_ledger_and_goes_with_its_person() {
    let desk = Desk::open().await;
    let ticket = desk.ask_in_chat(ANA).await;
    let reply = desk.reply(ticket, "Yes", "a").await.expect("it is taken");
    let today = day_of(desk.clock().now());
    let counts = desk.look(async |tx| tx.ledger().day(today).await).await;
    assert_eq!(counts.made.notifications, counts.planned());

    let customer = CustomerId::restore(CUSTOMER.to_owned());
    let person = WhichUser::Known(Identity::Customer { bot: desk.bot.id, customer });
    let export = ExportUser { storage: desk.storage() }.execute(&person).await.expect("storage works");
    let texts: Vec<_> = export.expect("a user").messages.into_iter().map(|message| message.text).collect();
    assert_eq!(texts, ["Yes"]);
    let erase = EraseUser { audit: desk.audit(), storage: desk.storage(), clock: desk.clock() };
    let receipt = erase.execute(&person).await.expect("storage works").expect("a user");
    assert_eq!(receipt.messages, 1);
    assert!(desk.said(ticket).await.is_empty());
    assert!(desk.open_attempts(&[reply.notification_id]).await.is_empty());
}
