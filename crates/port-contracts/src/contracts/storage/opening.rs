//! Opening attempts: the right to send.

use std::{slice::from_ref, sync::Arc};

use application::ports::{OpenedAttempt, Storage, StorageError, atomically};
use domain::{
    channel::{ChannelKind, PERSON_CHANNEL, PERSON_CHANNEL_ID, Target},
    ids::{NotificationId, WorkerId},
    message::{Content, Message, Person, TicketFacts},
    notification::NotificationStatus,
    ticket::Ticket,
    topic::Slug,
    user::User,
};
use jiff::{SignedDuration, Timestamp};
use tokio::task::JoinSet;

use super::desk::{Desk, TICK, let_others_go_on};

pub async fn a_welcome_mail_says_whom_it_greets(desk: &Desk<'_>) {
    let worker = desk.worker();
    let user = desk.registered().await;
    let planned = desk.welcome(user.id, desk.now());
    desk.plan(from_ref(&planned)).await;
    let message = Message {
        id: planned.id,
        request_id: planned.request_id,
        kind: ChannelKind::Email,
        channel: PERSON_CHANNEL.to_owned(),
        target: Target::Person,
        due_at: planned.due_at,
        possible_duplicate: false,
        content: Content::Welcome { person: person(&user) },
    };
    let expected = OpenedAttempt { number: 1, tries: 1, unknowns: 0, channel_id: PERSON_CHANNEL_ID, message };
    assert_eq!(desk.open_one(worker, planned.id).await, expected);
    assert_eq!(desk.status(planned.id).await, NotificationStatus::Sending);
    let attempts = desk.attempts(planned.id).await;
    assert_eq!(attempts.len(), 1);
    assert_eq!((attempts[0].number, attempts[0].opened_at, attempts[0].closed_at), (1, desk.now(), None));
    assert_eq!(desk.notification(planned.id).await.attempts, 0, "only closed attempts are counted");
}

pub async fn the_news_of_a_ticket_say_everything_about_it(desk: &Desk<'_>) {
    let user = desk.registered().await;
    let ticket = desk.opened_ticket(Some(&user)).await;
    let message = news(desk, &ticket, "sales-slack").await;
    assert_eq!((message.kind, message.channel.as_str()), (ChannelKind::Slack, "sales-slack"));
    assert_eq!(message.target, Target::Env("SLACK_SALES_WEBHOOK_URL".to_owned()));
    let Content::TicketOpened { ticket: facts, person: about } = message.content else {
        panic!("it is about a ticket")
    };
    assert_eq!(about, Some(person(&user)));
    let TicketFacts { id, reference, topic, topic_asked, description, chat, bot, team_language, opened_at } =
        *facts;
    assert_eq!((id, reference, topic.as_str()), (ticket.id, ticket.reference, "Support"));
    assert_eq!((topic_asked, description, chat), (ticket.topic_asked, ticket.description, ticket.chat));
    assert_eq!((bot, team_language), (desk.bot.name.clone(), desk.bot.default_language.clone()));
    assert_eq!(opened_at, ticket.created_at);
}

pub async fn the_news_of_a_ticket_from_nobody_name_nobody(desk: &Desk<'_>) {
    let ticket = desk.opened_ticket(None).await;
    let message = news(desk, &ticket, "team-email").await;
    assert_eq!((message.kind, &message.target), (ChannelKind::Email, &Target::Team));
    assert_eq!(message.content.person(), None);
}

pub async fn the_topic_asked_for_is_told_only_if_it_was_another(desk: &Desk<'_>) {
    let sales = Slug::restore("sales".to_owned());
    for (asked, told) in
        [(Some("Refunds"), Some("Refunds")), (Some("sales"), None), (Some(" SALES "), None), (None, None)]
    {
        let ticket = desk
            .write(async |tx| {
                let number = tx.tickets().take_numbers(1).await?;
                let topic_asked = asked.map(str::to_owned);
                let ticket = Ticket { topic: sales.clone(), topic_asked, ..desk.ticket(number, None) };
                tx.tickets().insert(from_ref(&ticket)).await?;
                Ok(ticket)
            })
            .await;
        let Content::TicketOpened { ticket: facts, .. } = news(desk, &ticket, "team-email").await.content
        else {
            panic!("it is about a ticket")
        };
        assert_eq!(facts.topic, "Sales");
        assert_eq!(facts.topic_asked.as_deref(), told, "asked for {asked:?}");
    }
}

async fn news(desk: &Desk<'_>, ticket: &Ticket, channel: &str) -> Message {
    let over = desk.channel(channel).await;
    let planned = desk.alert(ticket, over.id, desk.now());
    desk.plan(from_ref(&planned)).await;
    let opened = desk.open_one(desk.worker(), planned.id).await;
    assert_eq!(opened.channel_id, over.id);
    opened.message
}

