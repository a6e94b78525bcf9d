//! What the bot's visitors get: registration, welcome, tickets.

use serde_json::{Value, json};

use crate::{
    frontdesk::Frontdesk,
    ground::{Ground, on_every_ground},
    http::Connection,
    support::smtp_server::{Behaviour, SmtpServer},
};

on_every_ground! {
    a_registered_person_gets_one_welcome_mail_that_greets_by_name
    a_ticket_reaches_the_teams_of_its_topic
    a_channel_without_a_secret_is_mimicked_as_mail_and_marked
    without_a_mail_server_mail_is_captured_and_can_be_read
    a_thousand_equal_calls_at_once_make_one_user_and_one_welcome_mail
    an_equal_call_is_answered_again_and_not_taken_again
    an_idempotency_key_is_bound_to_its_body
    a_person_is_answered_in_its_language
    the_status_of_a_ticket_is_shown_to_its_person_only
    the_topics_are_offered_for_a_bots_buttons
}

const SOON: (&str, &str) = ("FRONTDESK__WELCOME__DELAY", "1s");
const TEAM: (&str, &str) = ("FRONTDESK__MAIL__TEAM_TO", "team@desk.example");

async fn with_mail(ground: Ground, settings: &[(&str, &str)]) -> (Frontdesk, SmtpServer) {
    let smtp = SmtpServer::start(Behaviour::default()).await;
    let url = smtp.url();
    let settings = [settings, &[("SMTP_URL", url.as_str()), TEAM]].concat();
    (Frontdesk::with(ground, &settings).await, smtp)
}

async fn a_registered_person_gets_one_welcome_mail_that_greets_by_name(ground: Ground) {
    let (desk, smtp) = with_mail(ground, &[SOON]).await;

    let first = desk.register("Ana García", "ana@visitor.example").await;
    assert_eq!((&first["result"], &first["created"]), (&json!("ok"), &json!(true)));
    let again =
        desk.post("/bot/v1/users", &json!({"email": " ANA@visitor.example", "phone": "600 111 222"})).await;
    assert_eq!((&again["created"], &again["user_id"]), (&json!(false), &first["user_id"]));
    assert_eq!(again["name"], "Ana García");

    let mails = smtp.wait_for(1).await;
    assert_eq!(mails[0].to, ["ana@visitor.example"]);
    desk.settled(&["sent"]).await;
    assert_eq!(smtp.mails().len(), 1, "a second registration sends no second welcome mail");
}

async fn a_ticket_reaches_the_teams_of_its_topic(ground: Ground) {
    let (desk, smtp) = with_mail(ground, &[]).await;

    let pricing =
        desk.post("/bot/v1/tickets", &json!({"topic": "Pricing", "description": "How much?"})).await;
    assert_eq!(
        (&pricing["result"], &pricing["topic"], &pricing["channels"]),
        (&json!("ok"), &json!("pricing"), &json!("email"))
    );
    assert_eq!(pricing["reference"], "T-000001");
    let mails = smtp.wait_for(1).await;
    assert_eq!(mails[0].to, ["team@desk.example"]);
    assert!(mails[0].data.contains("T-000001"));
    assert!(mails[0].data.contains("How much?"));

    let unknown =
        desk.post("/bot/v1/tickets", &json!({"topic": "refunds", "question": "Where is my money?"})).await;
    assert_eq!(unknown["topic"], "support", "an unknown topic is the default one");
    assert!(smtp.wait_for(2).await[1].data.contains("refunds"), "the team reads what was asked for");
}

async fn a_channel_without_a_secret_is_mimicked_as_mail_and_marked(ground: Ground) {
    let (desk, smtp) = with_mail(ground, &[]).await;

    let sales =
        desk.post("/bot/v1/tickets", &json!({"topic": "sales", "description": "A quote, please"})).await;
    assert_eq!(sales["channels"], "slack");
    assert_eq!(smtp.wait_for(1).await[0].to, ["team@desk.example"]);
    let sent = desk.settled(&["sent"]).await;
    let shown = desk.listed(&["notifications", "show", sent[0]["id"].as_str().expect("an id")]).await;
    assert_eq!(shown["attempts"][0]["mimicked"], true);
}

async fn without_a_mail_server_mail_is_captured_and_can_be_read(ground: Ground) {
    let desk = Frontdesk::with(ground, &[SOON]).await;

    desk.register("Ana", "ana@visitor.example").await;
    let sent = desk.settled(&["sent"]).await;
    let shown = desk.told(&["notifications", "show", sent[0]["id"].as_str().expect("an id")]).await;
    assert!(shown.contains("ana@visitor.example") && shown.contains("Ana"), "{shown}");
}

