//! Visitors who are played from the recipe, careless ones among them.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::{
    frontdesk::Frontdesk,
    ground::{Ground, on_every_ground},
    support::smtp_server::{Behaviour, SmtpServer},
};

on_every_ground! {
    a_careless_crowd_leaves_one_user_per_person_and_one_welcome_mail_each
    it_is_shown_what_each_block_gets
}

/// Enough visitors for every kind of carelessness.
const CROWD: &[&str] = &["simulate", "--users", "60", "--rate", "400"];

async fn a_careless_crowd_leaves_one_user_per_person_and_one_welcome_mail_each(ground: Ground) {
    let smtp = SmtpServer::start(Behaviour::default()).await;
    let url = smtp.url();
    let settings = [
        ("SMTP_URL", url.as_str()),
        ("FRONTDESK__WELCOME__DELAY", "1s"),
        ("FRONTDESK__MAIL__TEAM_TO", "team@desk.example"),
    ];
    let desk = Frontdesk::with(ground, &settings).await;
    // A webhook of Slack takes one message a second; mail takes them all.
    desk.told(&["topic", "route", "sales", "team-email"]).await;
    for (medium, seed) in [("web", "7"), ("whatsapp", "8")] {
        let chosen = ["--for", medium, "--seed", seed, "--key", &desk.key];
        let said = desk.told(&[CROWD, &chosen].concat()).await;
        let people = number_before(&said, " people");
        assert!(people > 30 && people == number_before(&said, " users and"), "{said}");
        assert!(number_before(&said, " replayed") > 0 && !said.contains(" 0  invalid"), "{said}");
        assert!(said.contains(" 0  put off"), "{said}");
    }

    let users = users(&desk).await;
    let emails: Vec<_> = users.iter().filter_map(|user| user["email"].as_str()).collect();
    assert_eq!(emails.iter().collect::<BTreeSet<_>>().len(), emails.len(), "nobody is there twice");
    desk.settled(&["sent"]).await;
    let mails = smtp.mails();
    let mut welcomed: Vec<_> =
        mails.iter().map(|mail| mail.to[0].as_str()).filter(|to| *to != "team@desk.example").collect();
    let mut expected = emails;
    welcomed.sort_unstable();
    expected.sort_unstable();
    assert_eq!(welcomed, expected, "one welcome mail for everybody with an address");
}

/// The number that stands before `words`.
fn number_before(said: &str, words: &str) -> usize {
    let before = said.split(words).next().expect("a text");
    let number = before.rsplit(|c: char| !c.is_ascii_digit()).next().expect("a text");
    number.parse().unwrap_or_else(|_| panic!("no number before {words} in {said}"))
}

async fn users(desk: &Frontdesk) -> Vec<Value> {
    let exported = desk.told(&["users", "export", "--format", "jsonl"]).await;
    exported.lines().map(|line| serde_json::from_str(line).expect("a user")).collect()
}

async fn it_is_shown_what_each_block_gets(ground: Ground) {
    let desk = Frontdesk::start(ground).await;
    let shown = desk.told(&[CROWD, &["--show", "--seed", "7", "--key", &desk.key]].concat()).await;
    for part in [
        "who reloads the page",
        "the visitor reloads, and is at name again",
        "the visitor goes back, and is at email again",
        "→ POST /bot/v1/users, twice at once {",
        "@name stays unset",
        "@fd_result = \"ok\"",
        "question-again",
        "← {",
    ] {
        assert!(shown.contains(part), "{part} in {shown}");
    }
}
