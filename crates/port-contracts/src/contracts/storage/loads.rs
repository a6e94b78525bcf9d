//! What dispatchers are told of each channel.

use application::ports::ChannelResult;
use domain::{
    channel::{Channel, ChannelKind, PERSON_CHANNEL_ID},
    dispatch::ChannelLoad,
    ids::ChannelId,
    notification::OutcomeKind,
    quiet_hours::QuietHours,
};
use jiff::{SignedDuration, Timestamp};

use super::{
    delivering::{after, quota},
    desk::{Desk, TICK},
};

pub async fn loads_tell_what_is_due_channel_by_channel(desk: &Desk<'_>) {
    assert_eq!(desk.loads().await, []);
    let slack = desk.channel("sales-slack").await;
    let ticket = desk.opened_ticket(None).await;
    desk.plan_welcomes(&[desk.after(-60), desk.now(), desk.horizon(), desk.horizon() + TICK]).await;
    desk.plan(&[desk.alert(&ticket, slack.id, desk.now()), desk.alert(&ticket, slack.id, desk.now())]).await;
    let persons = ChannelLoad {
        channel_id: PERSON_CHANNEL_ID,
        kind: ChannelKind::Email,
        interval: None,
        quiet_hours: None,
        next_slot_at: None,
        failures: 0,
        handed_over: 0,
        due: 3,
    };
    let interval = Some(SignedDuration::from_secs(1));
    let sales =
        ChannelLoad { channel_id: slack.id, kind: ChannelKind::Slack, interval, due: 2, ..persons.clone() };
    assert_eq!(desk.loads().await, [persons, sales]);
}

pub async fn due_is_counted_no_further_than_asked(desk: &Desk<'_>) {
    desk.plan_welcomes(&[desk.now(); 5]).await;
    for (limit, due) in [(1, 1), (4, 4), (5, 5), (6, 5)] {
        let loads = desk.read(async |tx| tx.deliveries().loads(desk.horizon(), limit).await).await;
        assert_eq!(loads.iter().map(|load| load.due).collect::<Vec<_>>(), [due]);
    }
}

pub async fn handed_over_counts_until_an_attempt_is_closed(desk: &Desk<'_>) {
    let worker = desk.worker();
    let ids = desk.plan_welcomes(&[desk.after(-2), desk.after(-1), desk.now()]).await;
    let claimed = desk
        .write(async |tx| tx.deliveries().claim(worker, &[quota(PERSON_CHANNEL_ID, 2)], desk.horizon()).await)
        .await;
    assert_eq!(claimed.len(), 2);
    assert_eq!(counts(desk).await, Some((2, 1)));

    let opened = desk.open_one(worker, ids[0]).await;
    assert_eq!(counts(desk).await, Some((2, 1)), "what is being sent is not closed yet");

    let next = after(OutcomeKind::Sent, None);
    desk.close(&[desk.ended(worker, ids[0], opened.number, OutcomeKind::Sent, next)]).await;
    assert_eq!(counts(desk).await, Some((1, 1)));

    desk.claim(worker).await;
    assert_eq!(counts(desk).await, None, "nothing more is due");
}

pub async fn what_is_handed_over_takes_room_beside_what_is_due_elsewhere(desk: &Desk<'_>) {
    desk.plan_welcomes(&[desk.now(); 2]).await;
    desk.claim(desk.worker()).await;
    let slack = desk.channel("sales-slack").await;
    let ticket = desk.opened_ticket(None).await;
    assert_eq!(desk.loads().await, [], "nothing is due");
    desk.plan(&[desk.alert(&ticket, slack.id, desk.now())]).await;
    assert_eq!(counts(desk).await, Some((2, 0)));
}

/// How many are handed over, and how many due, over the channel of persons.
async fn counts(desk: &Desk<'_>) -> Option<(usize, usize)> {
    desk.load(PERSON_CHANNEL_ID).await.map(|load| (load.handed_over, load.due))
}

pub async fn a_paused_channel_has_no_load_until_it_goes_on(desk: &Desk<'_>) {
    let worker = desk.worker();
    let id = desk.plan_welcome(desk.now()).await;
    pause(desk, Some(desk.now())).await;
    assert_eq!(desk.loads().await, []);
    desk.advance(SignedDuration::from_hours(1));
    assert_eq!(desk.claim_ids(worker).await, []);
    let before = desk.notification(id).await;

    pause(desk, None).await;
    assert_eq!(desk.notification(id).await, before, "it is due as it was");
    assert_eq!(desk.claim_ids(worker).await, [id]);
}

async fn pause(desk: &Desk<'_>, since: Option<Timestamp>) {
    desk.write(async |tx| tx.channels().set_paused(PERSON_CHANNEL_ID, since).await).await;
}

pub async fn loads_tell_the_next_slot_of_a_paced_channel(desk: &Desk<'_>) {
    let slack = desk.channel("sales-slack").await.id;
    let ticket = desk.opened_ticket(None).await;
    desk.plan(&[desk.alert(&ticket, slack, desk.now())]).await;
    desk.plan_welcome(desk.now()).await;
    for slot in [desk.after(1), desk.after(2)] {
        desk.write(async |tx| tx.channels().set_next_slot(slack, slot).await).await;
        assert_eq!(desk.load(slack).await.expect("it has a load").next_slot_at, Some(slot));
    }
    assert_eq!(desk.load(PERSON_CHANNEL_ID).await.expect("it has a load").next_slot_at, None);
}

pub async fn failures_running_add_up_until_a_success(desk: &Desk<'_>) {
    let team = desk.channel("team-email").await.id;
    let ticket = desk.opened_ticket(None).await;
    desk.plan(&[desk.alert(&ticket, team, desk.now())]).await;
    desk.plan_welcome(desk.now()).await;
    let unknown = ChannelId::from_uuid(desk.id());
    for (results, failures) in [
        (vec![(team, ChannelResult::Failed(1)), (PERSON_CHANNEL_ID, ChannelResult::Works)], 1),
        (vec![(team, ChannelResult::Failed(4)), (unknown, ChannelResult::Failed(9))], 5),
        (vec![(PERSON_CHANNEL_ID, ChannelResult::Works)], 5),
        (vec![(team, ChannelResult::Works)], 0),
        (vec![(team, ChannelResult::Failed(2))], 2),
    ] {
        desk.write(async |tx| tx.channels().note_results(&results).await).await;
        assert_eq!(desk.load(team).await.expect("it has a load").failures, failures);
        assert_eq!(desk.load(PERSON_CHANNEL_ID).await.expect("it has a load").failures, 0);
    }
}

pub async fn loads_tell_the_quiet_hours_of_a_channel(desk: &Desk<'_>) {
    let channel = desk.channel("person").await;
    let quiet_hours: Option<QuietHours> = "mon-fri 20:00-08:00 Europe/Madrid".parse().ok();
    let quiet = Channel { quiet_hours: quiet_hours.clone(), ..channel };
    desk.write(async |tx| tx.channels().update(&quiet).await).await;
    desk.plan_welcome(desk.now()).await;
    let load = desk.load(PERSON_CHANNEL_ID).await.expect("something is due");
    assert!(quiet_hours.is_some());
    assert_eq!(load.quiet_hours, quiet_hours);
}
