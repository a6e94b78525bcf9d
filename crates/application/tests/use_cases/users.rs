//! `ImportUsers`, `EraseUser`, `ExportUser`.

use std::sync::Arc;

use application::{
    ports::{CapturedMail, StorageError},
    tickets::AddNote,
    users::{EraseUser, ExportUser, ImportMode, ImportOutcome, ImportUsers, WhichUser},
};
use domain::{
    agent::Role,
    answer::Verdict,
    bot_call::{Field, Fields, RefusalCode, Refused},
    identity::{EmailAddress, Identity, IdentityKind},
    ids::UserId,
    retry::Outcome,
};
use port_contracts::{Fault, Operation};
use serde_json::{Value, json};

use crate::{
    desk::{BEGIN, Desk, seconds},
    talk::agent,
};

fn row(body: &Value) -> Fields {
    Fields::read("", body.to_string().as_bytes()).expect("a JSON object")
}

async fn try_import(
    desk: &Desk,
    rows: &[Value],
    mode: ImportMode,
) -> Result<Vec<ImportOutcome>, StorageError> {
    let rows: Vec<_> = rows.iter().map(row).collect();
    let import =
        ImportUsers { storage: desk.storage(), clock: desk.clock(), ids: Arc::clone(&desk.ids) as _ };
    import.execute(&desk.bot, &rows, mode).await
}

async fn import(desk: &Desk, rows: &[Value]) -> Vec<ImportOutcome> {
    try_import(desk, rows, ImportMode::Write).await.expect("storage works")
}

fn known_as(email: &str) -> WhichUser {
    WhichUser::Known(Identity::Email(EmailAddress::parse(email).expect("an address")))
}

fn rejected(field: Field, code: RefusalCode) -> ImportOutcome {
    ImportOutcome::Rejected(Refused { field: Some(field), code })
}

/// New, known, given twice, and impossible.
fn mixed_rows() -> [Value; 5] {
    [
        json!({"name": "Ana", "email": "ana@example.com", "origin": "old system"}),
        json!({"email": "nonsense"}),
        json!({"email": "bea@example.com", "phone": "+34600111222"}),
        json!({"name": "nobody"}),
        json!({"name": "Ana", "email": "ANA@example.com"}),
    ]
}

const MIXED_OUTCOMES: [ImportOutcome; 5] = [
    ImportOutcome::Registered,
    ImportOutcome::Rejected(Refused { field: Some(Field::Email), code: RefusalCode::EmailUnreadable }),
    ImportOutcome::Recognised,
    ImportOutcome::Rejected(Refused { field: Some(Field::Email), code: RefusalCode::NothingIdentifies }),
    ImportOutcome::Recognised,
];

#[tokio::test]
async fn rows_are_taken_like_registrations_and_each_is_told_its_outcome() {
    let desk = Desk::open().await;
    desk.register("Bea", "bea@example.com").await;
    let before = desk.storage.commits();
    assert_eq!(import(&desk, &mixed_rows()).await, MIXED_OUTCOMES);
    assert_eq!(desk.storage.commits(), before + 1, "a batch is one commit");
    let [bea, ana] = &desk.users().await[..] else { panic!("two users") };
    assert_eq!((ana.name.as_deref(), ana.first_origin.source.as_deref()), (Some("Ana"), Some("old system")));
    assert_eq!((bea.name.as_deref(), bea.phone.is_some()), (Some("Bea"), true), "what was empty is filled");
}

#[tokio::test]
async fn a_dry_run_tells_the_same_and_changes_nothing() {
    let desk = Desk::open().await;
    desk.register("Bea", "bea@example.com").await;
    let before = (desk.users().await, desk.storage.commits());
    let outcomes = try_import(&desk, &mixed_rows(), ImportMode::DryRun).await.expect("storage works");
    assert_eq!(outcomes, MIXED_OUTCOMES);
    assert_eq!((desk.users().await, desk.storage.commits()), before);
}

#[tokio::test]
async fn nobody_is_written_to_for_an_import_nor_later() {
    let desk = Desk::open().await;
    let with_phone = json!({"phone": "+34600111222"});
    desk.take(desk.users_call(&with_phone)).await;
    let rows = [
        json!({"email": "ana@example.com"}),
        json!({"phone": "+34600111333"}),
        json!({"phone": "+34600111222", "email": "eva@example.com"}),
    ];
    import(&desk, &rows).await;
    assert_eq!(desk.notifications().await, []);
    for call in [
        json!({"email": "ana@example.com", "name": "Ana"}),
        json!({"email": "bea@example.com", "phone": "+34600111333"}),
        json!({"email": "eva@example.com", "name": "Eva"}),
    ] {
        assert_eq!(desk.take(desk.users_call(&call)).await.created, Some(false));
    }
    assert_eq!(desk.notifications().await, []);
}

