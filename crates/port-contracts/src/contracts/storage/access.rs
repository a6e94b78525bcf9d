//! Bots, members of staff, and what lets them in.

use std::{collections::BTreeSet, slice::from_ref};

use domain::{
    agent::{ApiToken, Role, Scope, StaffMember},
    bot::{Bot, BotKeys, Hook, HookSecret, Secret, SecretDigest},
    identity::Country,
    ids::{AgentId, BotId, TokenId},
    language::Language,
};

use super::desk::{Desk, is_conflict};

pub async fn bots_read_back_in_the_order_in_which_they_were_added(desk: &Desk<'_>) {
    let [second, third] = [bot(desk, "zeta"), bot(desk, "alpha 🤖")];
    let bare =
        Bot { default_origin: None, default_country: None, default_language: Language::ENGLISH, ..third };
    desk.write(async |tx| {
        tx.bots().insert(&second).await?;
        tx.bots().insert(&bare).await
    })
    .await;
    let all = desk.read(async |tx| tx.bots().all().await).await;
    assert_eq!(all, [desk.bot.clone(), second, bare.clone()]);
    assert_eq!(by_name(desk, "alpha 🤖").await, Some(bare));
    assert_eq!(by_name(desk, "ALPHA").await, None);
}

pub async fn the_name_of_a_bot_is_taken_once(desk: &Desk<'_>) {
    let namesake = bot(desk, &desk.bot.name);
    let outcome = desk.try_write(async |tx| tx.bots().insert(&namesake).await).await;
    assert!(is_conflict(&outcome));
    assert_eq!(by_name(desk, &desk.bot.name).await.as_ref(), Some(&desk.bot));
    let key = namesake.keys.current.expect("a new bot has a key");
    assert_eq!(by_key(desk, key).await, None, "nothing of it was written");
}

pub async fn a_bot_is_found_by_every_key_it_ever_had(desk: &Desk<'_>) {
    let [first, second, third, fourth, unknown] = [21, 22, 23, 24, 25].map(digest);
    let mut bot = Bot { keys: BotKeys::new(first), ..bot(desk, "rotating") };
    desk.write(async |tx| tx.bots().insert(&bot).await).await;
    for next in [second, third, fourth] {
        bot.keys.rotate(next);
        desk.write(async |tx| tx.bots().update(&bot).await).await;
    }
    assert_eq!(
        bot.keys,
        BotKeys { current: Some(fourth), previous: Some(third), revoked: vec![first, second] }
    );
    for key in [first, second, third, fourth] {
        assert_eq!(by_key(desk, key).await.as_ref(), Some(&bot));
    }
    assert_eq!(by_key(desk, unknown).await, None);

    bot.keys.revoke_all();
    desk.write(async |tx| tx.bots().update(&bot).await).await;
    let revoked = by_key(desk, fourth).await.expect("a revoked key is still known");
    assert_eq!((revoked.keys.current, revoked.keys.previous), (None, None));
    assert_eq!(revoked, bot);
}

pub async fn a_bot_is_found_by_its_hook(desk: &Desk<'_>) {
    let mut bot = bot(desk, "hooked");
    desk.write(async |tx| tx.bots().insert(&bot).await).await;
    let (first, next) = (bot.hook.secret.clone(), HookSecret::restore("fdh_next".to_owned()));
    assert_eq!(by_hook(desk, &first).await.as_ref(), Some(&bot));
    assert_eq!(by_hook(desk, &next).await, None);
    bot.hook = Hook { secret: next.clone(), token: Some(digest(51)) };
    desk.write(async |tx| tx.bots().update(&bot).await).await;
    assert_eq!(by_hook(desk, &next).await, Some(bot));
    assert_eq!(by_hook(desk, &first).await, None);
}

pub async fn an_update_changes_one_bot(desk: &Desk<'_>) {
    let other = bot(desk, "other");
    desk.write(async |tx| tx.bots().insert(&other).await).await;
    let changed = Bot {
        default_origin: None,
        default_language: Language::parse("pt").expect("a language"),
        default_country: Country::parse("PT").ok(),
        name: "put away".to_owned(),
        archived_at: Some(desk.after(9)),
        ..desk.bot.clone()
    };
    desk.write(async |tx| tx.bots().update(&changed).await).await;
    assert_eq!(desk.read(async |tx| tx.bots().all().await).await, [changed, other]);
}

pub async fn a_member_of_staff_reads_back_as_it_was_written(desk: &Desk<'_>) {
    for (number, &role) in (1..).zip(Role::ALL) {
        let written = member(desk, number, role);
        desk.write(async |tx| tx.agents().insert(&written).await).await;
        let found = by_email(desk, &written.email).await.expect("it is known");
        assert_eq!(found.password_hash, written.password_hash);
        assert_eq!(found, written);
    }
    assert_eq!(by_email(desk, "nobody@example.com").await, None);
}

pub async fn an_address_signs_in_one_member_of_staff(desk: &Desk<'_>) {
    let first = member(desk, 1, Role::Admin);
    desk.write(async |tx| tx.agents().insert(&first).await).await;
    let second = StaffMember { email: first.email.clone(), ..member(desk, 2, Role::Viewer) };
    assert!(is_conflict(&desk.try_write(async |tx| tx.agents().insert(&second).await).await));
    assert_eq!(by_email(desk, &first.email).await, Some(first));
}

