//! `AddBot`, `RotateBotKey`, `RevokeBotKeys`.

use std::sync::Arc;

use application::bots::{
    AddBot, BotError, ChangeHook, HookChange, NewBot, RevokeBotKeys, RotateBotKey, WhichKeys,
};
use domain::{
    bot::{Bot, KeyStanding, Secret},
    identity::Country,
    language::Language,
};
use port_contracts::{Fault, Operation};

use crate::desk::{BEGIN, BOT, Desk};

fn named(name: &str) -> NewBot {
    NewBot {
        name: name.to_owned(),
        default_origin: None,
        default_language: Language::ENGLISH,
        default_country: None,
    }
}

async fn add(desk: &Desk, new: NewBot) -> Result<Secret, BotError> {
    let (ids, entropy) = (Arc::clone(&desk.ids) as _, Arc::clone(&desk.entropy) as _);
    AddBot { audit: desk.audit(), storage: desk.storage(), clock: desk.clock(), ids, entropy }
        .execute(new)
        .await
}

async fn rotate(desk: &Desk, name: &str) -> Result<Secret, BotError> {
    RotateBotKey { audit: desk.audit(), storage: desk.storage(), entropy: Arc::clone(&desk.entropy) as _ }
        .execute(name)
        .await
}

async fn revoke(desk: &Desk, name: &str, which: WhichKeys) -> Result<(), BotError> {
    RevokeBotKeys { audit: desk.audit(), storage: desk.storage() }.execute(name, which).await
}

async fn bot(desk: &Desk, name: &str) -> Option<Bot> {
    desk.look(async |snapshot| snapshot.bots().by_name(name).await).await
}

async fn standing(desk: &Desk, key: &Secret) -> Option<KeyStanding> {
    bot(desk, BOT).await.expect("the bot").keys.standing(key.digest())
}

#[tokio::test]
async fn a_new_bot_is_stored_as_it_was_described_and_its_key_only_as_a_digest() {
    let desk = Desk::open().await;
    let country = Country::parse("ES").ok();
    let new = NewBot {
        default_origin: Some("whatsapp".to_owned()),
        default_language: Language::parse("es").expect("a language"),
        default_country: country,
        ..named("  WhatsApp bot ")
    };
    let key = add(&desk, new).await.expect("it is new");
    let bot = bot(&desk, "WhatsApp bot").await.expect("it is stored without outer spaces");
    assert_eq!((bot.default_origin.as_deref(), bot.default_language.as_str()), (Some("whatsapp"), "es"));
    assert_eq!((bot.default_country, bot.created_at), (country, BEGIN));
    assert_eq!(bot.keys.standing(key.digest()), Some(KeyStanding::Valid));
    assert!(key.reveal().starts_with("fd_") && key.reveal().len() == 46);
    assert_ne!(key, desk.key);
}

#[tokio::test]
async fn a_bot_needs_a_name_of_its_own() {
    let desk = Desk::open().await;
    for name in ["", "   ", &"n".repeat(101)] {
        assert!(matches!(add(&desk, named(name)).await, Err(BotError::Name)), "{name:?}");
    }
    add(&desk, named(&"ñ".repeat(100))).await.expect("a hundred characters are a name");
    let taken = add(&desk, named(&format!(" {BOT} "))).await;
    assert!(matches!(taken, Err(BotError::NameTaken(name)) if name == BOT));
    assert_eq!(bot(&desk, BOT).await, Some(desk.bot.clone()), "the first keeps its key");
}

#[tokio::test]
async fn a_rotation_keeps_the_previous_key_alive_until_the_next() {
    let desk = Desk::open().await;
    let second = rotate(&desk, BOT).await.expect("the bot is known");
    assert_eq!(standing(&desk, &desk.key).await, Some(KeyStanding::Valid));
    let third = rotate(&desk, BOT).await.expect("the bot is known");
    assert_eq!(standing(&desk, &desk.key).await, Some(KeyStanding::Revoked));
    for key in [&second, &third] {
        assert_eq!(standing(&desk, key).await, Some(KeyStanding::Valid));
    }
}

