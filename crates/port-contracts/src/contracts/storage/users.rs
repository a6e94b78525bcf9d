//! Users and their identities.

use std::{collections::BTreeSet, slice::from_ref};

use application::ports::{KnownPersons, UserFilter};
use domain::{
    identity::{CustomerId, EmailAddress, Identity, PhoneNumber},
    ids::{BotId, UserId},
    intake::NewIdentity,
    language::Language,
    user::{Consent, Origin, User},
};
use serde_json::json;

use super::{
    desk::{Desk, is_conflict},
    paging::assert_pages,
    samples::{fields, origin},
};

pub async fn a_user_reads_back_as_it_was_written(desk: &Desk<'_>) {
    let users = [desk.person(), desk.stranger()];
    desk.write(async |tx| tx.users().insert(&users).await).await;
    for user in users {
        let found = desk.read(async |tx| tx.users().find(user.id).await).await.expect("the user is known");
        assert_same(&found, &user);
    }
}

/// Field by field, as `Debug` says nothing of what is personal.
fn assert_same(found: &User, expected: &User) {
    assert_eq!((found.id, found.bot_id, &found.name), (expected.id, expected.bot_id, &expected.name));
    assert_eq!(
        found.email.as_ref().map(EmailAddress::as_str),
        expected.email.as_ref().map(EmailAddress::as_str)
    );
    assert_eq!(
        found.phone.as_ref().map(PhoneNumber::as_str),
        expected.phone.as_ref().map(PhoneNumber::as_str)
    );
    assert_eq!(found.language, expected.language);
    assert_eq!(found.first_origin, expected.first_origin);
    assert_eq!(found.last_origin, expected.last_origin);
    assert_eq!(found.consent, expected.consent);
    assert_eq!(found.fields, expected.fields);
    assert_eq!(found.welcomed, expected.welcomed);
    assert_eq!((found.created_at, found.updated_at), (expected.created_at, expected.updated_at));
}

pub async fn an_update_changes_everything_that_may_change(desk: &Desk<'_>) {
    let users = [desk.stranger(), desk.person()];
    let bystander = desk.person();
    desk.write(async |tx| {
        tx.users().insert(&users).await?;
        tx.users().insert(from_ref(&bystander)).await
    })
    .await;
    let filled = User { id: users[0].id, created_at: users[0].created_at, ..desk.person() };
    let emptied = User {
        name: Some("X".to_owned()),
        email: None,
        phone: None,
        language: Language::parse("gsw").expect("a language"),
        first_origin: Origin { page: Some("only this".to_owned()), ..Origin::default() },
        last_origin: origin("moved"),
        consent: Some(Consent { given: false, text: None, at: desk.after(7) }),
        fields: fields(json!({ "other": true })),
        welcomed: false,
        updated_at: desk.after(8),
        ..users[1].clone()
    };
    let changed = [filled, emptied];
    desk.write(async |tx| tx.users().update(&changed).await).await;
    for user in changed.iter().chain([&bystander]) {
        let found = desk.read(async |tx| tx.users().find(user.id).await).await.expect("the user is known");
        assert_same(&found, user);
    }
}

pub async fn a_person_is_known_by_each_identity(desk: &Desk<'_>) {
    let [user, other] = [desk.registered().await, desk.registered().await];
    for NewIdentity { identity, .. } in desk.identities(&user) {
        let known = by_identities(desk, from_ref(&identity)).await;
        assert_eq!(known, KnownPersons { users: vec![user.clone()], identities: vec![(identity, user.id)] });
    }
    let mut identities = desk.read(async |tx| tx.users().identities_of(user.id).await).await;
    identities.sort_by(|one, next| one.identity.cmp(&next.identity));
    assert_eq!(identities, desk.identities(&user));
    assert_ne!(user.id, other.id);
}

