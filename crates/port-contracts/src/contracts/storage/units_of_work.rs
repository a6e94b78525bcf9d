//! Beginning, committing and rolling back.

use std::{collections::BTreeSet, slice::from_ref, sync::Arc};

use application::ports::{
    KnownPersons, NotificationFilter, Page, Storage, StorageError, UserFilter, atomically,
};
use domain::{ids::UserId, intake::NewIdentity, user::User};
use jiff::SignedDuration;
use tokio::task::JoinSet;

use super::desk::{Desk, is_conflict, let_others_go_on};

pub async fn what_is_committed_is_seen_by_later_units_of_work(desk: &Desk<'_>) {
    let user = desk.registered().await;
    let snapshot = desk.read(async |tx| tx.users().find(user.id).await).await;
    assert_eq!(snapshot.as_ref(), Some(&user));
    let writer = desk.write(async |tx| tx.users().find(user.id).await).await;
    assert_eq!(writer.as_ref(), Some(&user));
}

pub async fn a_unit_of_work_sees_what_it_wrote_itself(desk: &Desk<'_>) {
    let user = desk.person();
    let (found, page) = desk
        .write(async |tx| {
            tx.users().insert(from_ref(&user)).await?;
            Ok((
                tx.users().find(user.id).await?,
                tx.users().page(&UserFilter::default(), Page::first(9)).await?,
            ))
        })
        .await;
    assert_eq!(found.as_ref(), Some(&user));
    assert_eq!(page, [user]);
}

pub async fn an_error_undoes_everything(desk: &Desk<'_>) {
    let user = desk.person();
    let failed: Result<(), _> = desk
        .try_write(async |tx| {
            tx.users().insert(from_ref(&user)).await?;
            tx.users().add_identities(&desk.identities(&user)).await?;
            tx.notifications().insert(&[desk.welcome(user.id, desk.now())]).await?;
            Err(StorageError::Stale)
        })
        .await;
    assert!(matches!(failed, Err(StorageError::Stale)));
    assert_nothing_of(desk, &user).await;
}

pub async fn what_is_rolled_back_was_never_there(desk: &Desk<'_>) {
    let user = desk.person();
    let mut unit = desk.storage().begin().await.expect("it begins");
    unit.users().insert(from_ref(&user)).await.expect("it is written");
    unit.rollback().await.expect("it is undone");
    assert_nothing_of(desk, &user).await;
}

pub async fn what_is_dropped_without_an_end_was_never_there(desk: &Desk<'_>) {
    let user = desk.person();
    let mut unit = desk.storage().begin().await.expect("it begins");
    unit.users().insert(from_ref(&user)).await.expect("it is written");
    drop(unit);
    assert_nothing_of(desk, &user).await;
    // And the next one is not in its way.
    desk.write(async |tx| tx.users().insert(from_ref(&user)).await).await;
}

async fn assert_nothing_of(desk: &Desk<'_>, user: &User) {
    let identities = desk.identities(user).map(|new| new.identity);
    let (found, known, users, planned) = desk
        .write(async |tx| {
            Ok((
                tx.users().find(user.id).await?,
                tx.users().by_identities(&identities).await?,
                tx.users().page(&UserFilter::default(), Page::first(9)).await?,
                tx.notifications().page(NotificationFilter::default(), Page::first(9)).await?,
            ))
        })
        .await;
    assert_eq!(found, None);
    assert_eq!(known, KnownPersons::default());
    assert_eq!(users, []);
    assert_eq!(planned, []);
}

pub async fn reading_waits_for_no_writer_and_sees_nothing_half_done(desk: &Desk<'_>) {
    let user = desk.person();
    let mut writer = desk.storage().begin().await.expect("it begins");
    writer.users().insert(from_ref(&user)).await.expect("it is written");
    let during = desk.read(async |tx| tx.users().find(user.id).await).await;
    assert_eq!(during, None);
    writer.commit().await.expect("it is committed");
    let after = desk.read(async |tx| tx.users().find(user.id).await).await;
    assert_eq!(after, Some(user));
}

pub async fn a_snapshot_stays_as_it_was_at_its_first_look(desk: &Desk<'_>) {
    let user = desk.registered().await;
    let mut snapshot = desk.storage().read().await.expect("it begins");
    let first = snapshot.users().find(user.id).await.expect("it is read");
    assert_eq!(first.as_ref(), Some(&user));

    let changed = User { name: Some("Renamed".to_owned()), ..user.clone() };
    let newcomer = desk.person();
    desk.write(async |tx| {
        tx.users().update(from_ref(&changed)).await?;
        tx.users().insert(from_ref(&newcomer)).await
    })
    .await;

    assert_eq!(snapshot.users().find(user.id).await.expect("it is read"), Some(user.clone()));
    assert_eq!(
        snapshot.users().page(&UserFilter::default(), Page::first(9)).await.expect("it is read"),
        [user]
    );
    snapshot.rollback().await.expect("it ends");
    let later = desk.read(async |tx| tx.users().page(&UserFilter::default(), Page::first(9)).await).await;
    assert_eq!(later, [newcomer, changed]);
}

