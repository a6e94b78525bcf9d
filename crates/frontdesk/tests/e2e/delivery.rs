//! What becomes of a notification when the mail server does not do as it should.

use serde_json::{Value, json};

use crate::{
    frontdesk::Frontdesk,
    ground::{Ground, on_every_ground},
    support::smtp_server::{Act, Behaviour, SmtpServer},
};

on_every_ground! {
    a_server_that_refuses_connections_is_tried_again
    a_server_that_is_busy_is_tried_again
    a_greylisted_recipient_is_tried_again
    a_server_that_closes_after_data_leaves_the_fate_unknown_and_gets_a_marked_copy
    a_recipient_that_does_not_exist_fails_at_once
    attempts_that_are_used_up_fail_and_a_person_can_retry
    a_cancelled_notification_is_not_sent
    a_slow_channel_delays_no_other
}

/// So many retries that a test has mended the mail server before the last.
fn many_waits() -> String {
    vec!["300ms"; 100].join(",")
}

/// A server with one ticket mail to deliver, which is tried again after these waits.
async fn one_mail_to(ground: Ground, behaviour: Behaviour, waits: &str) -> (Frontdesk, SmtpServer) {
    let smtp = SmtpServer::start(behaviour).await;
    let url = smtp.url();
    let settings = [
        ("SMTP_URL", url.as_str()),
        ("FRONTDESK__MAIL__TEAM_TO", "team@desk.example"),
        ("FRONTDESK__RETRY__EMAIL__WAITS", waits),
        ("FRONTDESK__RETRY__EMAIL__UNKNOWN_RETRIES", "100"),
    ];
    let desk = Frontdesk::with(ground, &settings).await;
    desk.post("/bot/v1/tickets", &json!({"topic": "pricing", "description": "How much?"})).await;
    (desk, smtp)
}

async fn attempts(desk: &Frontdesk) -> Vec<Value> {
    let notifications = desk.notifications().await;
    let id = notifications[0]["id"].as_str().expect("an id").to_owned();
    desk.listed(&["notifications", "show", &id]).await["attempts"].as_array().expect("attempts").clone()
}

/// Waits for the first attempt's outcome.
async fn first_outcome(desk: &Frontdesk) -> Value {
    desk.wait_until("an attempt has ended", async |desk| {
        attempts(desk).await.first().is_some_and(|attempt| !attempt["outcome"].is_null())
    })
    .await;
    attempts(desk).await[0].clone()
}

async fn becomes_sent_when_mended(ground: Ground, behaviour: Behaviour, first: &str, code: Option<u16>) {
    let (desk, smtp) = one_mail_to(ground, behaviour, &many_waits()).await;
    let attempt = first_outcome(&desk).await;
    assert_eq!((&attempt["outcome"], &attempt["code"]), (&json!(first), &json!(code)), "{attempt}");
    smtp.set_behaviour(Behaviour::default()).await;
    desk.settled(&["sent"]).await;
    assert!(!smtp.mails().is_empty());
}

async fn a_server_that_refuses_connections_is_tried_again(ground: Ground) {
    becomes_sent_when_mended(ground, Behaviour { listens: false, ..Behaviour::default() }, "temporary", None)
        .await;
}

async fn a_server_that_is_busy_is_tried_again(ground: Ground) {
    let busy = Behaviour { greeting: Act::SayAndClose("421 4.3.2 try later"), ..Behaviour::default() };
    becomes_sent_when_mended(ground, busy, "temporary", Some(421)).await;
}

async fn a_greylisted_recipient_is_tried_again(ground: Ground) {
    let greylist = Behaviour { recipient: Act::Say("450 4.2.0 greylisted"), ..Behaviour::default() };
    becomes_sent_when_mended(ground, greylist, "temporary", Some(450)).await;
}

