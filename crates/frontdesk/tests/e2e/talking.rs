//! People write in their chats, and agents answer.

use serde_json::{Value, json};

use crate::{
    frontdesk::Frontdesk,
    ground::{Ground, on_every_ground},
    http::Response,
    landbot::{FakeLandbot, Resumed, Said, TOKEN, too_many_requests},
    service::{Reply, Service},
};

on_every_ground! {
    a_message_in_the_chat_is_shown_on_its_ticket_once
    an_answer_without_a_token_goes_by_mail_once
    a_hook_is_renewed_and_asks_for_its_token
    a_team_hears_of_a_visitor_and_its_answer_reaches_the_chat_once
    a_chat_knows_how_its_ticket_stands_and_goes_on_when_it_is_resolved
}

const AGENT: &str = "agent@desk.example";
const CUSTOMER: u64 = 500_000_001;

fn said(sender: &str, text: &str) -> Value {
    json!({ "messages": [{
        "type": "text",
        "timestamp": 1_769_585_430.123_456,
        "data": { "body": text },
        "sender": { "id": 500_000_001, "type": sender },
        "customer": { "id": 500_000_001, "name": "Ana" },
        "channel": { "id": 8, "type": "landbot" },
    }] })
}

/// The path at which the conversations of the bot are delivered.
async fn hook(desk: &Frontdesk) -> String {
    let url = desk.told(&["bot", "hook", "test"]).await;
    let path = url.find("/bot/v1/messages/").expect("the address of the hook");
    url[path..].trim().to_owned()
}

async fn deliver(desk: &Frontdesk, hook: &str, headers: &str, body: &Value) -> Response {
    let head = format!("POST {hook} HTTP/1.1\r\nuser-agent: landbot/webhooks\r\n{headers}");
    desk.connect().await.call(&head, body.to_string().as_bytes()).await.expect("an answer")
}

/// Ana opens a ticket from her chat; answers its reference.
async fn ask(desk: &Frontdesk) -> String {
    let call = json!({
        "name": "Ana", "email": "ana@visitor.example", "customer_id": 500_000_001,
        "topic": "pricing", "description": "How much is it?",
    });
    let answer = desk.post("/bot/v1/tickets", &call).await;
    answer["reference"].as_str().expect("a reference").to_owned()
}

/// An agent's program says that a ticket is done.
async fn resolve(desk: &Frontdesk, reference: &str) {
    let added = desk.told(&["token", "add", "test", "--email", AGENT, "--scope", "write"]).await;
    let token = added.split_whitespace().find(|word| word.starts_with("fds_")).expect("a token");
    let head = format!(
        "PATCH /api/v1/tickets/{reference} HTTP/1.1\r\nauthorization: Bearer {token}\r\ncontent-type: application/json\r\n"
    );
    let body = json!({ "status": "resolved" }).to_string();
    let answer = desk.connect().await.call(&head, body.as_bytes()).await.expect("an answer");
    assert_eq!(answer.status, 200, "{answer:?}");
}

/// What was written on a ticket, in its order: by whom and what.
async fn messages(desk: &Frontdesk, reference: &str) -> Vec<(Value, Value)> {
    let shown = desk.listed(&["tickets", "show", reference]).await;
    let events = shown["timeline"].as_array().expect("a timeline");
    let messages = events.iter().filter(|event| event["event"] == "message");
    messages.map(|message| (message["author"].clone(), message["text"].clone())).collect()
}