#[tokio::test]
async fn an_import_counts_as_no_calls() {
    let desk = Desk::open().await;
    import(&desk, &mixed_rows()).await;
    assert_eq!((desk.storage.intake_rows(), desk.held().await, desk.queue.rings()), (vec![], vec![], 0));
    let call = desk.users_call(&json!({"name": "Ana", "email": "ana@example.com", "origin": "old system"}));
    assert_eq!(desk.take(call).await.replayed, Some(false));
}

#[tokio::test]
async fn rows_that_name_two_users_leave_a_note_for_a_human() {
    let desk = Desk::open().await;
    let ana = desk.register("Ana", "ana@example.com").await.user_id.expect("a user");
    desk.take(desk.users_call(&json!({"phone": "+34600111222"}))).await;
    let row = json!({"email": "ana@example.com", "phone": "+34600111222"});
    assert_eq!(import(&desk, &[row]).await, [ImportOutcome::Recognised]);
    let clashes = desk.look(async |snapshot| snapshot.timeline().clashes_of(ana).await).await;
    assert_eq!((clashes.len(), clashes[0].user_id, clashes[0].kind), (1, ana, IdentityKind::Phone));
}

#[tokio::test]
async fn an_import_that_fails_writes_nothing_and_can_be_repeated() {
    let steps = [
        Operation::UsersInsert,
        Operation::UsersAddIdentities,
        Operation::TimelineRecordClashes,
        Operation::Commit,
    ];
    for step in steps {
        let desk = Desk::open().await;
        desk.storage.fail_next(step, Fault::Unavailable);
        assert!(try_import(&desk, &mixed_rows(), ImportMode::Write).await.is_err(), "{step:?}");
        assert_eq!(desk.users().await, [], "{step:?}");
        import(&desk, &mixed_rows()).await;
        assert_eq!(desk.users().await.len(), 2, "{step:?}");
    }
}

#[tokio::test]
async fn a_conflict_with_a_bots_call_does_not_fail_an_import() {
    let desk = Desk::open().await;
    desk.storage.fail_next(Operation::UsersAddIdentities, Fault::Conflict);
    let outcomes = import(&desk, &[json!({"email": "ana@example.com"}), json!({"email": "nonsense"})]).await;
    let unreadable = rejected(Field::Email, RefusalCode::EmailUnreadable);
    assert_eq!(outcomes, [ImportOutcome::Registered, unreadable]);
    assert_eq!(desk.users().await.len(), 1);
}

/// Ana, with a ticket, a welcome mail that was captured and one attempt; and Bea with a ticket.
async fn desk_with_ana_and_bea() -> (Desk, UserId) {
    let desk = Desk::open().await;
    let ana = desk.register("Ana", "ana@example.com").await.user_id.expect("a user");
    desk.ask("pricing", "ana@example.com").await;
    desk.ask("sales", "bea@example.com").await;
    let welcome = desk.notifications().await[0].id;
    desk.clock.advance(seconds(60));
    desk.try_to_send(welcome, Outcome::Sent).await;
    let mail = CapturedMail {
        notification_id: welcome,
        recipient: "ana@example.com".to_owned(),
        subject: "Welcome".to_owned(),
        message: b"Welcome, Ana".to_vec(),
        captured_at: BEGIN,
    };
    desk.change(async |tx| tx.captured_mails().capture(&mail).await).await;
    (desk, ana)
}

async fn erase(desk: &Desk, which: &WhichUser) -> Option<application::ports::ErasureReceipt> {
    let erase = EraseUser { audit: desk.audit(), storage: desk.storage(), clock: desk.clock() };
    erase.execute(which).await.expect("storage works")
}

#[tokio::test]
async fn an_export_holds_everything_about_one_user_and_nothing_about_another() {
    let (desk, ana) = desk_with_ana_and_bea().await;
    let export = ExportUser { storage: desk.storage() };
    let of_ana = export.execute(&known_as("ana@example.com")).await.expect("it reads").expect("she is known");
    assert_eq!((of_ana.user.id, of_ana.identities.len(), of_ana.clashes.len()), (ana, 1, 0));
    assert_eq!(of_ana.tickets.iter().map(|ticket| ticket.topic.as_str()).collect::<Vec<_>>(), ["pricing"]);
    let [alert, welcome] = &of_ana.notifications[..] else { panic!("two notifications, newest first") };
    assert_eq!((alert.attempts.len(), alert.captured_mail.is_some()), (0, false));
    assert_eq!((welcome.attempts.len(), welcome.captured_mail.is_some()), (1, true));
    let by_id = export.execute(&WhichUser::Id(ana)).await.expect("it reads").expect("she is known");
    assert_eq!(by_id.user, of_ana.user);
}