pub async fn an_update_changes_one_member_of_staff(desk: &Desk<'_>) {
    let [first, second] = [member(desk, 1, Role::Admin), member(desk, 2, Role::Agent)];
    add(desk, &[first.clone(), second.clone()], &[]).await;
    let changed = StaffMember {
        password_hash: "$argon2id$v=19$other".to_owned(),
        role: Role::Viewer,
        deactivated_at: Some(desk.after(60)),
        ..second
    };
    desk.write(async |tx| tx.agents().update(&changed).await).await;
    assert_eq!(desk.read(async |tx| tx.agents().all().await).await, [first.clone(), changed.clone()]);
    let back = StaffMember { deactivated_at: None, ..changed };
    desk.write(async |tx| tx.agents().update(&back).await).await;
    assert_eq!(desk.read(async |tx| tx.agents().all().await).await, [first, back]);
}

pub async fn a_token_leads_to_its_agent(desk: &Desk<'_>) {
    let members = [member(desk, 1, Role::Admin), member(desk, 2, Role::Agent)];
    let tokens = [
        token(desk, &members[0], 31, Scope::Read),
        token(desk, &members[1], 32, Scope::Write),
        token(desk, &members[0], 33, Scope::Admin),
    ];
    add(desk, &members, &tokens).await;
    for (token, owner) in tokens.iter().zip([&members[0], &members[1], &members[0]]) {
        assert_eq!(by_token(desk, token.digest).await, Some((owner.clone(), token.clone())));
    }
    assert_eq!(by_token(desk, digest(99)).await, None);
    assert_eq!(token_ids(desk, None).await, tokens.iter().map(|token| token.id).collect());
    assert_eq!(token_ids(desk, Some(members[0].id)).await, BTreeSet::from([tokens[0].id, tokens[2].id]));
    assert_eq!(token_ids(desk, Some(AgentId::from_uuid(desk.id()))).await, BTreeSet::new());
}

pub async fn a_token_is_revoked_once_and_stays_known(desk: &Desk<'_>) {
    let owner = member(desk, 1, Role::Agent);
    let tokens = [token(desk, &owner, 41, Scope::Write), token(desk, &owner, 42, Scope::Write)];
    add(desk, from_ref(&owner), &tokens).await;
    let at = desk.after(60);
    let revoke = async |id: TokenId, at| desk.write(async |tx| tx.agents().revoke_token(id, at).await).await;
    assert!(revoke(tokens[0].id, at).await);
    assert!(!revoke(tokens[0].id, desk.after(120)).await);
    assert!(!revoke(TokenId::from_uuid(desk.id()), at).await);
    let revoked = ApiToken { revoked_at: Some(at), ..tokens[0].clone() };
    assert_eq!(by_token(desk, tokens[0].digest).await, Some((owner.clone(), revoked)));
    assert_eq!(by_token(desk, tokens[1].digest).await, Some((owner, tokens[1].clone())));
}

fn digest(n: u8) -> SecretDigest {
    Secret::api_token([n; 32]).digest()
}

fn bot(desk: &Desk<'_>, name: &str) -> Bot {
    let keys = BotKeys::new(SecretDigest::restore(desk.digest()));
    let hook = Hook::new(HookSecret::restore(format!("fdh_{}", desk.id())));
    Bot { id: BotId::from_uuid(desk.id()), name: name.to_owned(), keys, hook, ..desk.bot.clone() }
}

fn member(desk: &Desk<'_>, number: u8, role: Role) -> StaffMember {
    StaffMember {
        id: AgentId::from_uuid(desk.id()),
        email: format!("agent{number}@example.com"),
        password_hash: format!("$argon2id$v=19$hash{number}"),
        role,
        created_at: desk.now(),
        deactivated_at: None,
    }
}

fn token(desk: &Desk<'_>, owner: &StaffMember, n: u8, scope: Scope) -> ApiToken {
    ApiToken {
        id: TokenId::from_uuid(desk.id()),
        agent_id: owner.id,
        name: "laptop 💻".to_owned(),
        digest: digest(n),
        scope,
        created_at: desk.now(),
        revoked_at: None,
    }
}

async fn add(desk: &Desk<'_>, members: &[StaffMember], tokens: &[ApiToken]) {
    desk.write(async |tx| {
        for member in members {
            tx.agents().insert(member).await?;
        }
        for token in tokens {
            tx.agents().insert_token(token).await?;
        }
        Ok(())
    })
    .await;
}

async fn by_name(desk: &Desk<'_>, name: &str) -> Option<Bot> {
    desk.read(async |tx| tx.bots().by_name(name).await).await
}

async fn by_key(desk: &Desk<'_>, key: SecretDigest) -> Option<Bot> {
    desk.read(async |tx| tx.bots().by_key(key).await).await
}

async fn by_hook(desk: &Desk<'_>, secret: &HookSecret) -> Option<Bot> {
    desk.read(async |tx| tx.bots().by_hook(secret).await).await
}

async fn by_email(desk: &Desk<'_>, email: &str) -> Option<StaffMember> {
    desk.read(async |tx| tx.agents().by_email(email).await).await
}

async fn by_token(desk: &Desk<'_>, digest: SecretDigest) -> Option<(StaffMember, ApiToken)> {
    desk.read(async |tx| tx.agents().by_token(digest).await).await
}

async fn token_ids(desk: &Desk<'_>, agent: Option<AgentId>) -> BTreeSet<TokenId> {
    let tokens = desk.read(async |tx| tx.agents().tokens(agent).await).await;
    tokens.iter().map(|token| token.id).collect()
}
