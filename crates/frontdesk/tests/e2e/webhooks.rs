//! Programs of others: receivers of signed webhooks, and Landbot.

use serde_json::{Value, json};

use crate::{
    frontdesk::Frontdesk,
    ground::{Ground, on_every_ground},
    landbot::{FakeLandbot, TOKEN},
    service::{Reply, Service},
};

on_every_ground! {
    a_ticket_arrives_at_a_webhook_signed
    a_typed_url_that_leads_inside_is_not_called
    without_a_secret_mail_takes_the_place_of_a_webhook
    doctor_tells_a_good_landbot_token_from_a_bad_one
}

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/// A desk with one ticket for the webhook `target`.
async fn ticket_for(ground: Ground, target: &str, settings: &[(&str, &str)]) -> Frontdesk {
    let desk = Frontdesk::with(ground, settings).await;
    desk.told(&["channel", "add", "crm", "--kind", "webhook", "--target", target]).await;
    desk.told(&["topic", "add", "deals", "--title", "Deals", "--channel", "crm"]).await;
    let call = json!({"topic": "deals", "description": "A boat, please", "email": "ana@visitor.example"});
    desk.post("/bot/v1/tickets", &call).await;
    desk
}

/// The attempts of the notification of the ticket, once one has ended.
async fn attempts(desk: &Frontdesk) -> Vec<Value> {
    let shown = async |desk: &Frontdesk| {
        let all = desk.notifications().await;
        let told = all.iter().find(|one| one["channel"] == "crm").expect("the channel is told");
        desk.listed(&["notifications", "show", told["id"].as_str().expect("an id")]).await["attempts"].clone()
    };
    desk.wait_until("an attempt has ended", async |desk| !shown(desk).await[0]["outcome"].is_null()).await;
    shown(desk).await.as_array().expect("attempts").clone()
}

async fn a_ticket_arrives_at_a_webhook_signed(ground: Ground) {
    let crm = Service::that(Reply::new(204, "")).await;
    let url = crm.url("/hooks/desk");
    let settings = [("CRM_WEBHOOK_URL", url.as_str()), ("CRM_WEBHOOK_URL_SECRET", SECRET)];
    let desk = ticket_for(ground, "env:CRM_WEBHOOK_URL", &settings).await;

    let call = crm.wait_for(1).await[0].clone();
    let event = call.json();
    assert_eq!((&event["type"], &event["version"]), (&json!("ticket.opened"), &json!(1)));
    assert_eq!(event["data"]["ticket"]["description"], "A boat, please");
    assert_eq!(event["data"]["user"]["email"], "ana@visitor.example");
    assert!(call.header("webhook-signature").is_some_and(|signature| signature.starts_with("v1,")));

    let attempts = attempts(&desk).await;
    assert_eq!((attempts.len(), &attempts[0]["outcome"]), (1, &json!("sent")), "{attempts:?}");
    let told = desk.notifications().await.into_iter().find(|one| one["channel"] == "crm");
    assert_eq!(told.expect("it is listed")["id"].as_str(), call.header("webhook-id"));
    assert!(!desk.log().contains(SECRET));
}

async fn a_typed_url_that_leads_inside_is_not_called(ground: Ground) {
    let inside = Service::that(Reply::new(204, "")).await;
    let url = inside.url("/").replace("http://127.0.0.1", "https://localhost");
    let settings = [("FRONTDESK__WEBHOOK__SECRET", SECRET)];
    let desk = ticket_for(ground, &url, &settings).await;
    let attempts = attempts(&desk).await;
    assert_eq!((attempts.len(), &attempts[0]["outcome"]), (1, &json!("permanent")), "{attempts:?}");
    assert_eq!(attempts[0]["answer"], "the URL leads to no public address");
    assert_eq!(inside.connections(), 0);
}

async fn without_a_secret_mail_takes_the_place_of_a_webhook(ground: Ground) {
    let crm = Service::that(Reply::new(204, "")).await;
    let url = crm.url("/");
    let desk = ticket_for(ground, "env:CRM_WEBHOOK_URL", &[("CRM_WEBHOOK_URL", url.as_str())]).await;
    let attempts = attempts(&desk).await;
    assert_eq!((&attempts[0]["outcome"], &attempts[0]["mimicked"]), (&json!("sent"), &json!(true)));
    assert!(crm.received().is_empty(), "nothing goes out unsigned");
    let channels = desk.listed(&["channel", "list"]).await;
    let listed = channels.as_array().expect("channels").iter().find(|one| one["name"] == "crm");
    assert_eq!(listed.expect("it is listed")["mimicked"], true);
}

async fn doctor_tells_a_good_landbot_token_from_a_bad_one(ground: Ground) {
    let landbot = FakeLandbot::with(&[]).await;
    let url = landbot.url();
    for (token, said) in [(TOKEN, "takes the token"), ("another-token", "Landbot answered 401")] {
        let settings = [("LANDBOT_API_URL", url.as_str()), ("LANDBOT_API_TOKEN", token)];
        let desk = Frontdesk::unstarted(ground, &settings).await;
        let output = desk.command(&["doctor"]).await;
        let printed = String::from_utf8(output.stdout).expect("text");
        let line = printed.lines().find(|line| line.contains(" landbot ")).expect("a finding");
        assert!(line.contains(said) && !printed.contains(token), "{printed}");
    }
}
