//! Replies in the chats of a platform with moods.

use std::sync::Arc;

use adapters_chat::{HttpTimeouts, LandbotChannel};
use application::ports::{Channel as _, Receipt};
use domain::{channel::ChannelKind, message::Message, retry::Outcome};
use port_contracts::RecordingChannel;

use super::{ANA, PATIENT, SOON, client};
use crate::{
    desk::{news, reply, temporary},
    support::{
        landbot::{FakeLandbot, Said, TOKEN, refusal, too_many_requests},
        service::{Reaction, Reply, Service, nobodys_url},
    },
};

async fn say_on(url: &str, timeouts: HttpTimeouts, customer: &str, text: &str) -> Receipt {
    let stand_in = Arc::new(RecordingChannel::new());
    let channel = LandbotChannel::new(Some(client(url, TOKEN, timeouts)), stand_in);
    channel.deliver(&reply(Some(customer), text)).await
}

async fn say(landbot: &FakeLandbot, text: &str) -> Receipt {
    say_on(&landbot.url(), PATIENT, &ANA.to_string(), text).await
}

fn said(text: &str) -> Said {
    Said { customer: ANA, text: text.to_owned() }
}

/// A platform on which Ana's chat is the agent's already.
async fn taken_over() -> FakeLandbot {
    let landbot = FakeLandbot::with(&[ANA]).await;
    assert_eq!(say(&landbot, "Hello").await.outcome, Outcome::Sent);
    landbot
}

#[tokio::test]
async fn a_chat_that_the_bot_has_is_taken_over_first_and_told_once() {
    let landbot = FakeLandbot::with(&[ANA]).await;
    let receipt = say(&landbot, "Thanks \"Ana\",\nSales will call you. ñ €").await;
    assert_eq!(receipt, Receipt::new(Outcome::Sent));
    assert_eq!(landbot.said(), [said("Thanks \"Ana\",\nSales will call you. ñ €")]);
    assert_eq!(
        landbot.calls(),
        [
            "POST /v1/customers/500000001/send_text/",
            "PUT /v1/customers/500000001/assign/",
            "POST /v1/customers/500000001/send_text/",
        ]
    );
}

#[tokio::test]
async fn a_chat_that_is_ours_is_told_at_once() {
    let landbot = taken_over().await;
    let before = landbot.calls().len();
    assert_eq!(say(&landbot, "Anything else?").await.outcome, Outcome::Sent);
    assert_eq!(landbot.calls().len(), before + 1);
    assert_eq!(landbot.said(), [said("Hello"), said("Anything else?")]);
}

#[tokio::test]
async fn a_chat_that_another_agent_has_is_let_go_and_taken_over() {
    let landbot = FakeLandbot::with(&[ANA]).await;
    landbot.lets_another_agent_take(ANA);
    assert_eq!(say(&landbot, "Hello").await.outcome, Outcome::Sent);
    assert_eq!(landbot.said(), [said("Hello")]);
}

#[tokio::test]
async fn a_chat_that_takes_no_text_fails_for_good() {
    let landbot = FakeLandbot::with(&[ANA]).await;
    landbot.takes_no_text();
    let receipt = say(&landbot, "Hello").await;
    assert_eq!((receipt.outcome, receipt.code), (Outcome::Permanent, Some(412)));
    assert_eq!(landbot.calls().len(), 3, "it is tried once more and no oftener");
}

#[tokio::test]
async fn too_many_requests_and_faults_of_the_platform_are_temporary() {
    let landbot = taken_over().await;
    for (mood, outcome, code) in [
        (too_many_requests(30), temporary(Some(30_000)), 429),
        (refusal(500, "detail", "Server error"), temporary(None), 500),
        (Reply::new(503, "<html>busy</html>").into(), temporary(None), 503),
    ] {
        landbot.meets_texts_with([mood]);
        let receipt = say(&landbot, "Anything else?").await;
        assert_eq!((receipt.outcome, receipt.code), (outcome, Some(code)));
    }
    assert_eq!(landbot.said().len(), 1, "nothing is repeated within an attempt");
}

