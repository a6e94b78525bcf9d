//! What days brought, in figures.

use std::{collections::BTreeMap, slice::from_ref};

use domain::{
    channel::CHAT_CHANNEL_ID,
    figures::{DayFigures, Figures, ORIGINS_NAMED, Waits},
    ledger::day_of,
    notification::{NewNotification, OutcomeKind, Purpose},
    ticket::{Ticket, TicketStatus},
    topic::Slug,
    user::{Origin, User},
};
use jiff::ToSpan as _;

use super::desk::Desk;

pub async fn leads_of_a_day_are_counted_by_their_first_origin(desk: &Desk<'_>) {
    let today = day_of(desk.now());
    lead(desk, Some("web \"shop\" ñ")).await;
    lead(desk, Some("web \"shop\" ñ")).await;
    lead(desk, None).await;
    let expected = Figures {
        leads: BTreeMap::from([("web \"shop\" ñ".to_owned(), 2)]),
        other_leads: 1,
        ..Figures::default()
    };
    assert_eq!(count(desk).await, expected);
    for other in [today.yesterday(), today.tomorrow()] {
        let other = other.expect("a day");
        assert_eq!(desk.read(async |tx| tx.figures().count(other).await).await, Figures::default());
    }
}

pub async fn the_most_frequent_origins_of_a_day_are_named(desk: &Desk<'_>) {
    for number in 0..=ORIGINS_NAMED {
        lead(desk, Some(&format!("origin {number:02}"))).await;
    }
    lead(desk, Some("origin 20")).await;
    let figures = count(desk).await;
    assert_eq!((figures.leads.len(), figures.other_leads), (usize::from(ORIGINS_NAMED), 1));
    assert_eq!(figures.leads.get("origin 20"), Some(&2));
    assert_eq!(figures.leads.get("origin 19"), None, "of equals the later ones have no room");
}

pub async fn tickets_of_a_day_are_counted_by_topic_and_by_where_they_stand(desk: &Desk<'_>) {
    for (topic, status) in [
        ("sales", TicketStatus::Open),
        ("sales", TicketStatus::Open),
        ("sales", TicketStatus::Resolved),
        ("gone", TicketStatus::Closed),
    ] {
        opened(desk, topic, status).await;
    }
    let of = |counts: &[(TicketStatus, u64)]| counts.iter().copied().collect::<BTreeMap<_, _>>();
    let figures = count(desk).await;
    assert_eq!(
        figures.tickets,
        BTreeMap::from([
            ("gone".to_owned(), of(&[(TicketStatus::Closed, 1)])),
            ("sales".to_owned(), of(&[(TicketStatus::Open, 2), (TicketStatus::Resolved, 1)])),
        ])
    );
    let nobody_yet = Waits([0, 0, 0, 0, 0, 4]);
    assert_eq!((figures.told, figures.answered), (nobody_yet, nobody_yet));
}

pub async fn how_long_a_team_and_a_person_waited_is_counted(desk: &Desk<'_>) {
    let (first, second) =
        (opened(desk, "sales", TicketStatus::Open).await, opened(desk, "sales", TicketStatus::Pending).await);
    let slack = desk.channel("sales-slack").await.id;
    let news = desk.alert(&second, slack, desk.now());
    desk.plan(from_ref(&news)).await;
    desk.advance(jiff::SignedDuration::from_secs(30));
    desk.try_once(desk.worker(), news.id, OutcomeKind::Sent, None).await;
    desk.advance(jiff::SignedDuration::from_mins(10));
    let reply = desk.alert(&first, CHAT_CHANNEL_ID, desk.now());
    let reply = NewNotification { purpose: Purpose::Reply, created_at: desk.now(), ..reply };
    desk.plan(from_ref(&reply)).await;
    let figures = count(desk).await;
    assert_eq!(figures.told, Waits([0, 1, 0, 0, 0, 1]));
    assert_eq!(figures.answered, Waits([0, 0, 1, 0, 0, 1]));
}

pub async fn figures_are_kept_by_day_until_they_are_forgotten(desk: &Desk<'_>) {
    let today = day_of(desk.now());
    let day = |ago: i32| today.saturating_sub(ago.days());
    let figures = |ago, leads| DayFigures {
        day: day(ago),
        counted_at: desk.now(),
        figures: Figures { other_leads: leads, ..Figures::default() },
    };
    for kept in [figures(0, 1), figures(2, 2), figures(1, 3), figures(0, 4)] {
        desk.write(async |tx| tx.figures().keep(&kept).await).await;
    }
    let since = async |first| desk.read(async |tx| tx.figures().since(first).await).await;
    assert_eq!(since(day(9)).await, [figures(2, 2), figures(1, 3), figures(0, 4)]);
    assert_eq!(since(day(1)).await, [figures(1, 3), figures(0, 4)]);
    desk.write(async |tx| tx.figures().forget_before(day(1)).await).await;
    assert_eq!(since(day(9)).await, [figures(1, 3), figures(0, 4)]);
}

pub async fn erasing_a_user_forgets_the_figures_of_its_day(desk: &Desk<'_>) {
    let user = lead(desk, Some("a personal page")).await;
    let (today, counted) = (day_of(desk.now()), count(desk).await);
    let yesterday = today.yesterday().expect("a day");
    for day in [today, yesterday] {
        let kept = DayFigures { day, counted_at: desk.now(), figures: counted.clone() };
        desk.write(async |tx| tx.figures().keep(&kept).await).await;
    }
    desk.write(async |tx| tx.users().erase(user.id, desk.now()).await).await;
    let kept = desk.read(async |tx| tx.figures().since(yesterday).await).await;
    assert_eq!(kept.iter().map(|kept| kept.day).collect::<Vec<_>>(), [yesterday]);
}

async fn count(desk: &Desk<'_>) -> Figures {
    let today = day_of(desk.now());
    desk.read(async |tx| tx.figures().count(today).await).await
}

async fn lead(desk: &Desk<'_>, source: Option<&str>) -> User {
    let first_origin = Origin { source: source.map(str::to_owned), ..Origin::default() };
    let user = User { first_origin, created_at: desk.now(), ..desk.stranger() };
    desk.write(async |tx| tx.users().insert(from_ref(&user)).await).await;
    user
}

async fn opened(desk: &Desk<'_>, topic: &str, status: TicketStatus) -> Ticket {
    let number = desk.write(async |tx| tx.tickets().take_numbers(1).await).await;
    let topic = Slug::restore(topic.to_owned());
    let ticket = Ticket { topic, status, ..desk.ticket(number, None) };
    desk.write(async |tx| tx.tickets().insert(from_ref(&ticket)).await).await;
    ticket
}
