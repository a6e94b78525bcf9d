//! Who changed what.

use application::ports::{AuditFilter, Page, Span};
use domain::{
    audit::{Action, AuditEntry, Author, Facts, Via},
    ids::{AgentId, AuditId},
};
use jiff::SignedDuration;
use serde_json::json;

use super::Desk;

pub async fn an_entry_of_the_audit_log_reads_back_as_it_was_written(desk: &Desk<'_>) {
    let by_nobody = entry(desk, Author::AT_THE_MACHINE, Action::TopicAdded, "sales");
    let agent = AgentId::from_uuid(desk.id());
    let undone = AuditEntry {
        before: Facts::from_iter([("title".to_owned(), json!("Ventas 🛒 \"50 %\""))]),
        after: Facts::from_iter([
            ("title".to_owned(), json!(null)),
            ("aliases".to_owned(), json!(["a", "b"])),
        ]),
        reverts: Some(by_nobody.id),
        ..entry(desk, Author { agent: Some(agent), via: Via::Api }, Action::TopicChanged, "sales")
    };
    insert(desk, &by_nobody).await;
    insert(desk, &undone).await;
    for written in [by_nobody, undone] {
        let found = desk.read(async |tx| tx.audit().find(written.id).await).await;
        assert_eq!(found, Some(written));
    }
    assert_eq!(desk.read(async |tx| tx.audit().find(AuditId::from_uuid(desk.id())).await).await, None);
}

pub async fn the_audit_log_is_listed_newest_first_and_by_any_filter(desk: &Desk<'_>) {
    let ana = Author { agent: Some(AgentId::from_uuid(desk.id())), via: Via::Panel };
    let first = entry(desk, ana, Action::TopicChanged, "sales");
    let second = entry(desk, Author::AT_THE_MACHINE, Action::TopicChanged, "support");
    let later = desk.now() + SignedDuration::from_hours(1);
    let third = AuditEntry { at: later, ..entry(desk, ana, Action::BotAdded, "web") };
    for entry in [&first, &second, &third] {
        insert(desk, entry).await;
    }
    let everything = AuditFilter::default();
    let listed = async |filter: AuditFilter, page: Page| {
        let entries = desk.read(async |tx| tx.audit().page(&filter, page).await).await;
        entries.iter().map(|entry| entry.id).collect::<Vec<_>>()
    };
    let all = Page::first(9);
    assert_eq!(listed(everything.clone(), all).await, [third.id, second.id, first.id]);
    let rest = Page { before: Some(third.id.as_uuid()), limit: 1 };
    assert_eq!(listed(everything.clone(), rest).await, [second.id]);
    let by_ana = AuditFilter { agent: ana.agent, ..everything.clone() };
    assert_eq!(listed(by_ana, all).await, [third.id, first.id]);
    let changes = AuditFilter { action: Some(Action::TopicChanged), ..everything.clone() };
    assert_eq!(listed(changes, all).await, [second.id, first.id]);
    let of_sales = AuditFilter { object: Some("sales".to_owned()), ..everything.clone() };
    assert_eq!(listed(of_sales, all).await, [first.id]);
    let before = AuditFilter { at: Span { from: None, until: Some(later) }, ..everything.clone() };
    assert_eq!(listed(before, all).await, [second.id, first.id]);
    let since = AuditFilter { at: Span { from: Some(later), until: None }, ..everything };
    assert_eq!(listed(since, all).await, [third.id]);
}

pub async fn an_entry_of_the_audit_log_goes_with_the_change_that_failed(desk: &Desk<'_>) {
    let entry = entry(desk, Author::AT_THE_MACHINE, Action::TopicRemoved, "sales");
    let mut tx = desk.storage().begin().await.expect("it begins");
    tx.audit().insert(&entry).await.expect("it is written");
    tx.rollback().await.expect("it is undone");
    assert_eq!(desk.read(async |tx| tx.audit().find(entry.id).await).await, None);
}

fn entry(desk: &Desk<'_>, author: Author, action: Action, object: &str) -> AuditEntry {
    AuditEntry {
        id: AuditId::from_uuid(desk.id()),
        at: desk.now(),
        author,
        action,
        object: object.to_owned(),
        before: Facts::new(),
        after: Facts::new(),
        reverts: None,
    }
}

async fn insert(desk: &Desk<'_>, entry: &AuditEntry) {
    desk.write(async |tx| tx.audit().insert(entry).await).await;
}
