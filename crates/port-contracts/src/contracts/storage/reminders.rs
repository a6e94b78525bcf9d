//! What waits, and whom that was told.

use std::slice::from_ref;

use domain::{
    channel::ChannelKind,
    ids::{NotificationId, TicketId},
    ledger::day_of,
    message::{Content, Message},
    notification::{NewNotification, NotificationStatus, Purpose},
    reminder::{Backlog, DIGEST_LENGTH, OverdueTicket, WaitingTicket},
    ticket::{Ticket, TicketStatus},
    topic::Slug,
};
use jiff::{SignedDuration, Timestamp};

use super::desk::{Desk, TICK};

const ALL: u16 = 99;

pub async fn the_backlog_of_a_topic_has_what_is_not_done(desk: &Desk<'_>) {
    let open = wait(desk, "sales", TicketStatus::Open, desk.now()).await;
    let pending = wait(desk, "sales", TicketStatus::Pending, desk.now()).await;
    let latest = wait(desk, "sales", TicketStatus::Open, desk.now()).await;
    for (topic, status) in
        [("sales", TicketStatus::Resolved), ("sales", TicketStatus::Closed), ("support", TicketStatus::Open)]
    {
        wait(desk, topic, status, desk.now()).await;
    }
    let expected = Backlog { open: 2, pending: 1, oldest: [&open, &pending, &latest].map(waiting).into() };
    assert_eq!(backlog(desk, "sales", ALL).await, expected);
    let shortened = Backlog { oldest: vec![waiting(&open)], ..expected };
    assert_eq!(backlog(desk, "sales", 1).await, shortened, "all are counted, the oldest are named");
    assert_eq!(backlog(desk, "pricing", ALL).await, Backlog::default());
}

pub async fn a_topic_has_one_digest_a_day(desk: &Desk<'_>) {
    let today = day_of(desk.now());
    let tomorrow = today.tomorrow().expect("a day");
    for (topic, day, is_first) in
        [("sales", today, true), ("sales", today, false), ("support", today, true), ("sales", tomorrow, true)]
    {
        let id = NotificationId::from_uuid(desk.id());
        let noted = desk.write(async |tx| tx.reminders().note_digest(&slug(topic), day, id).await).await;
        assert_eq!(noted, is_first, "{topic} {day}");
    }
}

pub async fn a_digest_says_what_waits_when_it_is_sent(desk: &Desk<'_>) {
    let id = plan_digest(desk, "sales").await;
    let ticket = wait(desk, "sales", TicketStatus::Open, desk.now()).await;
    let message = message(desk, id).await;
    assert_eq!((message.kind, message.channel.as_str()), (ChannelKind::Email, "team-email"));
    let Content::Digest { digest } = message.content else { panic!("it is a digest") };
    assert_eq!((digest.topic.as_str(), digest.team_language), ("Sales", desk.bot.default_language.clone()));
    assert_eq!(digest.backlog, Backlog { open: 1, pending: 0, oldest: vec![waiting(&ticket)] });
}

pub async fn a_digest_names_the_oldest_tickets_only(desk: &Desk<'_>) {
    for _ in 0..=DIGEST_LENGTH {
        wait(desk, "sales", TicketStatus::Open, desk.now()).await;
    }
    let id = plan_digest(desk, "sales").await;
    let Content::Digest { digest } = message(desk, id).await.content else { panic!("it is a digest") };
    assert_eq!(digest.backlog.open, u64::from(DIGEST_LENGTH) + 1);
    assert_eq!(digest.backlog.oldest.len(), usize::from(DIGEST_LENGTH));
}

pub async fn a_digest_of_nothing_open_is_not_sent(desk: &Desk<'_>) {
    wait(desk, "sales", TicketStatus::Pending, desk.now()).await;
    let id = plan_digest(desk, "sales").await;
    assert_eq!(desk.open(desk.worker(), &[id]).await, []);
    assert_eq!(desk.status(id).await, NotificationStatus::Cancelled);
}

pub async fn a_ticket_is_overdue_when_it_was_open_long_enough(desk: &Desk<'_>) {
    let hour = SignedDuration::from_hours(1);
    let limit = desk.now();
    let user = desk.registered().await;
    let oldest = wait_for(desk, "sales", TicketStatus::Open, limit - hour, Some(&user)).await;
    let just = wait(desk, "sales", TicketStatus::Open, limit).await;
    wait(desk, "sales", TicketStatus::Open, limit + TICK).await;
    wait(desk, "sales", TicketStatus::Pending, limit - hour).await;
    wait(desk, "sales", TicketStatus::Resolved, limit - hour).await;
    wait(desk, "support", TicketStatus::Open, limit - hour).await;
    let expected = [
        OverdueTicket { id: oldest.id, user_id: Some(user.id) },
        OverdueTicket { id: just.id, user_id: None },
    ];
    assert_eq!(overdue(desk, limit, ALL).await, expected);
    assert_eq!(overdue(desk, limit, 1).await, expected[..1], "the oldest first");
}

