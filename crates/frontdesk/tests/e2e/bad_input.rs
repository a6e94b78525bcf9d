//! Careless bots and hostile visitors: always an answer, never a lost call, never a mail header changed.

use serde_json::json;

use crate::{
    frontdesk::Frontdesk,
    ground::{Ground, on_every_ground},
    support::smtp_server::{Behaviour, SmtpServer},
};

on_every_ground! {
    what_cannot_be_read_is_invalid_and_kept_in_quarantine
    placeholders_lists_and_numbers_are_read_as_landbot_means_them
    a_body_over_the_limit_is_refused_with_the_flat_answer
    no_visitor_can_write_a_mail_header
    long_right_to_left_and_emoji_names_arrive
    two_identities_of_two_people_are_taken_for_the_first_and_noted
    too_many_calls_are_told_to_slow_down
}

async fn what_cannot_be_read_is_invalid_and_kept_in_quarantine(ground: Ground) {
    let desk = Frontdesk::start(ground).await;
    for body in [&b"{\"name\": \"Ana"[..], b"[1, 2]", b"\xff\xfe\x00", b"\"text\""] {
        let response = desk.post_raw("/bot/v1/users", body).await;
        assert_eq!(response.status, 200, "{response:?}");
        let answer = response.json();
        assert_eq!((&answer["result"], &answer["field"]), (&json!("invalid"), &json!(null)), "{body:?}");
    }
    let held = desk.listed(&["quarantine", "list"]).await;
    assert_eq!(held.as_array().expect("a list").len(), 4);
}

async fn placeholders_lists_and_numbers_are_read_as_landbot_means_them(ground: Ground) {
    let desk = Frontdesk::start(ground).await;
    let answer = desk
        .post(
            "/bot/v1/users",
            &json!({"Full-Name": "['Ana', 'María']", "phone": 34_600_111_222_u64, "email": "@email"}),
        )
        .await;
    assert_eq!((&answer["result"], &answer["name"]), (&json!("ok"), &json!("Ana, María")));

    let nobody = desk
        .post("/bot/v1/users", &json!({"name": "Visitor #1", "email": "@{email}", "phone": "None"}))
        .await;
    assert_eq!((&nobody["result"], &nobody["field"]), (&json!("invalid"), &json!("email")));
}

async fn a_body_over_the_limit_is_refused_with_the_flat_answer(ground: Ground) {
    let desk = Frontdesk::start(ground).await;
    let response = desk.post_raw("/bot/v1/users", &vec![b'x'; 1_000_000]).await;
    assert_eq!(response.status, 413);
    assert_eq!(response.json()["result"], "invalid");
    assert_eq!(desk.register("Ana", "ana@visitor.example").await["result"], "ok");
}

async fn no_visitor_can_write_a_mail_header(ground: Ground) {
    let smtp = SmtpServer::start(Behaviour::default()).await;
    let url = smtp.url();
    let settings = [
        ("SMTP_URL", url.as_str()),
        ("FRONTDESK__MAIL__TEAM_TO", "team@desk.example"),
        ("FRONTDESK__WELCOME__DELAY", "500ms"),
    ];
    let desk = Frontdesk::with(ground, &settings).await;

    let hostile = "Ana\r\nBcc: victim@elsewhere.example\r\n\r\nbuy now";
    desk.post(
        "/bot/v1/tickets",
        &json!({"name": hostile, "email": "ana@visitor.example", "topic": hostile, "description": "x"}),
    )
    .await;
    for mail in smtp.wait_for(2).await {
        let headers = mail.data.split("\r\n\r\n").next().expect("a header");
        assert!(!headers.lines().any(|line| line.to_lowercase().starts_with("bcc:")), "{headers}");
        assert!(!mail.to.iter().any(|to| to.contains("victim")));
    }
    let refused = desk
        .post("/bot/v1/users", &json!({"email": "ana@visitor.example\r\nBcc: victim@elsewhere.example"}))
        .await;
    assert_eq!((&refused["result"], &refused["field"]), (&json!("invalid"), &json!("email")));
}

async fn long_right_to_left_and_emoji_names_arrive(ground: Ground) {
    let desk = Frontdesk::start(ground).await;
    for (n, name) in ["محمد بن سلمان", "👩‍👩‍👧‍👦 Ana", "Zoë\u{301}"].into_iter().enumerate()
    {
        let answer = desk.register(name, &format!("person{n}@visitor.example")).await;
        assert_eq!(answer["name"], name);
    }
    let long = desk.register(&"ñ".repeat(10_000), "long@visitor.example").await;
    assert_eq!(long["name"].as_str().expect("a name").chars().count(), 200);
}

async fn two_identities_of_two_people_are_taken_for_the_first_and_noted(ground: Ground) {
    let desk = Frontdesk::start(ground).await;
    let ana = desk.register("Ana", "ana@visitor.example").await;
    let bo = desk.post("/bot/v1/users", &json!({"name": "Bo", "phone": "+34600111222"})).await;
    let both =
        desk.post("/bot/v1/users", &json!({"email": "ana@visitor.example", "phone": "+34600111222"})).await;
    assert_eq!(both["user_id"], ana["user_id"]);
    let exported = desk.listed(&["users", "export", "--id", bo["user_id"].as_str().expect("an id")]).await;
    assert!(
        exported.to_string().contains(ana["user_id"].as_str().expect("an id")),
        "the clash is on the timeline"
    );
}

async fn too_many_calls_are_told_to_slow_down(ground: Ground) {
    let desk = Frontdesk::with(ground, &[("FRONTDESK__INTAKE__RATE_LIMIT", "1")]).await;
    let mut limited = None;
    for n in 0..10 {
        let response = desk.post_raw("/bot/v1/users", format!("email=p{n}@visitor.example").as_bytes()).await;
        if response.status == 429 {
            limited = Some(response);
            break;
        }
    }
    let limited = limited.expect("the eleventh call in a second is over a rate of 1/s");
    assert_eq!(limited.json()["result"], "retry");
    assert!(
        limited.header("retry-after").is_some_and(|seconds| seconds.parse::<u32>().is_ok_and(|s| s >= 1))
    );
}