async fn a_thousand_equal_calls_at_once_make_one_user_and_one_welcome_mail(ground: Ground) {
    let (desk, smtp) = with_mail(ground, &[SOON]).await;
    let body = json!({"name": "Ana", "email": "ana@visitor.example", "phone": "+34600111222"}).to_string();

    let mut callers = tokio::task::JoinSet::new();
    for _ in 0..50 {
        let mut connection = desk.connect().await;
        let (head, body) = (desk.post_head("/bot/v1/users"), body.clone());
        callers.spawn(async move { call_many(&mut connection, &head, &body, 20).await });
    }
    let answers: Vec<Value> = callers.join_all().await.into_iter().flatten().collect();

    assert_eq!(answers.len(), 1_000);
    assert!(
        answers.iter().all(|answer| answer["result"] == "ok" && answer["user_id"] == answers[0]["user_id"])
    );
    assert_eq!(answers.iter().filter(|answer| answer["replayed"] == false).count(), 1);
    assert!((desk.metric("frontdesk_intake_calls_total", "replayed").await - 999.0).abs() < f64::EPSILON);
    smtp.wait_for(1).await;
    assert_eq!(desk.settled(&["sent"]).await.len(), 1);
    assert_eq!(smtp.mails().len(), 1);
}

async fn call_many(connection: &mut Connection, head: &str, body: &str, count: usize) -> Vec<Value> {
    let mut answers = Vec::new();
    for _ in 0..count {
        answers.push(connection.call(head, body.as_bytes()).await.expect("an answer").json());
    }
    answers
}

async fn an_equal_call_is_answered_again_and_not_taken_again(ground: Ground) {
    let desk = Frontdesk::start(ground).await;
    let ticket = json!({"topic": "pricing", "description": "How much?", "email": "ana@visitor.example"});

    let first = desk.post("/bot/v1/tickets", &ticket).await;
    let second = desk.post("/bot/v1/tickets", &ticket).await;
    assert_eq!((&second["replayed"], &second["created"]), (&json!(true), &json!(true)));
    assert_eq!(second["reference"], first["reference"]);
    assert_ne!(second["request_id"], first["request_id"]);

    let nobody = json!({"topic": "pricing", "description": "How much?"});
    let one = desk.post("/bot/v1/tickets", &nobody).await;
    let other = desk.post("/bot/v1/tickets", &nobody).await;
    assert_ne!(one["reference"], other["reference"], "two visitors may ask the same question");
}

async fn an_idempotency_key_is_bound_to_its_body(ground: Ground) {
    let desk = Frontdesk::start(ground).await;
    let head = format!("{}idempotency-key: order-7\r\n", desk.post_head("/bot/v1/tickets"));
    let mut connection = desk.connect().await;
    let body = json!({"topic": "pricing", "description": "How much?"}).to_string();

    let first = connection.call(&head, body.as_bytes()).await.expect("an answer").json();
    let again = connection.call(&head, body.as_bytes()).await.expect("an answer").json();
    assert_eq!((&again["replayed"], &again["reference"]), (&json!(true), &first["reference"]));
    let other =
        connection.call(&head, br#"{"description":"something else"}"#).await.expect("an answer").json();
    assert_eq!((&other["result"], &other["field"]), (&json!("invalid"), &json!("idempotency_key")));
}

async fn a_person_is_answered_in_its_language(ground: Ground) {
    let desk = Frontdesk::start(ground).await;
    let answer = desk
        .post("/bot/v1/users", &json!({"name": "Ana", "email": "ana@visitor.example", "language": "es-MX"}))
        .await;
    let message = answer["message"].as_str().expect("a sentence");
    assert!(
        message.contains("Ana") && message.contains("gracias") || message.contains("Gracias"),
        "{message}"
    );
}

async fn the_status_of_a_ticket_is_shown_to_its_person_only(ground: Ground) {
    let desk = Frontdesk::start(ground).await;
    let opened =
        desk.post("/bot/v1/tickets", &json!({"description": "Help", "email": "ana@visitor.example"})).await;
    let reference = opened["reference"].as_str().expect("a reference");

    let shown = desk.get(&format!("/bot/v1/tickets/{reference}?email=ANA@visitor.example")).await.json();
    assert_eq!((&shown["result"], &shown["status"]), (&json!("ok"), &json!("open")));

    desk.register("Eve", "eve@visitor.example").await;
    let mut refusals = Vec::new();
    for path in [
        format!("/bot/v1/tickets/{reference}"),
        format!("/bot/v1/tickets/{reference}?email=eve@visitor.example"),
        "/bot/v1/tickets/T-999999?email=ana@visitor.example".to_owned(),
        "/bot/v1/tickets/nonsense?email=ana@visitor.example".to_owned(),
    ] {
        let mut refusal = desk.get(&path).await.json();
        refusal["request_id"] = Value::Null;
        refusals.push(refusal);
    }
    assert_eq!(refusals[0]["result"], "invalid");
    assert!(refusals.windows(2).all(|pair| pair[0] == pair[1]), "{refusals:?}");
}

async fn the_topics_are_offered_for_a_bots_buttons(ground: Ground) {
    let desk = Frontdesk::start(ground).await;
    let topics = desk.get("/bot/v1/topics").await.json();
    assert_eq!(topics["titles"], json!(["Sales", "Pricing", "Support"]));
    assert_eq!(topics["topics"][1], json!({"slug": "pricing", "title": "Pricing"}));
}