pub async fn a_taken_key_does_not_break_the_unit_of_work(desk: &Desk<'_>) {
    let known = desk.registered().await;
    let newcomer = desk.person();
    let mut unit = desk.storage().begin().await.expect("it begins");
    let taken: Vec<_> =
        desk.identities(&known).into_iter().map(|id| NewIdentity { user_id: newcomer.id, ..id }).collect();
    assert!(is_conflict(&unit.users().add_identities(&taken).await));
    assert!(is_conflict(&unit.bots().insert(&desk.bot).await));
    // It still reads and writes: only its caller decides that it is rolled back.
    assert_eq!(unit.users().find(known.id).await.expect("it reads"), Some(known));
    unit.users().insert(from_ref(&newcomer)).await.expect("it writes");
    assert_eq!(unit.users().find(newcomer.id).await.expect("it reads"), Some(newcomer));
    unit.rollback().await.expect("it is undone");
}

pub async fn of_equal_registrations_at_once_one_wins(desk: &Desk<'_>) {
    const AT_ONCE: usize = 8;
    let template = desk.person();
    let mut registrations = JoinSet::new();
    for _ in 0..AT_ONCE {
        let user = User { id: UserId::from_uuid(desk.id()), ..template.clone() };
        let identities = desk.identities(&user);
        registrations.spawn(register_or_recognise(desk.storage(), user, identities));
    }
    let ids: BTreeSet<_> = registrations.join_all().await.into_iter().collect();
    assert_eq!(ids.len(), 1, "everybody was told of the same user");
    let users = desk.read(async |tx| tx.users().page(&UserFilter::default(), Page::first(9)).await).await;
    assert_eq!(users.iter().map(|user| user.id).collect::<BTreeSet<_>>(), ids);
}

/// What intake does: look, write, and once more from the beginning if somebody else was faster.
async fn register_or_recognise(
    storage: Arc<dyn Storage>,
    user: User,
    identities: [NewIdentity; 3],
) -> UserId {
    let named = identities.clone().map(|new| new.identity);
    loop {
        let outcome = atomically(&*storage, async |tx| {
            if let Some((_, owner)) = tx.users().by_identities(&named).await?.identities.first() {
                return Ok(*owner);
            }
            let_others_go_on().await;
            tx.users().insert(from_ref(&user)).await?;
            tx.users().add_identities(&identities).await?;
            Ok(user.id)
        })
        .await;
        match outcome {
            Ok(id) => return id,
            Err(StorageError::Conflict(_) | StorageError::Stale) => {}
            Err(StorageError::Unavailable(error)) => panic!("the storage is away: {error}"),
        }
    }
}

pub async fn empty_sets_are_written_and_read_without_ado(desk: &Desk<'_>) {
    desk.write(async |tx| {
        assert_eq!(tx.users().by_identities(&[]).await?, KnownPersons::default());
        tx.users().insert(&[]).await?;
        tx.users().update(&[]).await?;
        tx.users().add_identities(&[]).await?;
        tx.tickets().insert(&[]).await?;
        tx.timeline().record_clashes(&[]).await?;
        tx.notifications().insert(&[]).await?;
        tx.quarantine().hold(&[]).await?;
        tx.intake().record(&[]).await?;
        tx.intake().keep(&[], desk.now()).await?;
        assert_eq!(tx.intake().kept_answers(&[], desk.now()).await?, []);
        tx.channels().note_results(&[]).await
    })
    .await;
    empty_sets_of_deliveries(desk).await;
}

async fn empty_sets_of_deliveries(desk: &Desk<'_>) {
    let worker = desk.worker();
    desk.write(async |tx| {
        assert_eq!(tx.deliveries().claim(worker, &[], desk.now()).await?, []);
        tx.deliveries().postpone(&[]).await?;
        assert_eq!(tx.deliveries().open(worker, &[], desk.now()).await?, []);
        tx.deliveries().close(&[]).await?;
        assert_eq!(tx.deliveries().abandoned(&[]).await?, []);
        assert_eq!(tx.deliveries().release(&[]).await?, 0);
        tx.workers().forget(&[]).await
    })
    .await;
}

pub async fn the_clock_of_the_database_goes_on(desk: &Desk<'_>) {
    let before = desk.storage().now().await.expect("it says the time");
    assert_eq!(before, desk.now());
    desk.advance(SignedDuration::from_secs(90));
    let after = desk.storage().now().await.expect("it says the time");
    assert_eq!(after.duration_since(before), SignedDuration::from_secs(90));
}
