//! Who is told, when, and what instead.

use serde_json::{Value, json};

use crate::{
    frontdesk::Frontdesk,
    ground::{Ground, on_every_ground},
    support::smtp_server::{Act, Behaviour, SmtpServer},
};

on_every_ground! {
    what_fails_for_good_is_told_over_the_fallback_exactly_once
    what_falls_into_quiet_hours_waits_for_their_end
    a_preview_says_everything_and_leaves_nothing
    a_channel_is_tried_and_the_receipt_is_shown
}

/// A server whose channel `dead` leads to a mailbox that does not exist; team mail is captured.
async fn with_dead_channel(ground: Ground) -> (Frontdesk, SmtpServer) {
    let gone = Behaviour { recipient: Act::Say("550 5.1.1 no such user"), ..Behaviour::default() };
    let smtp = SmtpServer::start(gone).await;
    let url = smtp.url();
    let desk = Frontdesk::with(ground, &[("SMTP_URL", url.as_str())]).await;
    desk.told(&["channel", "add", "dead", "--kind", "email", "--target", "nobody@desk.example"]).await;
    (desk, smtp)
}

fn id(notification: &Value) -> &str {
    notification["id"].as_str().expect("an id")
}

async fn what_fails_for_good_is_told_over_the_fallback_exactly_once(ground: Ground) {
    let (desk, _smtp) = with_dead_channel(ground).await;
    desk.told(&["channel", "set", "dead", "--fallback", "team-email"]).await;
    desk.told(&["channel", "set", "team-email", "--fallback", "dead"]).await;
    desk.told(&["topic", "route", "pricing", "dead"]).await;
    desk.post("/bot/v1/tickets", &json!({"topic": "pricing", "description": "How much is it?"})).await;
    desk.wait_until("the team is told", async |desk| {
        desk.notifications().await.iter().any(|one| one["channel"] == "team-email" && one["status"] == "sent")
    })
    .await;
    let told = desk.notifications().await;
    let [fallback, first] = &told[..] else { panic!("one was told instead of the other: {told:?}") };
    assert_eq!((&first["channel"], &first["status"]), (&json!("dead"), &json!("failed")));

    let shown = desk.listed(&["notifications", "show", id(first)]).await;
    assert_eq!((&shown["fallback"], &shown["instead_of"]), (&fallback["id"], &json!(null)));
    let shown = desk.listed(&["notifications", "show", id(fallback)]).await;
    assert_eq!((&shown["fallback"], &shown["instead_of"]), (&json!(null), &first["id"]));
    let text = shown["captured_mail"]["text"].as_str().expect("the mail was captured");
    assert!(text.contains("How much is it?"), "{text}");

    desk.told(&["notifications", "retry", id(first)]).await;
    desk.settled(&["failed", "sent"]).await;
    assert_eq!(desk.notifications().await.len(), 2, "it is told elsewhere once");
}

/// The hour (UTC) that the server's clock shows.
async fn hour_now(desk: &Frontdesk) -> u8 {
    std::fs::write(desk.path("body.json"), r#"{"question": "When?"}"#).expect("the file is written");
    let shown = desk.listed(&["topic", "preview", "body.json"]).await;
    let due_at = shown["notifications"][0]["due_at"].as_str().expect("a time").to_owned();
    due_at[11..13].parse().expect("an hour")
}

async fn what_falls_into_quiet_hours_waits_for_their_end(ground: Ground) {
    let desk = Frontdesk::start(ground).await;
    // Quiet but for one minute, which is far from now.
    let end = format!("{:02}:00", (hour_now(&desk).await + 12) % 24);
    let quiet = format!("{}1-{end} UTC", &end[..4]);
    desk.told(&["channel", "set", "team-email", "--quiet-hours", &quiet]).await;
    desk.post("/bot/v1/tickets", &json!({"topic": "pricing", "description": "How much?"})).await;
    let end = format!("T{end}:00Z");
    desk.wait_until("its due time has moved", async |desk| {
        let due_at = desk.notifications().await[0]["due_at"].clone();
        due_at.as_str().is_some_and(|due_at| due_at.ends_with(&end))
    })
    .await;
    assert_eq!(desk.notifications().await[0]["status"], "scheduled");

    desk.told(&["channel", "set", "team-email", "--quiet-hours", "off"]).await;
    desk.told(&["notifications", "retry", id(&desk.notifications().await[0])]).await;
    desk.settled(&["sent"]).await;
}

async fn a_preview_says_everything_and_leaves_nothing(ground: Ground) {
    let desk = Frontdesk::start(ground).await;
    let body =
        json!({"topic": "ventas", "question": "How much?", "name": "Ana", "email": "ana@visitor.example"});
    std::fs::write(desk.path("body.json"), body.to_string()).expect("the file is written");
    let shown = desk.listed(&["topic", "preview", "body.json"]).await;
    assert_eq!((&shown["result"], &shown["topic"]["slug"]), (&json!("ok"), &json!("sales")));
    assert_eq!(shown["readings"][1]["fate"], "taken");
    let [welcome, news] = &shown["notifications"].as_array().expect("a list")[..] else { panic!("{shown}") };
    assert_eq!((&welcome["channel"], &news["channel"]), (&json!("person"), &json!("sales-slack")));
    assert_eq!(news["is_secret_set"], false);
    assert!(news["wording"]["text"].as_str().expect("a text").contains("How much?"), "{news}");

    let printed = desk.told(&["topic", "preview", "body.json", "--bot", "test", "--path", "users"]).await;
    assert!(printed.contains("Ana, a new user"), "{printed}");
    assert!(!desk.command(&["topic", "preview", "body.json", "--bot", "nobody"]).await.status.success());

    assert_eq!(desk.notifications().await, Vec::<Value>::new());
    assert_eq!(desk.listed(&["quarantine", "list"]).await, json!([]));
    assert_eq!(desk.get("/bot/v1/users?email=ana@visitor.example").await.json()["user_id"], json!(null));
    let opened = desk.post("/bot/v1/tickets", &body).await;
    assert_eq!(opened["reference"], "T-000001", "not even a number was taken");
}

async fn a_channel_is_tried_and_the_receipt_is_shown(ground: Ground) {
    let (desk, smtp) = with_dead_channel(ground).await;
    let receipt = desk.command(&["channel", "test", "dead", "--json"]).await;
    assert_eq!(receipt.status.code(), Some(1));
    let receipt: Value = serde_json::from_slice(&receipt.stdout).expect("JSON");
    assert_eq!((&receipt["outcome"], &receipt["code"]), (&json!("permanent"), &json!(550)));

    smtp.set_behaviour(Behaviour::default()).await;
    assert_eq!(desk.listed(&["channel", "test", "dead"]).await["outcome"], "sent");
    assert_eq!(smtp.mails()[0].to, ["nobody@desk.example"]);
    assert!(!desk.command(&["channel", "test", "person"]).await.status.success(), "there is nobody to tell");
    assert_eq!(desk.notifications().await, Vec::<Value>::new());
}
