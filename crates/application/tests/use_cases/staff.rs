//! `CreateSuperuser`, `AddToken`, `RevokeToken`, `AuthenticateAgent`.

use std::sync::Arc;

use application::{
    ports::{PasswordHashError, PasswordHasher, StorageError},
    staff::{AddAgent, AddToken, AuthenticateAgent, CreateSuperuser, RevokeToken, StaffError},
};
use domain::{
    agent::{Agent, Role, Scope},
    bot::Secret,
    ids::{AgentId, TokenId},
};
use port_contracts::{Fault, Operation, PlainPasswordHasher};

use crate::desk::{BEGIN, Desk, seconds};

const PASSWORD: &str = "correct horse";

async fn create(desk: &Desk, email: &str, password: &str) -> Result<AgentId, StaffError> {
    create_with(desk, email, password, Arc::new(PlainPasswordHasher)).await
}

async fn create_with(
    desk: &Desk,
    email: &str,
    password: &str,
    hasher: Arc<dyn PasswordHasher>,
) -> Result<AgentId, StaffError> {
    let ids = Arc::clone(&desk.ids) as _;
    let add = AddAgent { audit: desk.audit(), storage: desk.storage(), clock: desk.clock(), ids, hasher };
    CreateSuperuser(add).execute(email, password.to_owned()).await
}

async fn add_token(desk: &Desk, email: &str, scope: Scope) -> Result<Secret, StaffError> {
    let (ids, entropy) = (Arc::clone(&desk.ids) as _, Arc::clone(&desk.entropy) as _);
    let add = AddToken { audit: desk.audit(), storage: desk.storage(), clock: desk.clock(), ids, entropy };
    add.execute(email, " laptop ", scope).await
}

async fn revoke(desk: &Desk, id: TokenId) -> Result<(), StaffError> {
    RevokeToken { audit: desk.audit(), storage: desk.storage(), clock: desk.clock() }.execute(id).await
}

async fn who(desk: &Desk, presented: &str) -> Option<Agent> {
    AuthenticateAgent { storage: desk.storage() }.execute(presented).await.expect("storage works")
}

async fn token_ids(desk: &Desk) -> Vec<TokenId> {
    let tokens = desk.look(async |snapshot| snapshot.agents().tokens(None).await).await;
    tokens.iter().map(|token| token.id).collect()
}

#[tokio::test]
async fn a_superuser_is_an_admin_whose_password_is_stored_as_a_hash() {
    let desk = Desk::open().await;
    let id = create(&desk, " Ana@Example.com", PASSWORD).await.expect("the address is free");
    let found = desk.look(async |snapshot| snapshot.agents().by_email("ana@example.com").await).await;
    let ana = found.expect("it is stored in lower case");
    assert_eq!((ana.id, ana.role, ana.created_at), (id, Role::Admin, BEGIN));
    assert_eq!(ana.password_hash, format!("$plain${PASSWORD}"));
}

#[tokio::test]
async fn a_superuser_needs_an_address_and_a_password_of_some_length() {
    let desk = Desk::open().await;
    assert!(matches!(create(&desk, "ana", PASSWORD).await, Err(StaffError::Email)));
    for password in ["", "elevenchars", &"p".repeat(257)] {
        assert!(matches!(create(&desk, "ana@example.com", password).await, Err(StaffError::Password)));
    }
    create(&desk, "ana@example.com", "ñandúñandúñ!").await.expect("twelve characters suffice");
    create(&desk, "bea@example.com", &"ñ".repeat(256)).await.expect("256 characters are not too many");
}

#[tokio::test]
async fn an_address_is_one_members_whatever_its_case() {
    let desk = Desk::open().await;
    create(&desk, "ana@example.com", PASSWORD).await.expect("the address is free");
    let again = create(&desk, "ANA@example.com", "another password").await;
    assert!(matches!(again, Err(StaffError::EmailTaken)));
}

/// Cannot hash anything.
struct BrokenHasher;

impl PasswordHasher for BrokenHasher {
    fn hash(&self, _: &str) -> Result<String, PasswordHashError> {
        Err(PasswordHashError("no memory".to_owned()))
    }

    fn verify(&self, _: &str, _: &str) -> Result<bool, PasswordHashError> {
        unreachable!("nothing is compared")
    }
}

/// Panics at every password.
struct PanickingHasher;

