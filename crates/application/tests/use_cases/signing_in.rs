//! `SignIn`, `AuthenticateSession`, `EndSession`, `AddAgent`, `ChangeAgent`, `ChangePassword`.

use std::sync::Arc;

use application::staff::{
    AddAgent, AgentChange, AuthenticateSession, ChangeAgent, ChangePassword, CreateSuperuser, EndSession,
    Entrance, SignIn, SignInError, SignedIn, StaffError,
};
use domain::{
    agent::Role,
    bot::Secret,
    session::{SESSION_IDLE, SESSION_LIFETIME},
};
use jiff::SignedDuration;
use port_contracts::{Fault, Operation, PlainPasswordHasher, PlainVault};

use crate::{desk::Desk, talk::agent};

const EMAIL: &str = "ana@example.com";
const PASSWORD: &str = "correct horse";

fn add(desk: &Desk) -> AddAgent {
    AddAgent {
        audit: desk.audit(),
        storage: desk.storage(),
        clock: desk.clock(),
        ids: Arc::clone(&desk.ids) as _,
        hasher: Arc::new(PlainPasswordHasher),
    }
}

/// A desk with an admin, and the way in.
async fn staffed() -> (Desk, SignIn) {
    let desk = Desk::open().await;
    CreateSuperuser(add(&desk)).execute(EMAIL, PASSWORD.to_owned()).await.expect("a new admin");
    let (ids, entropy) = (Arc::clone(&desk.ids) as _, Arc::clone(&desk.entropy) as _);
    let hasher = Arc::new(PlainPasswordHasher);
    let sign_in = SignIn::new(desk.storage(), desk.clock(), ids, entropy, hasher, Some(Arc::new(PlainVault)));
    (desk, sign_in)
}

async fn enter(sign_in: &SignIn, password: &str, remote: &str) -> Result<Secret, SignInError> {
    enter_as(sign_in, " Ana@Example.com ", password, remote).await
}

async fn enter_as(
    sign_in: &SignIn,
    email: &str,
    password: &str,
    remote: &str,
) -> Result<Secret, SignInError> {
    let tried = sign_in.execute(email, password.to_owned(), remote, "Firefox\n💻").await;
    tried.map(|entrance| match entrance {
        Entrance::Entered(secret) => secret,
        Entrance::Halfway(_) => panic!("nobody has a second factor"),
    })
}

async fn who(desk: &Desk, secret: &Secret) -> Option<SignedIn> {
    let authenticate = AuthenticateSession { storage: desk.storage(), clock: desk.clock() };
    authenticate.execute(secret.reveal()).await.expect("storage works")
}

#[tokio::test]
async fn who_knows_the_password_is_signed_in_until_the_session_ends() {
    let (desk, sign_in) = staffed().await;
    let secret = enter(&sign_in, PASSWORD, "192.0.2.1").await.expect("the right password");
    let signed_in = who(&desk, &secret).await.expect("a session");
    assert_eq!((signed_in.email.as_str(), signed_in.agent.role()), (EMAIL, Role::Admin));
    let sessions = desk.look(async |tx| tx.sessions().of_agent(signed_in.agent.id()).await).await;
    assert_eq!(sessions[0].client, "Firefox 💻");
    let end = EndSession { storage: desk.storage() };
    assert!(end.execute(&signed_in.agent, signed_in.session).await.expect("storage works"));
    assert_eq!(who(&desk, &secret).await, None);
}

#[tokio::test]
async fn a_session_that_is_used_goes_on_until_its_age_ends_it() {
    let (desk, sign_in) = staffed().await;
    let secret = enter(&sign_in, PASSWORD, "192.0.2.1").await.expect("the right password");
    let step = SESSION_IDLE - SignedDuration::from_secs(1);
    let mut age = SignedDuration::ZERO;
    while age + step < SESSION_LIFETIME {
        desk.clock.advance(step);
        age += step;
        assert!(who(&desk, &secret).await.is_some(), "{age}");
    }
    desk.clock.advance(step);
    assert_eq!(who(&desk, &secret).await, None);
    let other = enter(&sign_in, PASSWORD, "192.0.2.1").await.expect("the right password");
    desk.clock.advance(SESSION_IDLE);
    assert_eq!(who(&desk, &other).await, None);
}