#[tokio::test]
async fn the_previous_key_can_be_revoked_alone() {
    let desk = Desk::open().await;
    let second = rotate(&desk, BOT).await.expect("the bot is known");
    revoke(&desk, BOT, WhichKeys::Previous).await.expect("there is one");
    assert_eq!(standing(&desk, &desk.key).await, Some(KeyStanding::Revoked));
    assert_eq!(standing(&desk, &second).await, Some(KeyStanding::Valid));
    let again = revoke(&desk, BOT, WhichKeys::Previous).await;
    assert!(matches!(again, Err(BotError::NoKey(name)) if name == BOT));
}

#[tokio::test]
async fn all_keys_can_be_revoked_and_a_rotation_gives_a_new_one() {
    let desk = Desk::open().await;
    let second = rotate(&desk, BOT).await.expect("the bot is known");
    revoke(&desk, BOT, WhichKeys::All).await.expect("there are two");
    assert!(matches!(revoke(&desk, BOT, WhichKeys::All).await, Err(BotError::NoKey(_))));
    let third = rotate(&desk, BOT).await.expect("the bot is known");
    for key in [&desk.key, &second] {
        assert_eq!(standing(&desk, key).await, Some(KeyStanding::Revoked));
    }
    assert_eq!(standing(&desk, &third).await, Some(KeyStanding::Valid));
}

#[tokio::test]
async fn an_unknown_bot_has_no_keys() {
    let desk = Desk::open().await;
    assert!(matches!(rotate(&desk, "nobody").await, Err(BotError::Unknown(name)) if name == "nobody"));
    let revoked = revoke(&desk, "nobody", WhichKeys::All).await;
    assert!(matches!(revoked, Err(BotError::Unknown(name)) if name == "nobody"));
}

#[tokio::test]
async fn what_cannot_be_written_leaves_the_bot_as_it_was() {
    let desk = Desk::open().await;
    for step in [Operation::BotsUpdate, Operation::Commit] {
        desk.storage.fail_next(step, Fault::Unavailable);
        assert!(matches!(rotate(&desk, BOT).await, Err(BotError::Storage(_))), "{step:?}");
        desk.storage.fail_next(step, Fault::Unavailable);
        assert!(matches!(revoke(&desk, BOT, WhichKeys::All).await, Err(BotError::Storage(_))), "{step:?}");
    }
    assert_eq!(bot(&desk, BOT).await, Some(desk.bot.clone()));
    desk.storage.fail_next(Operation::BotsInsert, Fault::Unavailable);
    assert!(matches!(add(&desk, named("new")).await, Err(BotError::Storage(_))));
}

#[tokio::test]
async fn a_hook_is_shown_renewed_and_given_a_token() {
    let desk = Desk::open().await;
    let change =
        ChangeHook { audit: desk.audit(), storage: desk.storage(), entropy: Arc::clone(&desk.entropy) as _ };
    let first = change.execute(BOT, HookChange::Nothing).await.expect("the bot");
    assert_eq!(first, desk.bot.hook);
    let with_token =
        change.execute(BOT, HookChange::Token(Some("a token".to_owned()))).await.expect("the bot");
    assert_eq!(with_token.secret, first.secret);
    assert!(with_token.admits(Some("a token")) && !with_token.admits(None));
    let renewed = change.execute(BOT, HookChange::NewSecret).await.expect("the bot");
    assert_ne!(renewed.secret, first.secret);
    assert_eq!(renewed.token, with_token.token, "the token stays");
    let stored = bot(&desk, BOT).await.expect("the bot");
    assert_eq!((stored.hook, stored.keys), (renewed, desk.bot.keys.clone()));
    assert!(change.execute(BOT, HookChange::Token(None)).await.expect("the bot").admits(None));
    let unknown = change.execute("nobody", HookChange::Nothing).await;
    assert!(matches!(unknown, Err(BotError::Unknown(_))));
}
