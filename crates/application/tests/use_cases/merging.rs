//! `MergeUsers`.

use application::{
    jobs::CheckLedger,
    ports::{AuditFilter, Page, StorageError},
    users::{MergeUsers, MergeUsersError, WhichUser},
};
use domain::{
    audit::Action,
    identity::{EmailAddress, Identity},
    notification::{NotificationStatus, Purpose},
};
use port_contracts::{Fault, Operation};
use serde_json::json;

use crate::desk::Desk;

fn merging(desk: &Desk) -> MergeUsers {
    MergeUsers { storage: desk.storage(), clock: desk.clock(), audit: desk.audit() }
}

fn known_as(email: &str) -> WhichUser {
    WhichUser::Known(Identity::Email(EmailAddress::parse(email).expect("an address")))
}

/// A desk that knows Ana by two addresses, and has a question of each.
async fn ana_twice() -> (Desk, WhichUser, WhichUser) {
    let desk = Desk::open().await;
    desk.register("Ana", "ana@example.com").await;
    desk.ask("sales", "ana@example.com").await;
    desk.ask("sales", "ana@work.example").await;
    (desk, known_as("ana@work.example"), known_as("ana@example.com"))
}

#[tokio::test]
async fn a_preview_tells_what_a_merger_then_does_and_changes_nothing() {
    let (desk, work, home) = ana_twice().await;
    let before = (desk.users().await, desk.notifications().await, desk.storage.commits());
    let preview = merging(&desk).preview(&work, &home).await.expect("both are known");
    assert_eq!((desk.users().await, desk.notifications().await, desk.storage.commits()), before);
    assert_eq!((preview.given.identities, preview.given.tickets, preview.given.notifications), (1, 1, 2));
    assert_eq!(preview.identities.len(), 2);

    let merger = merging(&desk).execute(&work, &home, Some(&preview)).await.expect("nothing changed");
    assert_eq!((merger.given, &merger.given_up), (preview.given, &preview.given_up));
    assert_eq!(desk.users().await, [merger.merged]);
    let answer = desk.ask("sales", "ana@work.example").await;
    assert_eq!(answer.user_id, Some(merger.kept.id), "the next call finds the one that was kept");
}

#[tokio::test]
async fn one_welcome_is_sent_and_the_ledger_stays_balanced() {
    let (desk, work, home) = ana_twice().await;
    merging(&desk).execute(&work, &home, None).await.expect("both are known");
    let mut welcomes = desk.notifications().await;
    welcomes.retain(|one| one.purpose == Purpose::Welcome);
    let mut standing: Vec<_> = welcomes.iter().map(|one| one.status).collect();
    standing.sort_unstable();
    assert_eq!(standing, [NotificationStatus::Scheduled, NotificationStatus::Cancelled]);
    let ledger = CheckLedger { storage: desk.storage(), clock: desk.clock() };
    assert_eq!(ledger.execute().await.expect("storage works"), []);
}

#[tokio::test]
async fn a_merger_is_in_the_audit_log_without_anything_personal() {
    let (desk, work, home) = ana_twice().await;
    let merger = merging(&desk).execute(&work, &home, None).await.expect("both are known");
    let filter = AuditFilter::default();
    let log = desk.look(async |tx| tx.audit().page(&filter, Page::first(9)).await).await;
    let entry = log.iter().find(|entry| entry.action == Action::UserMerged).expect("an entry");
    assert_eq!(entry.object, merger.kept.id.to_string());
    assert_eq!(json!(entry.after), json!({ "merged": merger.given_up.id.to_string() }));
}

#[tokio::test]
async fn whoever_changed_since_the_preview_stays() {
    let (desk, work, home) = ana_twice().await;
    let preview = merging(&desk).preview(&work, &home).await.expect("both are known");
    desk.clock.advance(crate::desk::seconds(1));
    desk.take(desk.users_call(&json!({ "email": "ana@work.example", "phone": "+34600111222" }))).await;
    let refused = merging(&desk).execute(&work, &home, Some(&preview)).await;
    assert!(matches!(refused, Err(MergeUsersError::Changed)), "{refused:?}");
    assert_eq!(desk.users().await.len(), 2);
}

#[tokio::test]
async fn nobody_is_merged_with_nobody_or_with_itself() {
    let (desk, work, _) = ana_twice().await;
    let nobody = known_as("nobody@example.com");
    let merge = async |given_up, kept| merging(&desk).execute(given_up, kept, None).await;
    assert!(matches!(merge(&work, &nobody).await, Err(MergeUsersError::Unknown)));
    assert!(matches!(merge(&nobody, &work).await, Err(MergeUsersError::UnknownOther)));
    assert!(matches!(merge(&work, &work).await, Err(MergeUsersError::Same)));
}

#[tokio::test]
async fn a_merger_happens_as_a_whole_or_not_at_all() {
    for step in [
        Operation::MergesBelongings,
        Operation::NotificationsCancel,
        Operation::MergesMerge,
        Operation::UsersUpdate,
        Operation::AuditInsert,
        Operation::Commit,
    ] {
        let (desk, work, home) = ana_twice().await;
        let before = (desk.users().await, desk.notifications().await);
        desk.storage.fail_next(step, Fault::Unavailable);
        let failed = merging(&desk).execute(&work, &home, None).await;
        assert!(
            matches!(failed, Err(MergeUsersError::Storage(StorageError::Unavailable(_)))),
            "{step:?}: {failed:?}"
        );
        assert_eq!((desk.users().await, desk.notifications().await), before, "{step:?}");
    }
}

#[test]
fn a_person_is_named_by_id_address_or_number() {
    for text in ["0192f000-0000-7000-8000-000000000000", " Ana@Example.com ", "+34 600 111 222"] {
        assert!(WhichUser::read(text).is_some(), "{text}");
    }
    for text in ["", "Ana", "600"] {
        assert_eq!(WhichUser::read(text), None, "{text}");
    }
}