async fn a_message_in_the_chat_is_shown_on_its_ticket_once(ground: Ground) {
    let desk = Frontdesk::start(ground).await;
    let (hook, reference) = (hook(&desk).await, ask(&desk).await);
    for _ in 0..2 {
        let taken = deliver(&desk, &hook, "sentry-trace: a-1-0\r\n", &said("customer", "And when?")).await;
        assert_eq!((taken.status, &taken.json()["result"]), (200, &json!("ok")), "{taken:?}");
    }
    deliver(&desk, &hook, "sentry-trace: b-1-0\r\n", &said("bot", "I am only a bot.")).await;
    deliver(&desk, &hook, "sentry-trace: c-1-0\r\n", &said("agent", "Tomorrow.")).await;
    let expected = [("person", "And when?"), ("agent", "Tomorrow.")];
    assert_eq!(messages(&desk, &reference).await, expected.map(|(by, text)| (json!(by), json!(text))));
    let printed = desk.told(&["tickets", "show", &reference]).await;
    assert!(printed.contains("How much is it?") && printed.contains("And when?"), "{printed}");
    assert!(desk.told(&["tickets", "list", "--topic", "pricing"]).await.contains(&reference));

    desk.told(&["users", "erase", "--email", "ana@visitor.example", "--yes"]).await;
    assert_eq!(messages(&desk, &reference).await, []);
}

async fn an_answer_without_a_token_goes_by_mail_once(ground: Ground) {
    let desk = Frontdesk::start(ground).await;
    desk.add_admin(AGENT).await;
    let (hook, reference) = (hook(&desk).await, ask(&desk).await);
    let reply = ["tickets", "reply", &reference, "50 € a month.", "--as", AGENT, "--key", "once"];
    let told = desk.told(&reply).await;
    assert!(told.contains("by mail, as no token for Landbot is set"), "{told}");
    assert!(desk.told(&reply).await.contains("taken before"));
    let unknown = desk.command(&["tickets", "reply", "T-000099", "Hi", "--as", AGENT]).await;
    assert!(!unknown.status.success());

    let replies = async |desk: &Frontdesk| {
        let all = desk.notifications().await;
        all.into_iter().filter(|one| one["purpose"] == "reply").collect::<Vec<_>>()
    };
    desk.wait_until("the reply is sent", async |desk| {
        replies(desk).await.first().is_some_and(|reply| reply["status"] == "sent")
    })
    .await;
    let [reply] = &replies(&desk).await[..] else { panic!("it is sent once") };
    let shown = desk.listed(&["notifications", "show", reply["id"].as_str().expect("an id")]).await;
    let mail = &shown["captured_mail"];
    assert_eq!(mail["recipient"], "ana@visitor.example");
    assert!(mail["text"].as_str().expect("a text").contains("50 € a month."), "{mail}");

    let shown = desk.listed(&["tickets", "show", &reference]).await;
    assert_eq!(shown["status"], "pending");
    deliver(&desk, &hook, "", &said("customer", "Thank you!")).await;
    let shown = desk.listed(&["tickets", "show", &reference]).await;
    assert_eq!(shown["status"], "open", "the person wrote again");
}

async fn a_hook_is_renewed_and_asks_for_its_token(ground: Ground) {
    let desk = Frontdesk::start(ground).await;
    let (old, reference) = (hook(&desk).await, ask(&desk).await);
    desk.told(&["bot", "hook", "test", "--renew"]).await;
    let new = hook(&desk).await;
    let set = desk.command_with_input(&["bot", "hook", "test", "--token-stdin"], "a secret\n").await;
    assert!(set.status.success(), "{set:?}");
    let token = "authorization: Token a secret\r\n";
    for (hook, headers, status) in [(&old, token, 401), (&new, "", 401), (&new, token, 200)] {
        let answer = deliver(&desk, hook, headers, &said("customer", "Hello")).await;
        assert_eq!(answer.status, status, "{hook} {headers}");
    }
    assert_eq!(messages(&desk, &reference).await.len(), 1);
}