pub async fn a_message_is_made_of_what_is_known_when_it_is_sent(desk: &Desk<'_>) {
    let user = desk.registered().await;
    let planned = desk.welcome(user.id, desk.now());
    desk.plan(from_ref(&planned)).await;
    let renamed = User { name: Some("Renamed".to_owned()), phone: None, ..user };
    desk.write(async |tx| tx.users().update(from_ref(&renamed)).await).await;
    let opened = desk.open_one(desk.worker(), planned.id).await;
    assert_eq!(opened.message.content, Content::Welcome { person: person(&renamed) });
}

fn person(user: &User) -> Person {
    Person {
        id: user.id,
        name: user.name.clone(),
        email: user.email.as_ref().map(ToString::to_string),
        phone: user.phone.as_ref().map(ToString::to_string),
        language: user.language.clone(),
        origin: user.last_origin.clone(),
    }
}

pub async fn nothing_is_opened_before_it_is_due(desk: &Desk<'_>) {
    let worker = desk.worker();
    let id = desk.plan_welcome(desk.after(1)).await;
    desk.claim(worker).await;
    desk.advance(SignedDuration::from_secs(1) - TICK);
    assert_eq!(desk.open(worker, &[id]).await, []);
    desk.advance(TICK);
    desk.open_one(worker, id).await;
}

pub async fn what_is_being_sent_is_not_opened_again(desk: &Desk<'_>) {
    let worker = desk.worker();
    let id = desk.plan_welcome(desk.now()).await;
    assert_eq!(desk.open(worker, &[id, id]).await.len(), 1, "the same id twice is one attempt");
    assert_eq!(desk.open(worker, &[id]).await, []);
    assert_eq!(desk.open(desk.worker(), &[id]).await, []);
    assert_eq!(desk.attempts(id).await.len(), 1);
}

pub async fn what_is_over_is_not_opened(desk: &Desk<'_>) {
    let worker = desk.worker();
    for status in [
        NotificationStatus::Sent,
        NotificationStatus::Failed,
        NotificationStatus::Unknown,
        NotificationStatus::Cancelled,
    ] {
        let id = desk.standing(worker, status).await;
        assert_eq!(desk.open(worker, &[id]).await, [], "{status}");
        assert_eq!(desk.status(id).await, status);
    }
}

pub async fn what_is_paused_is_not_opened_until_it_goes_on(desk: &Desk<'_>) {
    let worker = desk.worker();
    let id = desk.plan_welcome(desk.now()).await;
    desk.claim(worker).await;
    desk.write(async |tx| tx.channels().set_paused(PERSON_CHANNEL_ID, Some(desk.now())).await).await;
    assert_eq!(desk.open(worker, &[id]).await, []);
    assert_eq!(desk.attempts(id).await, []);
    desk.write(async |tx| tx.channels().set_paused(PERSON_CHANNEL_ID, None).await).await;
    desk.open_one(worker, id).await;
}

pub async fn of_many_hints_those_that_may_be_sent_are_opened(desk: &Desk<'_>) {
    let worker = desk.worker();
    let due = desk.plan_welcomes(&[desk.now(); 3]).await;
    let late = desk.plan_welcome(desk.after(60)).await;
    let unknown = NotificationId::from_uuid(desk.id());
    // Nothing of it was claimed: a hint may be older than what became of the claim.
    let opened = desk.open(worker, &[late, due[2], unknown, due[0], due[1]]).await;
    let ids: Vec<_> = opened.iter().map(|attempt| attempt.message.id).collect();
    assert_eq!(ids, due);
}

pub async fn of_two_workers_one_opens(desk: &Desk<'_>) {
    let ids = desk.plan_welcomes(&[desk.now(); 20]).await;
    let mut workers = JoinSet::new();
    for _ in 0..2 {
        workers.spawn(open(desk.storage(), desk.worker(), ids.clone(), desk.now()));
    }
    let mut opened: Vec<_> = workers.join_all().await.into_iter().flatten().collect();
    opened.sort();
    assert_eq!(opened, ids);
}

/// What a worker does that meets another: it tries again, and finds it done.
async fn open(
    storage: Arc<dyn Storage>,
    worker: WorkerId,
    ids: Vec<NotificationId>,
    now: Timestamp,
) -> Vec<NotificationId> {
    loop {
        let outcome = atomically(&*storage, async |tx| {
            let opened = tx.deliveries().open(worker, &ids, now).await;
            let_others_go_on().await;
            opened
        })
        .await;
        match outcome {
            Ok(opened) => return opened.iter().map(|attempt| attempt.message.id).collect(),
            Err(StorageError::Conflict(_) | StorageError::Stale) => {}
            Err(StorageError::Unavailable(error)) => panic!("the storage is away: {error}"),
        }
    }
}
