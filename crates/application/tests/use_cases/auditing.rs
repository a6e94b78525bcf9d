//! What is written down of changes, and `RevertChange`.

use application::{
    audit::{RevertChange, RevertError},
    bots::{BotChange, RotateBotKey, SetBot},
    ports::{AuditFilter, Page},
    routing::{ChannelChange, SetChannel, SetTopic, TopicChange},
};
use domain::{
    audit::{Action, AuditEntry, Author, Via},
    topic::Slug,
};
use jiff::SignedDuration;
use port_contracts::{Fault, Operation};
use serde_json::json;

use crate::desk::{BOT, Desk};

async fn log(desk: &Desk) -> Vec<AuditEntry> {
    desk.look(async |tx| tx.audit().page(&AuditFilter::default(), Page::first(99)).await).await
}

async fn set_title(desk: &Desk, title: &str) {
    let set = SetTopic { storage: desk.storage(), audit: desk.audit() };
    let change = TopicChange { title: Some(title.to_owned()), ..TopicChange::default() };
    set.execute(&Slug::restore("sales".to_owned()), change, None).await.expect("the topic is there");
}

async fn title(desk: &Desk) -> String {
    let routing = desk.look(async |tx| tx.topics().routing().await).await;
    let sales = routing.topics().iter().find(|topic| topic.slug.as_str() == "sales");
    sales.expect("the shipped topic").title.clone()
}

#[tokio::test]
async fn a_change_is_written_down_and_what_changes_nothing_is_not() {
    let desk = Desk::open().await;
    let before = title(&desk).await;
    let known = log(&desk).await.len();
    set_title(&desk, "Sales and prices").await;
    set_title(&desk, "Sales and prices").await;
    let entries = log(&desk).await;
    assert_eq!(entries.len(), known + 1);
    let AuditEntry { author, action, object, before: kept, after, .. } = &entries[0];
    assert_eq!((*author, *action, object.as_str()), (Author::AT_THE_MACHINE, Action::TopicChanged, "sales"));
    assert_eq!((&kept["title"], &after["title"]), (&json!(before), &json!("Sales and prices")));
    assert_eq!((kept.len(), after.len()), (1, 1), "what stayed is not kept");
    assert_eq!(author.via, Via::CommandLine);
}

#[tokio::test]
async fn a_default_that_moved_and_a_wait_to_the_second_are_put_back() {
    let desk = Desk::open().await;
    let set = SetTopic { storage: desk.storage(), audit: desk.audit() };
    let sales = Slug::restore("sales".to_owned());
    let topic = async |slug: &str| {
        let routing = desk.look(async |tx| tx.topics().routing().await).await;
        routing.topics().iter().find(|topic| topic.slug.as_str() == slug).cloned().expect("a shipped topic")
    };
    let routing = desk.look(async |tx| tx.topics().routing().await).await;
    let default = routing.topics().iter().find(|topic| topic.is_default).expect("a default").slug.clone();
    let wait = |seconds| TopicChange {
        escalate_after: Some(Some(SignedDuration::from_secs(seconds))),
        ..TopicChange::default()
    };
    set.execute(&sales, wait(90), None).await.expect("the topic is there");
    set.execute(&sales, wait(100), None).await.expect("the topic is there");
    let revert = RevertChange { storage: desk.storage(), audit: desk.audit() };
    revert.execute(log(&desk).await[0].id).await.expect("it stands");
    assert_eq!(topic("sales").await.reminders.escalate_after, Some(SignedDuration::from_secs(90)));
    let change = TopicChange { make_default: true, ..TopicChange::default() };
    set.execute(&sales, change, None).await.expect("the topic is there");
    let moved =
        log(&desk).await.into_iter().find(|entry| entry.object == default.as_str()).expect("an entry");
    revert.execute(moved.id).await.expect("it stands");
    assert!(topic(default.as_str()).await.is_default && !topic("sales").await.is_default);
}

#[tokio::test]
async fn no_key_is_written_down() {
    let desk = Desk::open().await;
    let rotate = RotateBotKey { storage: desk.storage(), entropy: desk.entropy.clone(), audit: desk.audit() };
    rotate.execute(BOT).await.expect("a new key");
    let entry = log(&desk).await.remove(0);
    assert_eq!((entry.action, entry.before.len(), entry.after.len()), (Action::BotKeyRotated, 0, 0));
}

#[tokio::test]
async fn without_an_entry_nothing_is_changed() {
    let desk = Desk::open().await;
    desk.storage.fail_next(Operation::AuditInsert, Fault::Unavailable);
    let set = SetBot { storage: desk.storage(), audit: desk.audit() };
    let change = BotChange { name: Some("other".to_owned()), ..BotChange::default() };
    set.execute(BOT, change).await.expect_err("it cannot be written down");
    assert!(desk.look(async |tx| tx.bots().by_name(BOT).await).await.is_some());
}

#[tokio::test]
async fn a_change_is_undone_once_and_only_while_it_stands() {
    let desk = Desk::open().await;
    let before = title(&desk).await;
    set_title(&desk, "Prices").await;
    let changed = log(&desk).await.remove(0);
    let revert = RevertChange { storage: desk.storage(), audit: desk.audit() };
    revert.execute(changed.id).await.expect("it stands");
    assert_eq!(title(&desk).await, before);
    let undone = log(&desk).await.remove(0);
    assert_eq!((undone.action, undone.reverts), (Action::TopicChanged, Some(changed.id)));
    assert!(matches!(revert.execute(changed.id).await, Err(RevertError::ChangedSince)));
    revert.execute(undone.id).await.expect("undoing is a change like others");
    assert_eq!(title(&desk).await, "Prices");
}

#[tokio::test]
async fn of_a_channel_only_what_was_changed_is_put_back() {
    let desk = Desk::open().await;
    let set = SetChannel { storage: desk.storage(), audit: desk.audit() };
    let quiet = Some(Some("20:00-08:00 Europe/Madrid".parse().expect("quiet hours")));
    set.execute("sales-slack", ChannelChange { quiet_hours: quiet, ..ChannelChange::default() }, None)
        .await
        .expect("the channel is there");
    let changed = log(&desk).await.remove(0);
    let fallback = Some(Some("team-email".to_owned()));
    set.execute("sales-slack", ChannelChange { fallback, ..ChannelChange::default() }, None)
        .await
        .expect("the channel is there");
    let revert = RevertChange { storage: desk.storage(), audit: desk.audit() };
    revert.execute(changed.id).await.expect("its quiet hours stand");
    let channel = desk.look(async |tx| tx.channels().by_name("sales-slack").await).await;
    let channel = channel.expect("the channel is there");
    assert!(channel.quiet_hours.is_none() && channel.fallback.is_some());
    let added = log(&desk).await.pop().expect("the first bot");
    assert!(matches!(revert.execute(added.id).await, Err(RevertError::Final)));
}
