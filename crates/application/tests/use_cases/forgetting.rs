//! `ForgetExpiredAnswers`.

use application::{jobs::ForgetExpiredAnswers, ports::StorageError};
use domain::{
    answer::{Answer, Sentence, Verdict},
    intake::{AnswerSlot, BoundAnswer, CallPath, Replay},
    language::Language,
};
use jiff::Timestamp;
use port_contracts::{Fault, Operation};

use crate::desk::{BEGIN, Desk, seconds};

/// Keeps `count` answers until `expires_at`, in slots from `first` on.
async fn keep(desk: &Desk, first: usize, count: usize, expires_at: Timestamp) -> Vec<AnswerSlot> {
    let bound: Vec<_> = (first..first + count)
        .map(|number| {
            let mut digest = [0; 32];
            digest[..8].copy_from_slice(&number.to_be_bytes());
            let slot = AnswerSlot { principal: desk.bot.id, scope: CallPath::Users, digest };
            let answer = Answer::new(Verdict::Ok, Sentence::Registered, Language::ENGLISH, desk.request_id());
            BoundAnswer { replay: Replay { slot, body: digest, expires_at }, answer }
        })
        .collect();
    desk.change(async |tx| tx.intake().keep(&bound, BEGIN).await).await;
    bound.iter().map(|bound| bound.replay.slot).collect()
}

/// How many of the answers are stored, expired or not.
async fn stored(desk: &Desk, slots: &[AnswerSlot]) -> usize {
    desk.look(async |snapshot| snapshot.intake().kept_answers(slots, Timestamp::MIN).await).await.len()
}

fn forget(desk: &Desk) -> ForgetExpiredAnswers {
    ForgetExpiredAnswers { storage: desk.storage(), clock: desk.clock() }
}

#[tokio::test]
async fn what_has_expired_is_forgotten_in_portions_and_the_rest_is_kept() {
    let desk = Desk::open().await;
    let expired = keep(&desk, 0, 2_500, BEGIN + seconds(60)).await;
    let alive = keep(&desk, 2_500, 10, BEGIN + seconds(61)).await;
    desk.clock.advance(seconds(60));
    let before = desk.storage.commits();
    assert_eq!(forget(&desk).execute().await.expect("storage works"), 2_500);
    assert_eq!(desk.storage.commits(), before + 11, "at most 250 at a time");
    assert_eq!((stored(&desk, &expired).await, stored(&desk, &alive).await), (0, 10));
}

#[tokio::test]
async fn what_could_not_be_forgotten_is_forgotten_in_the_next_round() {
    let desk = Desk::open().await;
    let expired = keep(&desk, 0, 3, BEGIN).await;
    for step in [Operation::Begin, Operation::IntakeForgetExpired, Operation::Commit] {
        desk.storage.fail_next(step, Fault::Unavailable);
        let outcome = forget(&desk).execute().await;
        assert!(matches!(outcome, Err(StorageError::Unavailable(_))), "{step:?}");
        assert_eq!(stored(&desk, &expired).await, 3, "{step:?}");
    }
    assert_eq!(forget(&desk).execute().await.expect("storage works"), 3);
}
