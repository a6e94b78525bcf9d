//! `HearMessages`, `AdmitDelivery`.

use application::{
    conversation::{AdmitDelivery, HearError, Hearing},
    intake::AccessDenied,
    ports::{Page, Whose},
};
use domain::{
    bot::{HookSecret, SecretDigest},
    conversation::Author,
    notification::NotificationStatus,
    retry::Outcome,
    ticket::TicketStatus,
};
use port_contracts::{Fault, Operation};
use serde_json::json;

use crate::{
    desk::{Desk, OTHER_WORKER},
    talk::{CUSTOMER, delivered},
};

const ONE: Hearing = Hearing { new: 1, known: 0, echoes: 0, ignored: 0, is_held: false };

#[tokio::test]
async fn a_message_is_stored_once_with_one_commit() {
    let desk = Desk::open().await;
    let ticket = desk.ask_in_chat(None).await;
    let before = desk.storage.commits();
    assert_eq!(desk.hear("1", &delivered("customer", "Hello")).await, ONE);
    assert_eq!(desk.storage.commits(), before + 1);
    let again = desk.hear("1", &delivered("customer", "Hello")).await;
    assert_eq!(again, Hearing { new: 0, known: 1, ..ONE });
    assert_eq!(desk.hear("2", &delivered("agent", "Hi, I am Eva")).await, ONE);
    let heard: Vec<_> = desk.conversation(ticket).await.into_iter().map(|m| (m.author, m.text)).collect();
    let expected = [(Author::Person, "Hello"), (Author::Agent, "Hi, I am Eva")];
    assert_eq!(heard, expected.map(|(author, text)| (author, text.to_owned())));
}

#[tokio::test]
async fn what_bots_say_costs_no_commit() {
    let desk = Desk::open().await;
    let before = desk.storage.commits();
    let ignored = desk.hear("1", &delivered("bot", "Hi! What is your name?")).await;
    assert_eq!(ignored, Hearing { new: 0, ignored: 1, ..ONE });
    assert_eq!(desk.storage.commits(), before);
}

#[tokio::test]
async fn who_registers_later_has_what_was_said_before() {
    let desk = Desk::open().await;
    desk.hear("1", &delivered("customer", "Is anybody there?")).await;
    assert!(desk.users().await.is_empty(), "a message registers nobody");
    let call = json!({ "name": "Ana", "customer_id": CUSTOMER });
    let user = desk.take(desk.users_call(&call)).await.user_id.expect("a user");
    let page = desk.look(async |tx| tx.conversation().page(Whose::User(user), Page::first(9)).await).await;
    assert_eq!(page.into_iter().map(|message| message.text).collect::<Vec<_>>(), ["Is anybody there?"]);
}

#[tokio::test]
async fn a_message_of_the_person_opens_a_ticket_again_that_was_answered() {
    let desk = Desk::open().await;
    let ticket = desk.ask_in_chat(None).await;
    desk.reply(ticket, "50 €", "a").await.expect("it is taken");
    assert_eq!(desk.ticket(ticket).await.status, TicketStatus::Pending);
    desk.hear("1", &delivered("agent", "Anything else?")).await;
    assert_eq!(desk.ticket(ticket).await.status, TicketStatus::Pending, "an agent opens nothing");
    desk.hear("2", &delivered("customer", "Yes: when?")).await;
    assert_eq!(desk.ticket(ticket).await.status, TicketStatus::Open);
    desk.reply(ticket, "Tomorrow", "b").await.expect("it is taken");
    desk.hear("2", &delivered("customer", "Yes: when?")).await;
    assert_eq!(
        desk.ticket(ticket).await.status,
        TicketStatus::Pending,
        "what was heard before opens nothing"
    );
}

#[tokio::test]
async fn what_a_message_and_a_reply_do_to_a_ticket_stands_in_its_history() {
    let desk = Desk::open().await;
    let reference = desk.ask_in_chat(None).await;
    desk.reply(reference, "50 €", "a").await.expect("it is taken");
    let seen = desk.work(reference).await.version;
    desk.hear("1", &delivered("customer", "And in euros?")).await;
    let done = desk
        .look(async |tx| tx.ticket_work().events_of(desk.ticket(reference).await.id, Page::first(9)).await)
        .await;
    let told: Vec<_> = done
        .iter()
        .map(|event| (event.agent_id.is_some(), event.before.as_deref(), event.after.as_deref()))
        .collect();
    assert_eq!(told, [(false, Some("pending"), Some("open")), (true, Some("open"), Some("pending"))]);
    assert!(desk.work(reference).await.version > seen, "whoever looked at it before is told");
}

