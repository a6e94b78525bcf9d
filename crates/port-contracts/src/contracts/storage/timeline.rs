//! What happened to users.

use std::slice::from_ref;

use domain::{
    identity::IdentityKind,
    ids::{RequestId, UserId},
    intake::IdentityClash,
};

use super::desk::Desk;

pub async fn a_clash_is_shown_to_both_users_oldest_first(desk: &Desk<'_>) {
    let [one, other, third] = [(); 3].map(|()| UserId::from_uuid(desk.id()));
    let clash = |user_id, other_user_id, kind, at| IdentityClash {
        request_id: RequestId::from_uuid(desk.id()),
        user_id,
        other_user_id,
        kind,
        at: desk.after(at),
    };
    let first = clash(one, other, IdentityKind::Phone, 1);
    let second = clash(third, one, IdentityKind::Email, 2);
    let third_clash = clash(one, other, IdentityKind::Customer, 3);
    desk.write(async |tx| tx.timeline().record_clashes(&[first.clone(), second.clone()]).await).await;
    desk.write(async |tx| tx.timeline().record_clashes(from_ref(&third_clash)).await).await;
    assert_eq!(clashes_of(desk, one).await, [first.clone(), second.clone(), third_clash.clone()]);
    assert_eq!(clashes_of(desk, other).await, [first, third_clash]);
    assert_eq!(clashes_of(desk, third).await, [second]);
    assert_eq!(clashes_of(desk, UserId::from_uuid(desk.id())).await, []);
}

async fn clashes_of(desk: &Desk<'_>, user: UserId) -> Vec<IdentityClash> {
    desk.read(async |tx| tx.timeline().clashes_of(user).await).await
}