impl PasswordHasher for PanickingHasher {
    fn hash(&self, _: &str) -> Result<String, PasswordHashError> {
        panic!("the test made it panic")
    }

    fn verify(&self, _: &str, _: &str) -> Result<bool, PasswordHashError> {
        unreachable!("nothing is compared")
    }
}

#[tokio::test]
async fn without_a_hash_nobody_is_made() {
    let desk = Desk::open().await;
    let hashers: [Arc<dyn PasswordHasher>; 2] = [Arc::new(BrokenHasher), Arc::new(PanickingHasher)];
    for hasher in hashers {
        let outcome = create_with(&desk, "ana@example.com", PASSWORD, hasher).await;
        assert!(matches!(outcome, Err(StaffError::Hash(_))), "{outcome:?}");
    }
    let found = desk.look(async |snapshot| snapshot.agents().by_email("ana@example.com").await).await;
    assert!(found.is_none());
}

#[tokio::test]
async fn a_token_allows_what_its_scope_says() {
    let desk = Desk::open().await;
    let ana = create(&desk, "ana@example.com", PASSWORD).await.expect("the address is free");
    let token = add_token(&desk, " Ana@example.com ", Scope::Write).await.expect("she is a member");
    assert!(token.reveal().starts_with("fds_"));
    let agent = who(&desk, token.reveal()).await.expect("the token is in force");
    assert_eq!((agent.id(), agent.may(Role::Agent), agent.may(Role::Admin)), (ana, true, false));
    let stored = desk.look(async |snapshot| snapshot.agents().tokens(Some(ana)).await).await.remove(0);
    assert_eq!((stored.name.as_str(), stored.digest), ("laptop", token.digest()));
}

#[tokio::test]
async fn nobody_is_let_in_by_a_token_that_does_not_exist() {
    let desk = Desk::open().await;
    assert_eq!(who(&desk, "fds_nothing").await, None);
    assert_eq!(who(&desk, desk.key.reveal()).await, None, "a bot's key is no token");
}

#[tokio::test]
async fn a_token_needs_a_member() {
    let desk = Desk::open().await;
    assert!(matches!(add_token(&desk, "ana@example.com", Scope::Read).await, Err(StaffError::Unknown)));
    assert_eq!(token_ids(&desk).await, []);
}

#[tokio::test]
async fn a_revoked_token_lets_nobody_in_from_then_on() {
    let desk = Desk::open().await;
    create(&desk, "ana@example.com", PASSWORD).await.expect("the address is free");
    let (first, second) = (
        add_token(&desk, "ana@example.com", Scope::Admin).await.expect("she is a member"),
        add_token(&desk, "ana@example.com", Scope::Admin).await.expect("she is a member"),
    );
    let id = token_ids(&desk).await[0];
    desk.clock.advance(seconds(5));
    revoke(&desk, id).await.expect("it is in force");
    assert_eq!(who(&desk, first.reveal()).await, None);
    assert!(who(&desk, second.reveal()).await.is_some(), "her other token stays");
    assert!(matches!(revoke(&desk, id).await, Err(StaffError::UnknownToken(of)) if of == id));
    let stored = desk.look(async |snapshot| snapshot.agents().tokens(None).await).await;
    assert_eq!(stored[0].revoked_at, Some(BEGIN + seconds(5)));
}

#[tokio::test]
async fn what_cannot_be_written_or_read_is_told_as_such() {
    let desk = Desk::open().await;
    desk.storage.fail_next(Operation::AgentsInsert, Fault::Unavailable);
    assert!(matches!(create(&desk, "ana@example.com", PASSWORD).await, Err(StaffError::Storage(_))));
    create(&desk, "ana@example.com", PASSWORD).await.expect("the address is free");
    desk.storage.fail_next(Operation::Commit, Fault::Unavailable);
    assert!(matches!(add_token(&desk, "ana@example.com", Scope::Read).await, Err(StaffError::Storage(_))));
    assert_eq!(token_ids(&desk).await, []);
    desk.storage.go_away();
    assert!(matches!(revoke(&desk, TokenId::MAX).await, Err(StaffError::Storage(_))));
    let unknown = AuthenticateAgent { storage: desk.storage() }.execute("fds_any").await;
    assert!(matches!(unknown, Err(StorageError::Unavailable(_))));
}