pub async fn a_ticket_is_escalated_once(desk: &Desk<'_>) {
    let told = wait(desk, "sales", TicketStatus::Open, desk.now()).await;
    let other = wait(desk, "sales", TicketStatus::Open, desk.now()).await;
    desk.write(async |tx| tx.reminders().note_escalated(&[told.id], desk.now()).await).await;
    let left: Vec<_> = overdue(desk, desk.now(), ALL).await.iter().map(|ticket| ticket.id).collect();
    assert_eq!(left, [other.id]);
    assert_eq!(backlog(desk, "sales", ALL).await.oldest, [waiting(&told), waiting(&other)], "it still waits");
}

pub async fn an_escalation_says_what_the_news_said(desk: &Desk<'_>) {
    let user = desk.registered().await;
    let ticket = wait_for(desk, "sales", TicketStatus::Open, desk.now(), Some(&user)).await;
    let slack = desk.channel("sales-slack").await.id;
    let news = desk.alert(&ticket, slack, desk.now());
    let escalation = NewNotification {
        id: NotificationId::from_uuid(desk.id()),
        purpose: Purpose::Escalation,
        ..news.clone()
    };
    desk.plan(&[news.clone(), escalation.clone()]).await;
    assert_eq!(desk.notification(escalation.id).await.purpose, Purpose::Escalation);
    let (told, again) = (message(desk, news.id).await.content, message(desk, escalation.id).await.content);
    let Content::TicketOpened { ticket, person } = told else { panic!("it is news") };
    assert!(person.is_some());
    assert_eq!(again, Content::Escalation { ticket, person });
}

pub async fn an_escalation_of_what_was_answered_is_not_sent(desk: &Desk<'_>) {
    let ticket = wait(desk, "sales", TicketStatus::Pending, desk.now()).await;
    let slack = desk.channel("sales-slack").await.id;
    let planned = NewNotification { purpose: Purpose::Escalation, ..desk.alert(&ticket, slack, desk.now()) };
    desk.plan(from_ref(&planned)).await;
    assert_eq!(desk.open(desk.worker(), &[planned.id]).await, []);
    assert_eq!(desk.status(planned.id).await, NotificationStatus::Cancelled);
}

fn slug(topic: &str) -> Slug {
    Slug::parse(topic).expect("a slug")
}

const fn waiting(ticket: &Ticket) -> WaitingTicket {
    WaitingTicket {
        id: ticket.id,
        reference: ticket.reference,
        status: ticket.status,
        opened_at: ticket.created_at,
    }
}

async fn wait(desk: &Desk<'_>, topic: &str, status: TicketStatus, since: Timestamp) -> Ticket {
    wait_for(desk, topic, status, since, None).await
}

/// Stores a ticket of `user` that was opened then and stands there.
async fn wait_for(
    desk: &Desk<'_>,
    topic: &str,
    status: TicketStatus,
    since: Timestamp,
    user: Option<&domain::user::User>,
) -> Ticket {
    desk.write(async |tx| {
        let number = tx.tickets().take_numbers(1).await?;
        let id = TicketId::from_uuid(desk.id_at(since));
        let ticket =
            Ticket { id, topic: slug(topic), status, created_at: since, ..desk.ticket(number, user) };
        tx.tickets().insert(from_ref(&ticket)).await?;
        Ok(ticket)
    })
    .await
}

async fn backlog(desk: &Desk<'_>, topic: &str, limit: u16) -> Backlog {
    desk.read(async |tx| tx.reminders().backlog(&slug(topic), limit).await).await
}

async fn overdue(desk: &Desk<'_>, opened_until: Timestamp, limit: u16) -> Vec<OverdueTicket> {
    desk.write(async |tx| tx.reminders().overdue(&slug("sales"), opened_until, limit).await).await
}

/// Plans a digest that is due now.
async fn plan_digest(desk: &Desk<'_>, topic: &str) -> NotificationId {
    let id = NotificationId::from_uuid(desk.id());
    let channel_id = desk.channel("team-email").await.id;
    let user = domain::ids::UserId::MAX;
    let planned = desk.welcome(user, desk.now());
    let planned = NewNotification { id, purpose: Purpose::Digest, channel_id, user_id: None, ..planned };
    desk.write(async |tx| {
        assert!(tx.reminders().note_digest(&slug(topic), day_of(desk.now()), id).await?);
        tx.notifications().insert(&[planned]).await
    })
    .await;
    id
}

async fn message(desk: &Desk<'_>, id: NotificationId) -> Message {
    desk.open_one(desk.worker(), id).await.message
}