pub async fn of_several_persons_each_is_found_once(desk: &Desk<'_>) {
    let [one, other] = [desk.registered().await, desk.registered().await];
    let unknown = Identity::Email(EmailAddress::restore("nobody@example.com".to_owned()));
    let known: Vec<_> = desk.identities(&one).into_iter().chain(desk.identities(&other)).collect();
    let mut asked: Vec<_> = known.iter().map(|new| new.identity.clone()).collect();
    asked.push(unknown);
    asked.sort();
    let KnownPersons { users, mut identities } = by_identities(desk, &asked).await;
    identities.sort();
    let mut expected: Vec<_> = known.into_iter().map(|new| (new.identity, new.user_id)).collect();
    expected.sort();
    assert_eq!(identities, expected);
    assert_eq!(users.len(), 2);
    assert_eq!(users.iter().map(|user| user.id).collect::<BTreeSet<_>>(), BTreeSet::from([one.id, other.id]));
}

pub async fn a_customer_is_known_in_its_own_bot_only(desk: &Desk<'_>) {
    let user = desk.registered().await;
    let [NewIdentity { identity, .. }, ..] = desk.identities(&user);
    let Identity::Customer { customer, .. } = identity else { panic!("the first is the customer") };
    let elsewhere = Identity::Customer { bot: BotId::from_uuid(desk.id()), customer: customer.clone() };
    let other_case = Identity::Customer {
        bot: desk.bot.id,
        customer: CustomerId::restore(customer.as_str().to_uppercase()),
    };
    assert_eq!(by_identities(desk, &[elsewhere, other_case]).await, KnownPersons::default());
}

pub async fn an_identity_belongs_to_one_user(desk: &Desk<'_>) {
    let user = desk.registered().await;
    let newcomer = desk.person();
    let mut identities = desk.identities(&newcomer).to_vec();
    let [_, taken, _] = desk.identities(&user);
    identities.push(NewIdentity { user_id: newcomer.id, ..taken });
    let outcome = desk
        .try_write(async |tx| {
            tx.users().insert(from_ref(&newcomer)).await?;
            tx.users().add_identities(&identities).await
        })
        .await;
    assert!(is_conflict(&outcome));
    let known =
        by_identities(desk, &identities.into_iter().map(|new| new.identity).collect::<Vec<_>>()).await;
    assert_eq!(known.identities.iter().map(|(_, owner)| *owner).collect::<Vec<_>>(), [user.id]);
}

pub async fn a_large_set_of_users_is_written_at_once(desk: &Desk<'_>) {
    let users: Vec<_> = (0..600).map(|_| desk.person()).collect();
    let identities: Vec<_> = users.iter().flat_map(|user| desk.identities(user)).collect();
    desk.write(async |tx| {
        tx.users().insert(&users).await?;
        tx.users().add_identities(&identities).await
    })
    .await;
    let asked: Vec<_> = identities.iter().map(|new| new.identity.clone()).collect();
    let known = by_identities(desk, &asked).await;
    assert_eq!((known.users.len(), known.identities.len()), (users.len(), identities.len()));
}

pub async fn an_unknown_user_is_not_found(desk: &Desk<'_>) {
    desk.registered().await;
    let nobody = UserId::from_uuid(desk.id());
    let (found, identities) = desk
        .read(async |tx| Ok((tx.users().find(nobody).await?, tx.users().identities_of(nobody).await?)))
        .await;
    assert_eq!(found, None);
    assert_eq!(identities, []);
}

pub async fn users_are_listed_newest_first(desk: &Desk<'_>) {
    let users: Vec<_> = (0..7).map(|_| desk.person()).collect();
    desk.write(async |tx| tx.users().insert(&users).await).await;
    let newest_first: Vec<_> = users.iter().rev().map(|user| user.id.as_uuid()).collect();
    assert_pages(&newest_first, async |page| {
        let listed = desk.read(async |tx| tx.users().page(&UserFilter::default(), page).await).await;
        listed.iter().map(|user| user.id.as_uuid()).collect()
    })
    .await;
}

async fn by_identities(desk: &Desk<'_>, identities: &[Identity]) -> KnownPersons {
    desk.read(async |tx| tx.users().by_identities(identities).await).await
}