#[tokio::test]
async fn an_export_has_private_notes_and_calls_in_quarantine_that_name_the_person() {
    let (desk, _) = desk_with_ana_and_bea().await;
    let unclear = |email: &str| desk.users_call(&json!({ "name": "?", "note": format!("write to {email}") }));
    let calls = ["ana@example.com", "bea@example.com"].map(unclear);
    desk.take_calls().execute(&calls).await;
    let export = ExportUser { storage: desk.storage() };
    let of_ana = export.execute(&known_as("ana@example.com")).await.expect("it reads").expect("she is known");
    let add = AddNote { storage: desk.storage(), clock: desk.clock(), ids: Arc::clone(&desk.ids) as _ };
    add.execute(&agent(Role::Agent), of_ana.tickets[0].id, "Called twice.").await.expect("a note");
    let of_ana = export.execute(&known_as("ana@example.com")).await.expect("it reads").expect("she is known");
    assert_eq!(
        of_ana.notes.iter().map(|note| note.after.as_deref()).collect::<Vec<_>>(),
        [Some("Called twice.")]
    );
    assert_eq!(of_ana.quarantined.len(), 1);
    assert!(String::from_utf8_lossy(&of_ana.quarantined[0].call.raw.body).contains("ana@example.com"));
}

#[tokio::test]
async fn an_export_is_whole_however_much_there_is() {
    let desk = Desk::open().await;
    let calls: Vec<_> = (0..600)
        .map(|number| {
            desk.tickets_call(&json!({"description": format!("{number}"), "email": "ana@example.com"}))
        })
        .collect();
    desk.take_calls().execute(&calls).await;
    let export = ExportUser { storage: desk.storage() };
    let of_ana = export.execute(&known_as("ana@example.com")).await.expect("it reads").expect("she is known");
    assert_eq!((of_ana.tickets.len(), of_ana.notifications.len()), (600, 601));
}

#[tokio::test]
async fn nothing_is_exported_or_erased_for_a_stranger() {
    let (desk, _) = desk_with_ana_and_bea().await;
    for which in [known_as("eva@example.com"), WhichUser::Id(UserId::MAX)] {
        let export = ExportUser { storage: desk.storage() }.execute(&which).await.expect("it reads");
        assert!(export.is_none());
        assert_eq!(erase(&desk, &which).await, None);
    }
    assert_eq!(desk.users().await.len(), 2);
}

#[tokio::test]
async fn an_erased_user_is_gone_with_a_receipt_and_others_stay() {
    let (desk, ana) = desk_with_ana_and_bea().await;
    let held = desk.users_call(&json!({"email": "ana@example.com"}));
    let held = domain::intake::PendingCall { read: Err(Refused::UNREADABLE), ..held };
    desk.take(held).await;
    let receipt = erase(&desk, &known_as("ana@example.com")).await.expect("she is known");
    assert_eq!((receipt.identities, receipt.tickets, receipt.notifications), (1, 1, 2));
    assert_eq!((receipt.captured_mails, receipt.answers, receipt.quarantined), (1, 2, 1));
    assert_eq!(erase(&desk, &WhichUser::Id(ana)).await, None, "there is nothing left");
    let [bea] = &desk.users().await[..] else { panic!("Bea stays") };
    assert_eq!(bea.email.as_ref().map(EmailAddress::as_str), Some("bea@example.com"));
    assert!(desk.notifications().await.iter().all(|notification| notification.user_id == Some(bea.id)));
}

#[tokio::test]
async fn an_erased_user_who_comes_again_is_a_new_one() {
    let (desk, ana) = desk_with_ana_and_bea().await;
    erase(&desk, &WhichUser::Id(ana)).await.expect("she is known");
    let again = desk.register("Ana", "ana@example.com").await;
    assert_eq!((again.result, again.created, again.replayed), (Verdict::Ok, Some(true), Some(false)));
    assert_ne!(again.user_id, Some(ana));
}

#[tokio::test]
async fn an_erasure_that_cannot_be_committed_erases_nothing() {
    let (desk, ana) = desk_with_ana_and_bea().await;
    desk.storage.fail_next(Operation::Commit, Fault::Unavailable);
    let erase = EraseUser { audit: desk.audit(), storage: desk.storage(), clock: desk.clock() };
    let outcome = erase.execute(&WhichUser::Id(ana)).await;
    assert!(matches!(outcome, Err(StorageError::Unavailable(_))));
    assert_eq!(desk.users().await.len(), 2);
    desk.storage.go_away();
    let export = ExportUser { storage: desk.storage() }.execute(&WhichUser::Id(ana)).await;
    assert!(matches!(export, Err(StorageError::Unavailable(_))));
}
