//! `AuthenticateBot`: whose key it is.

use application::{
    bots::{RevokeBotKeys, RotateBotKey, WhichKeys},
    intake::{AccessDenied, AuthenticateBot},
};
use domain::bot::Secret;
use jiff::SignedDuration;

use crate::desk::{BOT, Desk, seconds};

/// A revocation is seen after this at the latest.
const BELIEVED_FOR: SignedDuration = seconds(3);

fn authenticate(desk: &Desk) -> AuthenticateBot {
    AuthenticateBot::new(desk.storage(), desk.clock())
}

async fn rotate(desk: &Desk) -> Secret {
    let rotate = RotateBotKey {
        audit: desk.audit(),
        storage: desk.storage(),
        entropy: std::sync::Arc::clone(&desk.entropy) as _,
    };
    rotate.execute(BOT).await.expect("the bot is known")
}

async fn revoke(desk: &Desk, which: WhichKeys) {
    RevokeBotKeys { audit: desk.audit(), storage: desk.storage() }
        .execute(BOT, which)
        .await
        .expect("there is a key");
}

async fn is_revoked(door: &AuthenticateBot, key: &Secret) -> bool {
    matches!(door.execute(key.reveal()).await, Err(AccessDenied::RevokedKey))
}

#[tokio::test]
async fn a_valid_key_is_its_bots() {
    let desk = Desk::open().await;
    let bot = authenticate(&desk).execute(desk.key.reveal()).await.expect("it opens");
    assert_eq!(*bot, desk.bot);
}

#[tokio::test]
async fn a_key_that_was_never_any_bots_is_unknown() {
    let desk = Desk::open().await;
    for presented in ["", "fd_", "fd_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"] {
        assert!(
            matches!(authenticate(&desk).execute(presented).await, Err(AccessDenied::UnknownKey)),
            "{presented}"
        );
    }
}

#[tokio::test]
async fn a_new_key_works_at_once_beside_the_one_before() {
    let desk = Desk::open().await;
    let door = authenticate(&desk);
    door.execute(desk.key.reveal()).await.expect("the first key opens");
    let second = rotate(&desk).await;
    for key in [&desk.key, &second] {
        door.execute(key.reveal()).await.expect("both keys open");
    }
}

#[tokio::test]
async fn the_next_rotation_ends_the_previous_key() {
    let desk = Desk::open().await;
    let door = authenticate(&desk);
    let second = rotate(&desk).await;
    rotate(&desk).await;
    assert!(is_revoked(&door, &desk.key).await);
    door.execute(second.reveal()).await.expect("it is the previous one now");
}

#[tokio::test]
async fn a_revocation_is_seen_within_three_seconds_by_those_who_know_the_key() {
    let desk = Desk::open().await;
    let door = authenticate(&desk);
    door.execute(desk.key.reveal()).await.expect("it opens");
    revoke(&desk, WhichKeys::All).await;
    desk.clock.advance(BELIEVED_FOR);
    assert!(door.known(desk.key.reveal()).is_none());
    assert!(is_revoked(&door, &desk.key).await);
    assert!(is_revoked(&door, &desk.key).await, "it stays so");
}

#[tokio::test]
async fn a_clock_that_is_set_back_lets_no_revoked_key_live_longer() {
    let desk = Desk::open().await;
    let door = authenticate(&desk);
    door.execute(desk.key.reveal()).await.expect("it opens");
    revoke(&desk, WhichKeys::All).await;
    desk.clock.advance(-seconds(3_600));
    assert!(is_revoked(&door, &desk.key).await);
}

#[tokio::test]
async fn a_revocation_is_seen_at_once_by_those_who_do_not_know_the_key() {
    let desk = Desk::open().await;
    revoke(&desk, WhichKeys::All).await;
    assert!(is_revoked(&authenticate(&desk), &desk.key).await);
}

#[tokio::test]
async fn being_used_does_not_make_a_key_live_longer() {
    let desk = Desk::open().await;
    let door = authenticate(&desk);
    door.execute(desk.key.reveal()).await.expect("it opens");
    revoke(&desk, WhichKeys::All).await;
    for _ in 0..2 {
        desk.clock.advance(seconds(1));
        door.execute(desk.key.reveal()).await.expect("it is still believed");
    }
    desk.clock.advance(seconds(1));
    assert!(is_revoked(&door, &desk.key).await);
}

#[tokio::test]
async fn a_key_is_known_without_a_wait_only_after_it_was_looked_up() {
    let desk = Desk::open().await;
    let door = authenticate(&desk);
    assert!(door.known(desk.key.reveal()).is_none());
    door.execute(desk.key.reveal()).await.expect("it opens");
    assert_eq!(door.known(desk.key.reveal()).as_deref(), Some(&desk.bot));
    desk.clock.advance(BELIEVED_FOR);
    assert!(door.known(desk.key.reveal()).is_none());
}

#[tokio::test]
async fn while_the_database_is_away_a_key_is_believed_for_a_moment_and_then_nobody_can_tell() {
    let desk = Desk::open().await;
    let door = authenticate(&desk);
    door.execute(desk.key.reveal()).await.expect("it opens");
    desk.storage.go_away();
    door.execute(desk.key.reveal()).await.expect("it was valid a moment ago");
    assert!(matches!(door.execute("fd_other").await, Err(AccessDenied::Unavailable(_))));
    desk.clock.advance(BELIEVED_FOR);
    assert!(matches!(door.execute(desk.key.reveal()).await, Err(AccessDenied::Unavailable(_))));
    desk.storage.come_back();
    door.execute(desk.key.reveal()).await.expect("the database is back");
}