/// The way of an answer: the chat is the bot's at first (412, so it is taken over), and Landbot is busy (429) before that.
async fn a_team_hears_of_a_visitor_and_its_answer_reaches_the_chat_once(ground: Ground) {
    let slack = Service::that(Reply::new(200, "ok")).await;
    let landbot = FakeLandbot::with(&[CUSTOMER]).await;
    landbot.meets_texts_with([too_many_requests(1)]);
    let (webhook, api) = (slack.url("/services/T0/B0/x"), landbot.url());
    let settings = [
        ("SLACK_SALES_WEBHOOK_URL", webhook.as_str()),
        ("LANDBOT_API_URL", api.as_str()),
        ("LANDBOT_API_TOKEN", TOKEN),
    ];
    let desk = Frontdesk::with(ground, &settings).await;
    desk.add_admin(AGENT).await;
    let call = json!({ "name": "Ana", "email": "ana@visitor.example", "customer_id": CUSTOMER, "topic": "sales",
        "description": "Do you sell boats?" });
    let reference = desk.post("/bot/v1/tickets", &call).await["reference"].clone();
    let reference = reference.as_str().expect("a reference");
    let told = slack.wait_for(1).await[0].json().to_string();
    assert!(told.contains(reference) && told.contains("Do you sell boats?"), "{told}");

    let reply = ["tickets", "reply", reference, "Yes, ten of them.", "--as", AGENT, "--key", "once"];
    desk.told(&reply).await;
    desk.told(&reply).await;
    desk.wait_until("the answer is in the chat", async |desk| {
        let all = desk.notifications().await;
        all.iter().any(|one| one["purpose"] == "reply" && one["status"] == "sent")
    })
    .await;
    assert_eq!(landbot.said(), [Said { customer: CUSTOMER, text: "Yes, ten of them.".to_owned() }]);

    let hook = hook(&desk).await;
    deliver(&desk, &hook, "sentry-trace: echo-1-0\r\n", &said("agent", "Yes, ten of them.")).await;
    deliver(&desk, &hook, "sentry-trace: more-1-0\r\n", &said("customer", "I take two.")).await;
    let expected = [("agent", "Yes, ten of them."), ("person", "I take two.")];
    let mut written = messages(&desk, reference).await;
    written.sort_by_key(|(by, _)| by.to_string());
    assert_eq!(
        written,
        expected.map(|(by, text)| (json!(by), json!(text))),
        "an echo is not a second message"
    );
    assert_eq!(landbot.said().len(), 1);
}

async fn a_chat_knows_how_its_ticket_stands_and_goes_on_when_it_is_resolved(ground: Ground) {
    let landbot = FakeLandbot::with(&[CUSTOMER]).await;
    let api = landbot.url();
    let settings = [("LANDBOT_API_URL", api.as_str()), ("LANDBOT_API_TOKEN", TOKEN)];
    let desk = Frontdesk::with(ground, &settings).await;
    desk.add_admin(AGENT).await;
    let set = [
        "topic",
        "set",
        "pricing",
        "--landbot-reference-field",
        "@ticket_ref",
        "--landbot-status-field",
        "ticket_status",
        "--landbot-resume-at",
        "1010178/Nkqgn6xkf",
    ];
    let said = desk.told(&set).await;
    assert!(said.contains("@ticket_ref is given the reference"), "{said}");

    let reference = ask(&desk).await;
    let is = async |status: &'static str| {
        let known = || landbot.field(CUSTOMER, "ticket_status") == Some(json!(status));
        desk.wait_until("the chat knows the status", async |_| known()).await;
    };
    is("open").await;
    assert_eq!(landbot.field(CUSTOMER, "ticket_ref"), Some(json!(reference)));
    desk.told(&["tickets", "reply", &reference, "50 € a month.", "--as", AGENT, "--key", "once"]).await;
    is("pending").await;
    assert_eq!(landbot.resumed(), []);

    resolve(&desk, &reference).await;
    desk.wait_until("the flow goes on", async |_| !landbot.resumed().is_empty()).await;
    assert_eq!(
        landbot.field(CUSTOMER, "ticket_status"),
        Some(json!("resolved")),
        "written before it goes on"
    );
    let node = Some("Nkqgn6xkf".to_owned());
    assert_eq!(landbot.resumed(), [Resumed { customer: CUSTOMER, bot: 1_010_178, node }]);
}
