//! Two users turn out to be one person.

use std::slice::from_ref;

use application::ports::{Belongings, Page, UserFilter};
use domain::{
    identity::IdentityKind,
    ids::{RequestId, UserId},
    intake::IdentityClash,
    ledger::day_of,
    user::User,
};

use super::desk::Desk;

pub async fn who_is_merged_has_all_that_the_other_had(desk: &Desk<'_>) {
    let (kept, given_up) = (desk.registered().await, desk.registered().await);
    let ticket = desk.opened_ticket(Some(&given_up)).await;
    let planned = desk.welcome(given_up.id, desk.now());
    desk.plan(from_ref(&planned)).await;
    let before = Belongings { identities: 3, tickets: 1, notifications: 1 };
    assert_eq!(belongings(desk, given_up.id).await, before);

    assert_eq!(merge(desk, &given_up, &kept).await, before);
    desk.read(async |tx| {
        assert_eq!(tx.users().find(given_up.id).await?, None);
        assert_eq!(tx.users().page(&UserFilter::default(), Page::first(9)).await?, from_ref(&kept));
        assert_eq!(tx.users().identities_of(kept.id).await?.len(), 6);
        assert_eq!(tx.tickets().of_user(kept.id, Page::first(9)).await?.len(), 1);
        assert_eq!(tx.tickets().find(ticket.id).await?.map(|ticket| ticket.user_id), Some(Some(kept.id)));
        assert_eq!(tx.notifications().find(planned.id).await?.map(|one| one.user_id), Some(Some(kept.id)));
        Ok(())
    })
    .await;
    assert_eq!(belongings(desk, given_up.id).await, Belongings::default());
}

pub async fn merging_deletes_what_was_answered_about_the_two(desk: &Desk<'_>) {
    let (kept, given_up, other) = (desk.registered().await, desk.registered().await, desk.registered().await);
    let answers = [&kept, &given_up, &other].map(|user| desk.bound_answer(Some(user)));
    desk.write(async |tx| tx.intake().keep(&answers, desk.now()).await).await;
    merge(desk, &given_up, &kept).await;
    let slots: Vec<_> = answers.iter().map(|bound| bound.replay.slot).collect();
    let left = desk.read(async |tx| tx.intake().kept_answers(&slots, desk.now()).await).await;
    assert_eq!(left, [answers[2].clone()]);
}

pub async fn merging_settles_what_was_between_the_two(desk: &Desk<'_>) {
    let (kept, given_up, other) = (desk.registered().await, desk.registered().await, desk.registered().await);
    let clash = |user: &User, other: &User| IdentityClash {
        request_id: RequestId::from_uuid(desk.id()),
        user_id: user.id,
        other_user_id: other.id,
        kind: IdentityKind::Email,
        at: desk.now(),
    };
    let clashes = [clash(&kept, &given_up), clash(&given_up, &other), clash(&other, &given_up)];
    desk.write(async |tx| tx.timeline().record_clashes(&clashes).await).await;
    merge(desk, &given_up, &kept).await;
    let left = desk.read(async |tx| tx.timeline().clashes_of(kept.id).await).await;
    let between: Vec<_> = left.iter().map(|clash| (clash.user_id, clash.other_user_id)).collect();
    assert_eq!(between, [(kept.id, other.id), (other.id, kept.id)]);
}

pub async fn merging_leaves_the_ledger_as_it_was(desk: &Desk<'_>) {
    let (kept, given_up) = (desk.registered().await, desk.registered().await);
    let today = day_of(desk.now());
    let before = desk.read(async |tx| tx.ledger().day(today).await).await;
    merge(desk, &given_up, &kept).await;
    assert_eq!(desk.read(async |tx| tx.ledger().day(today).await).await, before);
}

pub async fn who_was_given_up_is_found_as_the_one_that_was_kept(desk: &Desk<'_>) {
    let (kept, given_up) = (desk.registered().await, desk.registered().await);
    let known = desk.read(async |tx| tx.users().identities_of(given_up.id).await).await;
    let identities: Vec<_> = known.into_iter().map(|known| known.identity).collect();
    merge(desk, &given_up, &kept).await;
    let found = desk.write(async |tx| tx.users().by_identities(&identities).await).await;
    assert_eq!(found.users, from_ref(&kept));
    assert!(found.identities.iter().all(|(_, owner)| *owner == kept.id));
    assert_eq!(found.identities.len(), 3);
}

async fn belongings(desk: &Desk<'_>, id: UserId) -> Belongings {
    desk.read(async |tx| tx.merges().belongings(id).await).await
}

async fn merge(desk: &Desk<'_>, given_up: &User, kept: &User) -> Belongings {
    desk.write(async |tx| tx.merges().merge(given_up.id, kept.id).await).await
}
