//! The command line beside a running server.

use serde_json::json;

use crate::{
    frontdesk::Frontdesk,
    ground::{Ground, on_every_ground},
};

on_every_ground! {
    a_key_is_rotated_without_a_gap_and_revoked
    a_call_in_quarantine_is_mended_and_released
    an_erased_user_leaves_nothing_behind
    users_are_imported_and_exported
    two_users_who_are_one_person_are_merged
    topics_and_channels_are_changed_while_the_server_runs
    the_first_admin_signs_in_and_a_token_opens_the_api
    simulated_visitors_are_all_answered
    a_database_is_filled_with_people_who_do_not_exist
    the_doctor_and_the_settings_in_force_are_shown
}

async fn a_key_is_rotated_without_a_gap_and_revoked(ground: Ground) {
    let desk = Frontdesk::start(ground).await;
    let next = desk.told(&["bot", "rotate", "test", "--key-only"]).await.trim().to_owned();
    let status = async |key: &str| {
        let head = format!("POST /bot/v1/users HTTP/1.1\r\nx-api-key: {key}\r\n");
        let call =
            desk.connect().await.call(&head, br#"{"email":"ana@visitor.example"}"#).await.expect("an answer");
        (call.status, call.json()["result"].as_str().expect("a verdict").to_owned())
    };
    assert_eq!(status(&next).await, (200, "ok".to_owned()), "a new key works at once");
    assert_eq!(status(&desk.key).await, (200, "ok".to_owned()), "the previous one lives on");
    assert_eq!(status("fd_nonsense").await, (401, "denied".to_owned()));

    desk.told(&["bot", "revoke", "test", "--previous"]).await;
    desk.wait_until("the revoked key is refused", async |desk| {
        status(&desk.key).await == (403, "denied".to_owned())
    })
    .await;
    assert_eq!(status(&next).await.0, 200);
}

async fn a_call_in_quarantine_is_mended_and_released(ground: Ground) {
    let desk = Frontdesk::start(ground).await;
    let refused = desk.post("/bot/v1/users", &json!({"name": "Ana", "email": "ana at visitor"})).await;
    assert_eq!((&refused["result"], &refused["field"]), (&json!("invalid"), &json!("email")));
    let id = refused["request_id"].as_str().expect("an id");

    desk.told(&["quarantine", "release", id, "--set", "email=ana@visitor.example"]).await;
    let known = desk.get("/bot/v1/users?email=ana@visitor.example").await.json();
    assert_eq!(known["name"], "Ana");
    assert!(!desk.command(&["quarantine", "discard", id]).await.status.success(), "it is not held any more");
}

async fn an_erased_user_leaves_nothing_behind(ground: Ground) {
    let desk = Frontdesk::start(ground).await;
    desk.post(
        "/bot/v1/tickets",
        &json!({"name": "Ana Rara", "email": "ana@visitor.example", "description": "Secreto"}),
    )
    .await;
    desk.told(&["users", "erase", "--email", "ana@visitor.example", "--yes"]).await;
    assert_eq!(desk.get("/bot/v1/users?email=ana@visitor.example").await.json()["user_id"], json!(null));
    let copy = desk.everything_stored().await;
    for personal in ["ana@visitor.example", "Ana Rara", "Secreto"] {
        assert!(!copy.windows(personal.len()).any(|window| window == personal.as_bytes()), "{personal}");
    }
}

async fn two_users_who_are_one_person_are_merged(ground: Ground) {
    let desk = Frontdesk::start(ground).await;
    for email in ["ana@visitor.example", "ana@work.example"] {
        let call = json!({ "name": "Ana", "email": email, "topic": "sales", "description": "Seats?" });
        desk.post("/bot/v1/tickets", &call).await;
    }
    let who =
        async |email: &str| desk.get(&format!("/bot/v1/users?email={email}")).await.json()["user_id"].clone();
    let kept = who("ana@visitor.example").await;
    let merge = ["users", "merge", "ana@work.example", "--into", "ana@visitor.example"];
    let preview = desk.told(&[&merge[..], &["--dry-run"]].concat()).await;
    assert!(preview.contains("1 identities, 1 tickets and 2 notifications go over"), "{preview}");
    assert_ne!(who("ana@work.example").await, kept, "nothing changed yet");
    assert_eq!(desk.command(&merge).await.status.code(), Some(2), "nobody can be asked here");
    desk.told(&[&merge[..], &["--yes"]].concat()).await;
    assert_eq!(who("ana@work.example").await, kept);
    let again = desk.command(&[&merge[..], &["--yes"]].concat()).await;
    assert!(
        !again.status.success() && String::from_utf8_lossy(&again.stderr).contains("itself"),
        "{again:?}"
    );
}

async fn users_are_imported_and_exported(ground: Ground) {
    let desk = Frontdesk::start(ground).await;
    let csv = "name,email,phone\nAna,ana@visitor.example,+34600111222\nBo,not an address,\n=1+1,eve@visitor.example,\n";
    std::fs::write(desk.path("people.csv"), csv).expect("a file");
    desk.command(&["users", "import", "people.csv", "--bot", "test"]).await;
    let rejected = std::fs::read_to_string(desk.path("people.rejected.csv")).expect("rejected rows");
    assert!(rejected.contains("not an address") && !rejected.contains("ana@visitor.example"), "{rejected}");

    let exported = desk.told(&["users", "export", "--format", "csv"]).await;
    assert!(exported.contains("ana@visitor.example") && exported.contains("'=1+1"), "{exported}");
    assert!(desk.notifications().await.is_empty(), "imported users get no welcome mail");
}

async fn topics_and_channels_are_changed_while_the_server_runs(ground: Ground) {
    let desk = Frontdesk::start(ground).await;
    desk.told(&["channel", "add", "legal-mail", "--kind", "email", "--target", "legal@desk.example"]).await;
    desk.told(&[
        "topic",
        "add",
        "legal",
        "--title",
        "Legal",
        "--alias",
        "contracts",
        "--channel",
        "legal-mail",
    ])
    .await;
    let opened = desk.post("/bot/v1/tickets", &json!({"topic": "Contracts", "description": "Help"})).await;
    assert_eq!((&opened["topic"], &opened["channels"]), (&json!("legal"), &json!("email")));
    desk.told(&["topic", "route", "legal", "legal-mail", "sales-slack"]).await;
    let opened = desk.post("/bot/v1/tickets", &json!({"topic": "legal", "description": "Help"})).await;
    assert_eq!(opened["channels"], "email, slack");
}

async fn the_first_admin_signs_in_and_a_token_opens_the_api(ground: Ground) {
    let desk = Frontdesk::start(ground).await;
    assert_eq!(desk.get("/admin/mail").await.status, 401);
    desk.add_admin("admin@desk.example").await;
    let token =
        desk.told(&["token", "add", "laptop", "--email", "admin@desk.example", "--scope", "read"]).await;
    let token = token.split_whitespace().find(|word| word.starts_with("fds_")).expect("a token").to_owned();
    let call = async |head: String, body: &str| {
        desk.connect().await.call(&head, body.as_bytes()).await.expect("an answer")
    };
    let tickets = format!("GET /api/v1/tickets HTTP/1.1\r\nauthorization: Bearer {token}\r\n");
    assert_eq!(call(tickets, "").await.status, 200);
    let form = "email=admin%40desk.example&password=correct+horse+battery";
    let signed_in = call("POST /admin/sign-in HTTP/1.1\r\n".to_owned(), form).await;
    let session =
        signed_in.header("set-cookie").and_then(|cookie| cookie.split(';').next()).expect("a session");
    let mail = format!("GET /admin/mail HTTP/1.1\r\ncookie: {session}\r\n");
    assert_eq!(call(mail, "").await.status, 200);
}

async fn simulated_visitors_are_all_answered(ground: Ground) {
    let desk = Frontdesk::start(ground).await;
    let said = desk.told(&["simulate", "--users", "20", "--rate", "200", "--key", &desk.key]).await;
    assert!(!said.is_empty());
    assert!(!desk.notifications().await.is_empty());
}

async fn a_database_is_filled_with_people_who_do_not_exist(ground: Ground) {
    let desk = Frontdesk::start(ground).await;
    let said = desk.told(&["seed", "--users", "60"]).await;
    assert_eq!(said.trim(), "60 users, 30 tickets and 120 notifications were made up");
    let all = desk.settled(&["sent", "failed", "unknown", "cancelled"]).await;
    assert_eq!(all.len(), 120, "nothing waits to be sent");
    let refused = desk.command(&["seed"]).await;
    assert_eq!(refused.status.code(), Some(2), "these might be real people");
    assert!(String::from_utf8_lossy(&refused.stderr).contains("--among-others"));
}

async fn the_doctor_and_the_settings_in_force_are_shown(ground: Ground) {
    let desk = Frontdesk::with(ground, &[("SMTP_URL", "smtps://robot:hunter2@mail.desk.example:465")]).await;
    let config = desk.told(&["config"]).await;
    assert!(config.contains("FRONTDESK__WELCOME__DELAY") && config.contains("60s"), "{config}");
    assert!(!config.contains("hunter2"), "secrets are masked");
    let doctor = desk.command(&["doctor"]).await;
    let said = String::from_utf8_lossy(&doctor.stdout).into_owned();
    assert!(said.to_lowercase().contains("smtp") && !said.contains("hunter2"), "{said}");
    assert!(desk.told(&["migrate", "status"]).await.contains("applied"));
}
