//! Processes that are killed lose nothing that was answered `ok`.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::{
    frontdesk::Frontdesk,
    ground::{Ground, on_every_ground},
    http::Connection,
    support::smtp_server::{Behaviour, ReceivedMail, SmtpServer},
};

on_every_ground! {
    a_kill_in_the_middle_of_calls_and_deliveries_loses_nothing
    timers_survive_a_kill
}

const CALLS: usize = 10_000;
const CONNECTIONS: usize = 16;

/// Registers persons over one connection until there are no more or the server dies; answers who was answered `ok`.
async fn register_many(mut connection: Connection, head: String, persons: Vec<usize>) -> Vec<usize> {
    let mut taken = Vec::new();
    for person in persons {
        let body = json!({"name": format!("Person {person}"), "email": format!("p{person}@visitor.example")})
            .to_string();
        match connection.call(&head, body.as_bytes()).await {
            Ok(answer) if answer.json()["result"] == "ok" => taken.push(person),
            Ok(_) => {}
            Err(_) => break,
        }
    }
    taken
}

fn addressees(mails: &[ReceivedMail]) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for mail in mails {
        *counts.entry(mail.to[0].clone()).or_default() += 1;
    }
    counts
}

/// The addresses of all users, from the program's own export.
async fn exported(desk: &Frontdesk) -> BTreeSet<String> {
    let lines = desk.told(&["users", "export", "--format", "jsonl"]).await;
    let users = lines.lines().map(|line| serde_json::from_str::<Value>(line).expect("a line of JSON"));
    users.filter_map(|user| user["email"].as_str().map(str::to_owned)).collect()
}

/// The notifications that stand at `status`.
async fn standing(desk: &Frontdesk, status: &str) -> Vec<Value> {
    let listed = desk.listed(&["notifications", "list", "--status", status, "--limit", "20000"]).await;
    listed.as_array().expect("a list").clone()
}

async fn a_kill_in_the_middle_of_calls_and_deliveries_loses_nothing(ground: Ground) {
    let smtp = SmtpServer::start(Behaviour::default()).await;
    let url = smtp.url();
    let mut desk =
        Frontdesk::with(ground, &[("SMTP_URL", url.as_str()), ("FRONTDESK__WELCOME__DELAY", "1s")]).await;

    let mut callers = tokio::task::JoinSet::new();
    for caller in 0..CONNECTIONS {
        let persons = (0..CALLS).filter(|person| person % CONNECTIONS == caller).collect();
        callers.spawn(register_many(desk.connect().await, desk.post_head("/bot/v1/users"), persons));
    }
    // By now a good thousand is taken, mails go out, and more calls and timers are under way.
    smtp.wait_for(100).await;
    desk.kill().await;
    let taken: Vec<usize> = callers.join_all().await.into_iter().flatten().collect();
    desk.run().await;

    let users = exported(&desk).await;
    let lost = taken.iter().filter(|person| !users.contains(&format!("p{person}@visitor.example"))).count();
    assert_eq!(lost, 0, "of {} calls answered ok", taken.len());

    desk.wait_until("every user has its welcome mail", async |_| {
        addressees(&smtp.mails()).len() >= users.len()
    })
    .await;
    desk.wait_until("every outcome is written", async |desk| {
        let waiting = [
            standing(desk, "queued").await,
            standing(desk, "scheduled").await,
            standing(desk, "retrying").await,
        ];
        waiting.iter().all(Vec::is_empty)
    })
    .await;
    let doubled = addressees(&smtp.mails()).values().filter(|&&count| count > 1).count();
    let marked =
        standing(&desk, "sent").await.iter().filter(|sent| sent["possible_duplicate"] == true).count();
    assert!(doubled <= marked, "{doubled} came twice, {marked} are marked as possible duplicates");
    assert_eq!(addressees(&smtp.mails()).len(), users.len());
}

async fn timers_survive_a_kill(ground: Ground) {
    let smtp = SmtpServer::start(Behaviour::default()).await;
    let url = smtp.url();
    let mut desk =
        Frontdesk::with(ground, &[("SMTP_URL", url.as_str()), ("FRONTDESK__WELCOME__DELAY", "4s")]).await;
    for n in 0..20 {
        desk.register("Ana", &format!("p{n}@visitor.example")).await;
    }
    desk.kill().await;
    desk.run().await;

    let mails = smtp.wait_for(20).await;
    assert_eq!(addressees(&mails).len(), 20);
    for mail in &mails {
        let due =
            mail.data.lines().find_map(|line| line.strip_prefix("X-Frontdesk-Due: ")).expect("a due time");
        let due: jiff::Timestamp = due.trim().parse().expect("a time");
        assert!(mail.accepted_at >= due, "none is early");
    }
}
