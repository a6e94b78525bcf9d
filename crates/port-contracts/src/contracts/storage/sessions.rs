//! Who is signed in.

use domain::{
    agent::{Role, StaffMember},
    bot::{Secret, SecretDigest},
    ids::{AgentId, SessionId},
    session::Session,
};
use jiff::Timestamp;

use super::Desk;

pub async fn a_session_leads_to_its_agent(desk: &Desk<'_>) {
    let [ana, bea] = [member(desk, "ana").await, member(desk, "bea").await];
    let sessions = [begin(desk, &ana, 1).await, begin(desk, &bea, 2).await];
    assert_eq!(by_digest(desk, sessions[0].digest).await, Some((ana, sessions[0].clone())));
    assert_eq!(by_digest(desk, sessions[1].digest).await, Some((bea, sessions[1].clone())));
    assert_eq!(by_digest(desk, SecretDigest::of("a guess")).await, None);
}

pub async fn that_a_session_was_used_is_noted(desk: &Desk<'_>) {
    let ana = member(desk, "ana").await;
    let session = begin(desk, &ana, 1).await;
    let at = desk.after(90);
    desk.write(async |tx| tx.sessions().note_seen(session.id, at).await).await;
    let seen = Session { seen_at: at, ..session };
    assert_eq!(by_digest(desk, seen.digest).await, Some((ana, seen)));
}

pub async fn a_session_is_ended_by_its_agent_alone(desk: &Desk<'_>) {
    let [ana, bea] = [member(desk, "ana").await, member(desk, "bea").await];
    let session = begin(desk, &ana, 1).await;
    let end = async |agent: AgentId| desk.write(async |tx| tx.sessions().end(agent, session.id).await).await;
    assert!(!end(bea.id).await);
    assert_eq!(of_agent(desk, &ana).await, std::slice::from_ref(&session));
    assert!(end(ana.id).await);
    assert!(!end(ana.id).await);
    assert_eq!(by_digest(desk, session.digest).await, None);
}

pub async fn all_sessions_of_an_agent_are_ended_but_one(desk: &Desk<'_>) {
    let [ana, bea] = [member(desk, "ana").await, member(desk, "bea").await];
    let own = [begin(desk, &ana, 1).await, begin(desk, &ana, 2).await, begin(desk, &ana, 3).await];
    let other = begin(desk, &bea, 4).await;
    let newest_first: Vec<_> = own.iter().rev().cloned().collect();
    assert_eq!(of_agent(desk, &ana).await, newest_first);
    let end = async |kept| desk.write(async |tx| tx.sessions().end_others(ana.id, kept).await).await;
    assert_eq!(end(Some(own[1].id)).await, 2);
    assert_eq!(of_agent(desk, &ana).await, [own[1].clone()]);
    assert_eq!(end(None).await, 1);
    assert_eq!(of_agent(desk, &ana).await, []);
    assert_eq!(of_agent(desk, &bea).await, [other]);
}

pub async fn sessions_that_nobody_uses_are_forgotten(desk: &Desk<'_>) {
    let ana = member(desk, "ana").await;
    let [old, new] = [begin(desk, &ana, 1).await, begin(desk, &ana, 2).await];
    desk.write(async |tx| tx.sessions().note_seen(new.id, desk.after(60)).await).await;
    let forget =
        async |before: Timestamp| desk.write(async |tx| tx.sessions().forget_idle(before).await).await;
    assert_eq!(forget(old.seen_at).await, 0);
    assert_eq!(forget(desk.after(60)).await, 1);
    assert_eq!(by_digest(desk, old.digest).await, None);
    assert!(by_digest(desk, new.digest).await.is_some());
}

pub(super) async fn member(desk: &Desk<'_>, name: &str) -> StaffMember {
    let member = StaffMember {
        id: AgentId::from_uuid(desk.id()),
        email: format!("{name}@example.com"),
        password_hash: "$argon2id$v=19$hash".to_owned(),
        role: Role::Agent,
        created_at: desk.now(),
        deactivated_at: None,
    };
    desk.write(async |tx| tx.agents().insert(&member).await).await;
    member
}

async fn begin(desk: &Desk<'_>, member: &StaffMember, n: u8) -> Session {
    let session = Session {
        id: SessionId::from_uuid(desk.id()),
        agent_id: member.id,
        digest: Secret::session([n; 32]).digest(),
        client: "Firefox 💻".to_owned(),
        created_at: desk.now(),
        seen_at: desk.now(),
    };
    desk.write(async |tx| tx.sessions().insert(&session).await).await;
    session
}

async fn by_digest(desk: &Desk<'_>, digest: SecretDigest) -> Option<(StaffMember, Session)> {
    desk.read(async |tx| tx.sessions().by_digest(digest).await).await
}

async fn of_agent(desk: &Desk<'_>, member: &StaffMember) -> Vec<Session> {
    desk.read(async |tx| tx.sessions().of_agent(member.id).await).await
}