#[tokio::test]
async fn who_guesses_waits_and_shuts_nobody_else_out() {
    let (_, sign_in) = staffed().await;
    for _ in 0..5 {
        assert!(matches!(enter(&sign_in, "wrong", "192.0.2.66").await, Err(SignInError::Wrong)));
    }
    assert!(matches!(enter(&sign_in, PASSWORD, "192.0.2.66").await, Err(SignInError::Throttled(_))));
    assert!(enter(&sign_in, PASSWORD, "192.0.2.1").await.is_ok(), "it is she, from elsewhere");
    let unknown = sign_in.execute("nobody@example.com", PASSWORD.to_owned(), "192.0.2.1", "").await;
    assert!(matches!(unknown, Err(SignInError::Wrong)));
}

#[tokio::test]
async fn a_new_password_ends_all_other_sessions() {
    let (desk, sign_in) = staffed().await;
    let own = enter(&sign_in, PASSWORD, "").await.expect("the right password");
    let other = enter(&sign_in, PASSWORD, "").await.expect("the right password");
    let SignedIn { agent, session, .. } = who(&desk, &own).await.expect("a session");
    let change = ChangePassword { storage: desk.storage(), hasher: Arc::new(PlainPasswordHasher) };
    let run = async |present: &str, new: &str| {
        change.execute(&agent, session, present.to_owned(), new.to_owned()).await
    };
    assert!(matches!(run("wrong", "another one, longer").await, Err(StaffError::WrongPassword)));
    assert!(matches!(run(PASSWORD, "short").await, Err(StaffError::Password)));
    assert!(who(&desk, &other).await.is_some());
    desk.storage.fail_next(Operation::SessionsEndOthers, Fault::Unavailable);
    assert!(matches!(run(PASSWORD, "another one, longer").await, Err(StaffError::Storage(_))));
    assert!(enter(&sign_in, PASSWORD, "").await.is_ok(), "nothing was changed");
    run(PASSWORD, "another one, longer").await.expect("the right password");
    assert!(who(&desk, &own).await.is_some() && who(&desk, &other).await.is_none());
    assert!(enter(&sign_in, "another one, longer", "").await.is_ok());
}

#[tokio::test]
async fn an_admin_looks_after_staff_and_one_is_always_left() {
    let (desk, sign_in) = staffed().await;
    let secret = enter(&sign_in, PASSWORD, "").await.expect("the right password");
    let ana = who(&desk, &secret).await.expect("a session").agent;
    let (add, lesser) = (add(&desk), agent(Role::Agent));
    let new = async |by, email: &str| add.execute(by, email, PASSWORD.to_owned(), Role::Agent).await;
    assert!(matches!(new(&lesser, "bea@example.com").await, Err(StaffError::NotAllowed)));
    let bea = new(&ana, "bea@example.com").await.expect("a new member");
    assert!(matches!(new(&ana, "bea@example.com").await, Err(StaffError::EmailTaken)));
    let change = ChangeAgent { audit: desk.audit(), storage: desk.storage(), clock: desk.clock() };
    let off = AgentChange { active: Some(false), ..AgentChange::default() };
    let viewer = AgentChange { role: Some(Role::Viewer), ..AgentChange::default() };
    assert!(matches!(change.execute(&ana, ana.id(), off).await, Err(StaffError::LastAdmin)));
    assert!(matches!(change.execute(&ana, ana.id(), viewer).await, Err(StaffError::LastAdmin)));
    assert!(matches!(change.execute(&lesser, bea, off).await, Err(StaffError::NotAllowed)));
    let as_bea = async || enter_as(&sign_in, "bea@example.com", PASSWORD, "").await;
    let session = as_bea().await.expect("she may");
    change.execute(&ana, bea, off).await.expect("Ana is left");
    assert_eq!(who(&desk, &session).await, None);
    assert!(matches!(as_bea().await, Err(SignInError::Wrong)));
    let on = AgentChange { active: Some(true), role: Some(Role::Admin) };
    change.execute(&ana, bea, on).await.expect("it is there");
    change.execute(&ana, ana.id(), viewer).await.expect("Bea is left");
}