#[tokio::test]
async fn junk_is_kept_as_it_came_beside_what_could_be_understood() {
    let desk = Desk::open().await;
    let ticket = desk.ask_in_chat(None).await;
    let mut body = delivered("customer", "Hello");
    let odd = json!({ "sender": { "type": "martian" }, "data": { "body": "?" } });
    body["messages"].as_array_mut().expect("a list").push(odd);
    assert_eq!(desk.hear("1", &body).await, Hearing { is_held: true, ..ONE });
    assert_eq!((desk.said(ticket).await.len(), desk.held().await.len()), (1, 1));
}

#[tokio::test]
async fn a_reply_that_comes_back_is_no_new_message_and_settles_its_fate() {
    let desk = Desk::open().await;
    let ticket = desk.ask_in_chat(None).await;
    let reply = desk.reply(ticket, "50 €\na month", "a").await.expect("it is taken");
    desk.try_to_send(reply.notification_id, Outcome::Unknown).await;
    assert_eq!(desk.status(reply.notification_id).await, NotificationStatus::Unknown);
    let echo = Hearing { new: 0, echoes: 1, ..ONE };
    for _ in 0..2 {
        assert_eq!(desk.hear("1", &delivered("agent", "50 € a month")).await, echo);
        assert_eq!(desk.status(reply.notification_id).await, NotificationStatus::Sent);
    }
    assert_eq!(desk.said(ticket).await, ["50 €\na month"]);
    let by_hand = desk.hear("2", &delivered("agent", "50 € a month")).await;
    assert_eq!((by_hand, desk.said(ticket).await.len()), (ONE, 2), "somebody said the same by hand");
}

#[tokio::test]
async fn an_echo_that_overtakes_the_answer_of_the_platform_settles_it_too() {
    let desk = Desk::open().await;
    let ticket = desk.ask_in_chat(None).await;
    let reply = desk.reply(ticket, "50 €", "a").await.expect("it is taken");
    let attempt = desk.open_attempt(reply.notification_id).await;
    desk.hear("1", &delivered("agent", "50 €")).await;
    assert_eq!(desk.status(reply.notification_id).await, NotificationStatus::Sending);
    desk.settle().execute(&[desk.ended(attempt, Outcome::Unknown)], &[]).await.expect("storage works");
    assert_eq!(desk.status(reply.notification_id).await, NotificationStatus::Sent);
}

#[tokio::test]
async fn an_echo_settles_what_a_dead_worker_sent() {
    let desk = Desk::open().await;
    let ticket = desk.ask_in_chat(None).await;
    let reply = desk.reply(ticket, "50 €", "a").await.expect("it is taken");
    desk.open_attempt(reply.notification_id).await;
    desk.hear("1", &delivered("agent", "50 €")).await;
    desk.change(async |tx| tx.workers().beat(crate::desk::WORKER).await).await;
    let gone = application::delivery::Gone::AllBut(OTHER_WORKER);
    desk.reclaim().execute(gone).await.expect("storage works");
    assert_eq!(desk.status(reply.notification_id).await, NotificationStatus::Sent);
}

#[tokio::test]
async fn an_outage_is_told_and_a_lost_race_is_run_again() {
    let desk = Desk::open().await;
    let ticket = desk.ask_in_chat(None).await;
    desk.storage.fail_next(Operation::ConversationRecord, Fault::Conflict);
    assert_eq!(desk.hear("1", &delivered("customer", "Hello")).await, ONE);
    for step in [Operation::Begin, Operation::ConversationHoldWaiting, Operation::Commit] {
        desk.storage.fail_next(step, Fault::Unavailable);
        let failed = desk.try_hear("2", &delivered("customer", "Bye")).await;
        assert!(matches!(failed, Err(HearError::Storage(_))), "{step:?}");
        assert_eq!(desk.said(ticket).await, ["Hello"], "{step:?}");
    }
    assert_eq!(desk.hear("2", &delivered("customer", "Bye")).await, ONE);
}

#[tokio::test]
async fn a_hook_leads_to_its_bot_with_its_token_only() {
    let desk = Desk::open().await;
    let admit = AdmitDelivery { storage: desk.storage() };
    let secret = desk.bot.hook.secret.clone();
    assert_eq!(admit.execute(&secret, None).await.expect("no token is needed").id, desk.bot.id);
    let mut bot = desk.bot.clone();
    bot.hook.token = Some(SecretDigest::of("a token"));
    desk.change(async |tx| tx.bots().update(&bot).await).await;
    assert!(admit.execute(&secret, Some("a token")).await.is_ok());
    let unknown = HookSecret::restore("fdh_unknown".to_owned());
    for (secret, token) in [(&secret, None), (&secret, Some("another")), (&unknown, Some("a token"))] {
        assert!(matches!(admit.execute(secret, token).await, Err(AccessDenied::UnknownKey)));
    }
    desk.storage.go_away();
    assert!(matches!(admit.execute(&secret, None).await, Err(AccessDenied::Unavailable(_))));
}