#[tokio::test]
async fn what_no_other_try_mends_fails_at_once() {
    let landbot = taken_over().await;
    for status in [400, 401, 402, 403, 404, 413, 422] {
        landbot.meets_texts_with([refusal(status, "detail", "No.")]);
        let receipt = say(&landbot, "Anything else?").await;
        assert_eq!((receipt.outcome, receipt.code), (Outcome::Permanent, Some(status)));
        assert_eq!(receipt.answer.as_deref(), Some(r#"{"errors":{"detail":["No."]}}"#));
    }
    landbot.meets_texts_with([Reply::new(200, r#"{"success": "False"}"#).into()]);
    assert_eq!(say(&landbot, "Anything else?").await.outcome, Outcome::Permanent, "200 and yet denied");
}

#[tokio::test]
async fn a_text_that_was_handed_over_without_an_answer_has_an_unknown_fate() {
    for mood in [Reaction::Hang, Reaction::Close] {
        let landbot = taken_over().await;
        landbot.meets_texts_with([mood]);
        let receipt = say_on(&landbot.url(), SOON, &ANA.to_string(), "Anything else?").await;
        assert_eq!((receipt.outcome, receipt.code), (Outcome::Unknown, None));
    }
}

#[tokio::test]
async fn a_text_that_nobody_took_is_temporary() {
    let url = nobodys_url("/v1/").await;
    assert_eq!(say_on(&url, PATIENT, "1", "Hello").await.outcome, temporary(None));
}

#[tokio::test]
async fn a_lost_answer_before_the_text_leaves_nothing_in_doubt() {
    let not_ours = refusal(412, "customer", "The state of the customer forbids it.");
    let service = Service::that_first(vec![not_ours, Reaction::Close]).await;
    assert_eq!(say_on(&service.url("/v1/"), PATIENT, "1", "Hello").await.outcome, temporary(None));
}

#[tokio::test]
async fn a_long_reply_is_said_in_parts_and_in_order() {
    let landbot = taken_over().await;
    let paragraphs = ["a", "b", "c"].map(|letter| letter.repeat(3_000));
    assert_eq!(say(&landbot, &paragraphs.join("\n")).await.outcome, Outcome::Sent);
    assert_eq!(landbot.said()[1..], paragraphs.map(|paragraph| said(&paragraph)));
}

#[tokio::test]
async fn a_later_part_that_is_refused_for_now_is_said_within_the_same_attempt() {
    let landbot = FakeLandbot::with(&[ANA]).await;
    let not_ours = refusal(412, "customer", "The state of the customer forbids it.");
    let agreed = Reply::new(200, r#"{"success": true}"#).into();
    landbot.meets_texts_with([not_ours, agreed, too_many_requests(1)]);
    let receipt = say(&landbot, &format!("{}\n{}", "a".repeat(3_000), "b".repeat(3_000))).await;
    assert_eq!(receipt.outcome, Outcome::Sent);
    assert_eq!(landbot.said(), [said(&"b".repeat(3_000))], "and the first part is not said again");
}

#[tokio::test]
async fn a_reply_that_is_half_said_has_an_unknown_fate_and_says_how_far_it_came() {
    let landbot = taken_over().await;
    let agreed = Reply::new(200, r#"{"success": true}"#).into();
    landbot.meets_texts_with([agreed, refusal(403, "detail", "No.")]);
    let receipt = say(&landbot, &format!("{}\n{}", "a".repeat(3_000), "b".repeat(3_000))).await;
    assert_eq!((receipt.outcome, receipt.code), (Outcome::Unknown, Some(403)));
    let answer = receipt.answer.expect("an explanation");
    assert!(answer.starts_with("part 2 of 2 failed, those before it were said: "), "{answer}");
}

#[tokio::test]
async fn a_customer_that_is_not_landbots_and_a_blank_text_are_not_tried() {
    let landbot = FakeLandbot::with(&[ANA]).await;
    for (customer, text) in [("tg-42", "Hello"), ("../1", "Hello"), ("", "Hello"), ("500000001", " \n")] {
        let receipt = say_on(&landbot.url(), PATIENT, customer, text).await;
        assert_eq!(receipt.outcome, Outcome::Permanent, "{customer:?} {text:?}");
    }
    assert!(landbot.calls().is_empty());
}

#[tokio::test]
async fn types_that_are_mangled_do_no_harm() {
    let landbot = FakeLandbot::with(&[ANA]).await;
    landbot.mangles_types();
    assert_eq!(say(&landbot, "Hello").await.outcome, Outcome::Sent);
}

#[tokio::test]
async fn the_token_is_kept_nowhere() {
    let service = Service::that(Reply::new(403, format!("no: Token {TOKEN} of ana@example.com"))).await;
    let receipt = say_on(&service.url("/v1/"), PATIENT, "1", "Hello").await;
    assert_eq!(receipt.answer.as_deref(), Some("no: Token <masked> of <address>"));
}

#[tokio::test]
async fn mail_stands_in_for_a_missing_token_and_for_what_is_not_for_a_person() {
    let mail = Arc::new(RecordingChannel::new());
    let channel = LandbotChannel::new(None, mail.clone());
    let reply = reply(Some("1"), "Hello");
    let news = Message { kind: ChannelKind::Landbot, ..news() };
    assert_eq!(channel.deliver(&reply).await.outcome, Outcome::Sent);
    assert_eq!(channel.deliver(&news).await.outcome, Outcome::Sent);
    assert_eq!(mail.messages(), [reply, news.clone()]);

    let landbot = FakeLandbot::with(&[ANA]).await;
    let mail = Arc::new(RecordingChannel::new());
    let channel = LandbotChannel::new(Some(client(&landbot.url(), TOKEN, PATIENT)), mail.clone());
    assert_eq!(channel.deliver(&news).await.outcome, Outcome::Sent);
    assert_eq!(mail.messages(), [news]);
    assert!(landbot.calls().is_empty());
}

#[tokio::test]
async fn a_ticket_from_no_chat_has_nobody_to_answer_there() {
    let landbot = FakeLandbot::with(&[ANA]).await;
    let channel =
        LandbotChannel::new(Some(client(&landbot.url(), TOKEN, PATIENT)), Arc::new(RecordingChannel::new()));
    let receipt = channel.deliver(&reply(None, "Hello")).await;
    assert_eq!(receipt.outcome, Outcome::Permanent);
    assert!(landbot.calls().is_empty());
}