async fn a_server_that_closes_after_data_leaves_the_fate_unknown_and_gets_a_marked_copy(ground: Ground) {
    let (desk, smtp) =
        one_mail_to(ground, Behaviour { message: Act::Close, ..Behaviour::default() }, &many_waits()).await;
    assert_eq!(first_outcome(&desk).await["outcome"], "unknown");
    smtp.set_behaviour(Behaviour::default()).await;
    desk.settled(&["sent"]).await;

    let mails = smtp.mails();
    let last = mails.last().expect("a mail");
    let message_id =
        |data: &str| data.lines().find(|line| line.starts_with("Message-ID:")).map(str::to_owned);
    assert!(
        mails.iter().all(|mail| message_id(&mail.data) == message_id(&last.data)),
        "copies carry one Message-ID"
    );
    assert!(last.data.contains("X-Frontdesk-Possible-Duplicate"));
}

async fn a_recipient_that_does_not_exist_fails_at_once(ground: Ground) {
    let gone = Behaviour { recipient: Act::Say("550 5.1.1 no such user"), ..Behaviour::default() };
    let (desk, _smtp) = one_mail_to(ground, gone, &many_waits()).await;
    assert_eq!(desk.settled(&["failed"]).await.len(), 1);
    let tried = attempts(&desk).await;
    assert_eq!((tried.len(), &tried[0]["code"]), (1, &json!(550)));
}

async fn attempts_that_are_used_up_fail_and_a_person_can_retry(ground: Ground) {
    let (desk, smtp) =
        one_mail_to(ground, Behaviour { listens: false, ..Behaviour::default() }, "300ms,300ms,300ms").await;
    let failed = desk.settled(&["failed"]).await;
    assert_eq!(attempts(&desk).await.len(), 4, "three waits allow four attempts");

    smtp.set_behaviour(Behaviour::default()).await;
    desk.told(&["notifications", "retry", failed[0]["id"].as_str().expect("an id")]).await;
    desk.settled(&["sent"]).await;
    assert_eq!(smtp.mails().len(), 1);
}

async fn a_cancelled_notification_is_not_sent(ground: Ground) {
    let smtp = SmtpServer::start(Behaviour::default()).await;
    let url = smtp.url();
    let desk =
        Frontdesk::with(ground, &[("SMTP_URL", url.as_str()), ("FRONTDESK__WELCOME__DELAY", "3s")]).await;
    desk.register("Ana", "ana@visitor.example").await;
    let planned = desk.notifications().await;
    desk.told(&["notifications", "cancel", planned[0]["id"].as_str().expect("an id")]).await;

    desk.post("/bot/v1/users", &json!({"name": "Bo", "email": "bo@visitor.example"})).await;
    assert_eq!(smtp.wait_for(1).await[0].to, ["bo@visitor.example"], "what was due before was left out");
    desk.settled(&["sent", "cancelled"]).await;
    assert_eq!(smtp.mails().len(), 1);
}

async fn a_slow_channel_delays_no_other(ground: Ground) {
    let smtp = SmtpServer::start(Behaviour { greeting: Act::Hang, ..Behaviour::default() }).await;
    let url = smtp.url();
    let settings = [("SMTP_URL", url.as_str()), ("FRONTDESK__WORKER__CONCURRENCY", "4")];
    let desk = Frontdesk::with(ground, &settings).await;
    // The team's mail is captured, as it has no address; the persons' mail server hangs.
    desk.told(&["channel", "add", "elsewhere", "--kind", "email", "--target", "hanging@desk.example"]).await;
    desk.told(&["topic", "add", "slow", "--title", "Slow", "--channel", "elsewhere"]).await;
    for n in 0..20 {
        desk.post("/bot/v1/tickets", &json!({"topic": "slow", "description": format!("Question {n}")})).await;
    }
    desk.wait_until("attempts hang", async |_| smtp.connections() > 0).await;

    desk.post("/bot/v1/tickets", &json!({"topic": "pricing", "description": "How much?"})).await;
    desk.wait_until("the other channel's notification is sent", async |desk| {
        desk.notifications().await.iter().any(|one| one["channel"] == "team-email" && one["status"] == "sent")
    })
    .await;
    assert!(
        !desk
            .notifications()
            .await
            .iter()
            .any(|one| one["channel"] == "elsewhere" && one["status"] == "sent")
    );
}
