//! What members of staff show beside their password.

use domain::{bot::SecretDigest, ids::AgentId, second_factor::SecondFactor};

use super::{Desk, sessions::member};

pub async fn a_second_factor_reads_back_as_it_was_written(desk: &Desk<'_>) {
    let [ana, bea] = [member(desk, "ana").await, member(desk, "bea").await];
    let begun = SecondFactor::begun(ana.id, b"sealed".to_vec());
    put(desk, &begun).await;
    assert_eq!(of_agent(desk, ana.id).await, Some(begun));
    assert_eq!(of_agent(desk, bea.id).await, None);
    assert_eq!(confirmed(desk).await, [], "it is not asked for yet");
}

pub async fn a_second_factor_takes_the_place_of_the_one_before(desk: &Desk<'_>) {
    let ana = member(desk, "ana").await;
    put(desk, &SecondFactor::begun(ana.id, b"first".to_vec())).await;
    let on = SecondFactor {
        agent_id: ana.id,
        sealed: vec![0, 255, 7],
        confirmed_at: Some(desk.now()),
        last_step: 59_000_000,
        recovery: ["one", "two"].map(SecretDigest::of).to_vec(),
    };
    put(desk, &on).await;
    assert_eq!(of_agent(desk, ana.id).await.as_ref(), Some(&on));
    assert_eq!(confirmed(desk).await, [ana.id]);
    let begun_anew = SecondFactor::begun(ana.id, b"second".to_vec());
    put(desk, &begun_anew).await;
    assert_eq!(of_agent(desk, ana.id).await, Some(begun_anew));
}

pub async fn a_second_factor_is_deleted_once(desk: &Desk<'_>) {
    let ana = member(desk, "ana").await;
    put(desk, &SecondFactor::begun(ana.id, b"sealed".to_vec())).await;
    let delete = async || desk.write(async |tx| tx.second_factors().delete(ana.id).await).await;
    assert!(delete().await);
    assert!(!delete().await);
    assert_eq!(of_agent(desk, ana.id).await, None);
}

async fn put(desk: &Desk<'_>, factor: &SecondFactor) {
    desk.write(async |tx| tx.second_factors().put(factor).await).await;
}

async fn of_agent(desk: &Desk<'_>, agent: AgentId) -> Option<SecondFactor> {
    desk.read(async |tx| tx.second_factors().of_agent(agent).await).await
}

async fn confirmed(desk: &Desk<'_>) -> Vec<AgentId> {
    desk.read(async |tx| tx.second_factors().confirmed().await).await
}
