//! A batch of calls, read and written in few trips: the same as by the repositories one by one.

use application::ports::Asked;
use domain::{
    bot_call::RefusalCode,
    identity::IdentityKind,
    ids::RequestId,
    intake::{
        CallPath, IdentityClash, IntakeOutcome, IntakeRow, QuarantineReason, Quarantined, RawCall, Writes,
    },
    user::User,
};

use super::desk::{Desk, is_conflict};

pub async fn a_batch_is_written_whole(desk: &Desk<'_>) {
    let (known, new) = (desk.registered().await, desk.person());
    let batch = batch(desk, &known, &new).await;
    desk.write(async |tx| tx.write(&batch, desk.now()).await).await;

    let users = desk.read(async |tx| Ok([tx.users().find(known.id).await?, tx.users().find(new.id).await?]));
    assert_eq!(
        users.await.map(|user| user.expect("a user").name),
        [Some("Bea".to_owned()), new.name.clone()]
    );
    let identities = desk.read(async |tx| tx.users().identities_of(new.id).await).await;
    assert_eq!(identities.len(), batch.identities.len());
    let [ticket] = &batch.tickets[..] else { panic!("one ticket") };
    let found = desk.read(async |tx| tx.tickets().by_reference(ticket.reference).await).await;
    assert_eq!(found.map(|found| found.id), Some(ticket.id));
    let planned = desk.read(async |tx| tx.notifications().find(batch.notifications[0].id).await).await;
    assert_eq!(planned.expect("a notification").user_id, Some(new.id));
    assert_eq!(desk.read(async |tx| tx.timeline().clashes_of(new.id).await).await, batch.clashes);
    let held = desk.read(async |tx| tx.quarantine().find(batch.quarantined[0].request_id).await).await;
    assert_eq!(held.map(|held| held.call), batch.quarantined.first().cloned());
    let again = desk.try_write(async |tx| tx.intake().record(&batch.intake).await).await;
    assert!(is_conflict(&again), "the call is recorded already");
}

pub async fn a_batch_is_told_all_that_it_asks_for(desk: &Desk<'_>) {
    let [known, other] = [desk.registered().await, desk.registered().await];
    let bound = desk.bound_answer(Some(&known));
    desk.write(async |tx| tx.intake().keep(std::slice::from_ref(&bound), desk.now()).await).await;
    let mut identities: Vec<_> = desk.identities(&known).map(|new| new.identity).into();
    identities.extend(desk.identities(&desk.person()).map(|new| new.identity));
    let asked = Asked {
        slots: vec![bound.replay.slot, desk.bound_answer(None).replay.slot],
        identities,
        ticket_numbers: 2,
    };
    let (first, second) = desk
        .write(async |tx| {
            Ok((tx.knowledge(&asked, desk.now()).await?, tx.knowledge(&asked, desk.now()).await?))
        })
        .await;

    assert_eq!(first.users.iter().map(|user| user.id).collect::<Vec<_>>(), [known.id]);
    assert!(first.identities.iter().all(|(_, owner)| *owner == known.id && *owner != other.id));
    assert_eq!(first.identities.len(), 3);
    assert_eq!(first.answers, [bound]);
    assert_eq!(first.routing.topics().len(), 3, "the shipped topics");
    assert!(first.first_ticket_number >= 1 && second.first_ticket_number >= first.first_ticket_number + 2);
}

pub async fn a_batch_that_asks_for_nothing_is_told_nothing(desk: &Desk<'_>) {
    desk.registered().await;
    let known = desk.write(async |tx| tx.knowledge(&Asked::default(), desk.now()).await).await;
    assert!(known.users.is_empty() && known.identities.is_empty() && known.answers.is_empty());
    assert_eq!(known.routing.topics().len(), 0);
    desk.write(async |tx| tx.write(&Writes::default(), desk.now()).await).await;
}

pub async fn a_batch_that_meets_a_taken_key_leaves_nothing(desk: &Desk<'_>) {
    let (known, new) = (desk.registered().await, desk.person());
    let mut batch = batch(desk, &known, &new).await;
    batch.identities[0].identity = desk.identities(&known)[1].identity.clone();
    batch.identities.sort_by(|one, other| one.identity.cmp(&other.identity));
    assert!(is_conflict(&desk.try_write(async |tx| tx.write(&batch, desk.now()).await).await));
    assert_eq!(desk.read(async |tx| tx.users().find(new.id).await).await, None);
    let planned = desk.read(async |tx| tx.notifications().find(batch.notifications[0].id).await).await;
    assert!(planned.is_none());
}

/// Something for every table: `known` changes its name, `new` registers and opens a ticket.
async fn batch(desk: &Desk<'_>, known: &User, new: &User) -> Writes {
    let number = desk.write(async |tx| tx.tickets().take_numbers(1).await).await;
    let request_id = RequestId::from_uuid(desk.id());
    let mut identities = desk.identities(new).to_vec();
    identities.sort_by(|one, other| one.identity.cmp(&other.identity));
    Writes {
        new_users: vec![new.clone()],
        changed_users: vec![User { name: Some("Bea".to_owned()), ..known.clone() }],
        identities,
        tickets: vec![desk.ticket(number, Some(new))],
        notifications: vec![desk.welcome(new.id, desk.after(60))],
        intake: vec![recorded(desk, request_id, new)],
        quarantined: vec![Quarantined {
            request_id: RequestId::from_uuid(desk.id()),
            bot_id: desk.bot.id,
            path: CallPath::Users,
            reason: QuarantineReason { code: RefusalCode::BodyUnreadable, field: None },
            raw: RawCall { query: String::new(), body: b"{".to_vec() },
            received_at: desk.now(),
        }],
        answers: vec![desk.bound_answer(Some(new))],
        clashes: vec![IdentityClash {
            request_id,
            user_id: new.id,
            other_user_id: known.id,
            kind: IdentityKind::Phone,
            at: desk.now(),
        }],
    }
}

fn recorded(desk: &Desk<'_>, request_id: RequestId, user: &User) -> IntakeRow {
    IntakeRow {
        request_id,
        bot_id: desk.bot.id,
        path: CallPath::Tickets,
        outcome: IntakeOutcome::Ticketed,
        user_id: Some(user.id),
        ticket_id: None,
        users_made: 1,
        tickets_made: 1,
        notifications_made: 1,
        received_at: desk.now(),
    }
}
