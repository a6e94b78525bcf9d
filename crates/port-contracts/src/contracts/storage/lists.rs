//! Lists and their filters, one by one and together.

use application::ports::{NotificationFilter, Page, Span, TicketFilter, UserFilter};
use domain::{
    ids::{BotId, NotificationId, TicketId, UserId},
    notification::NewNotification,
    ticket::{Ticket, TicketStatus},
    topic::Slug,
    user::{Origin, User},
};
use jiff::{SignedDuration, Timestamp};

use super::{
    desk::{Desk, TICK},
    paging::assert_pages,
};

impl Desk<'_> {
    /// Stores a user who came from `source` through `bot_id` at `at`.
    pub(super) async fn came(&self, source: &str, bot_id: BotId, at: Timestamp) -> User {
        let id = UserId::from_uuid(self.id_at(at));
        let first_origin = Origin { source: Some(source.to_owned()), ..Origin::default() };
        let user = User { id, bot_id, first_origin, created_at: at, ..self.person() };
        self.store_user(&user).await;
        user
    }

    async fn asked(
        &self,
        topic: &str,
        status: TicketStatus,
        user: Option<&User>,
        created_at: Timestamp,
    ) -> TicketId {
        let number = self.write(async |tx| tx.tickets().take_numbers(1).await).await;
        let id = TicketId::from_uuid(self.id_at(created_at));
        let topic = Slug::restore(topic.to_owned());
        let ticket = Ticket { id, topic, status, created_at, ..self.ticket(number, user) };
        self.store_ticket(&ticket).await;
        id
    }
}

async fn assert_users(desk: &Desk<'_>, filter: UserFilter, oldest_first: &[UserId]) {
    let newest_first: Vec<_> = oldest_first.iter().rev().map(|id| id.as_uuid()).collect();
    assert_pages(&newest_first, async |page| {
        let listed = desk.read(async |tx| tx.users().page(&filter, page).await).await;
        listed.iter().map(|user| user.id.as_uuid()).collect()
    })
    .await;
}

async fn assert_tickets(desk: &Desk<'_>, filter: TicketFilter, oldest_first: &[TicketId]) {
    let newest_first: Vec<_> = oldest_first.iter().rev().map(|id| id.as_uuid()).collect();
    assert_pages(&newest_first, async |page| {
        let listed = desk.read(async |tx| tx.tickets().page(&filter, page).await).await;
        listed.iter().map(|ticket| ticket.id.as_uuid()).collect()
    })
    .await;
}

fn hours(from: Timestamp, hours: i64) -> Timestamp {
    from + SignedDuration::from_hours(hours)
}

pub async fn users_are_listed_by_origin_bot_and_time(desk: &Desk<'_>) {
    let (bot, other) = (desk.bot.id, BotId::from_uuid(desk.id()));
    let begin = desk.now();
    let mut ids = Vec::new();
    for (hour, (source, bot)) in
        (0..).zip([("web", bot), ("shop", bot), ("web", other), ("web", bot), ("shop", other)])
    {
        ids.push(desk.came(source, bot, hours(begin, hour)).await.id);
    }
    desk.index().await;
    let of = |places: &[usize]| places.iter().map(|&place| ids[place]).collect::<Vec<_>>();
    let all = UserFilter::default;
    let from = |source: &str| Some(source.to_owned());
    let span = Span { from: Some(hours(begin, 1)), until: Some(hours(begin, 3)) };
    for (filter, places) in [
        (UserFilter { origin: from("web"), ..all() }, [0, 2, 3].as_slice()),
        (UserFilter { origin: from("WEB"), ..all() }, &[]),
        (UserFilter { bot_id: Some(other), ..all() }, &[2, 4]),
        (UserFilter { bot_id: Some(bot), origin: from("web"), ..all() }, &[0, 3]),
        (UserFilter { created: span, ..all() }, &[1, 2]),
        (UserFilter { created: span, bot_id: Some(bot), ..all() }, &[1]),
        (UserFilter { created: span, origin: from("web"), ..all() }, &[2]),
        (UserFilter { created: Span { from: None, ..span }, ..all() }, &[0, 1, 2]),
        (UserFilter { created: Span { until: None, ..span }, ..all() }, &[1, 2, 3, 4]),
    ] {
        assert_users(desk, filter, &of(places)).await;
    }
}

pub async fn tickets_are_listed_by_status_topic_user_and_time(desk: &Desk<'_>) {
    use TicketStatus::{Closed, Open, Pending};
    let begin = desk.now();
    let ana = desk.came("web", desk.bot.id, begin).await;
    let mut ids = Vec::new();
    for (hour, (topic, status, user)) in (0..).zip([
        ("sales", Open, Some(&ana)),
        ("support", Open, None),
        ("sales", Closed, Some(&ana)),
        ("sales", Pending, None),
        ("support", Closed, Some(&ana)),
    ]) {
        ids.push(desk.asked(topic, status, user, hours(begin, hour)).await);
    }
    let of = |places: &[usize]| places.iter().map(|&place| ids[place]).collect::<Vec<_>>();
    let all = TicketFilter::default;
    let on = |topic: &str| Some(Slug::restore(topic.to_owned()));
    let span = Span { from: Some(hours(begin, 1)), until: Some(hours(begin, 4)) };
    for (filter, places) in [
        (all(), [0, 1, 2, 3, 4].as_slice()),
        (TicketFilter { status: Some(Open), ..all() }, &[0, 1]),
        (TicketFilter { topic: on("sales"), ..all() }, &[0, 2, 3]),
        (TicketFilter { topic: on("pricing"), ..all() }, &[]),
        (TicketFilter { topic: on("sales"), status: Some(Closed), ..all() }, &[2]),
        (TicketFilter { user_id: Some(ana.id), ..all() }, &[0, 2, 4]),
        (TicketFilter { user_id: Some(ana.id), status: Some(Closed), ..all() }, &[2, 4]),
        (TicketFilter { user_id: Some(ana.id), topic: on("sales"), ..all() }, &[0, 2]),
        (TicketFilter { created: span, ..all() }, &[1, 2, 3]),
        (TicketFilter { created: span, status: Some(Closed), ..all() }, &[2]),
        (TicketFilter { created: span, topic: on("sales"), ..all() }, &[2, 3]),
    ] {
        assert_tickets(desk, filter, &of(places)).await;
    }
}

pub async fn tickets_are_listed_by_the_origin_of_their_user(desk: &Desk<'_>) {
    let now = desk.now();
    let [web, shop] = [desk.came("web", desk.bot.id, now).await, desk.came("shop", desk.bot.id, now).await];
    let first = desk.asked("sales", TicketStatus::Open, Some(&web), now).await;
    desk.asked("sales", TicketStatus::Open, Some(&shop), now).await;
    let second = desk.asked("support", TicketStatus::Closed, Some(&web), now).await;
    desk.asked("support", TicketStatus::Open, None, now).await;
    desk.index().await;
    let all = TicketFilter { origin: Some("web".to_owned()), ..TicketFilter::default() };
    assert_tickets(desk, all.clone(), &[first, second]).await;
    assert_tickets(desk, TicketFilter { status: Some(TicketStatus::Closed), ..all.clone() }, &[second]).await;
    let sales = Some(Slug::restore("sales".to_owned()));
    assert_tickets(desk, TicketFilter { topic: sales, ..all.clone() }, &[first]).await;
    assert_tickets(desk, TicketFilter { user_id: Some(shop.id), ..all }, &[]).await;
}

pub async fn notifications_are_listed_by_due_time(desk: &Desk<'_>) {
    let now = desk.now();
    let [earlier, later] = [hours(now, 1), hours(now, 2)];
    let mut ids = Vec::new();
    for due_at in [later, earlier, later - TICK, earlier - TICK] {
        let user = desk.registered().await;
        let planned = NewNotification {
            id: NotificationId::from_uuid(desk.id_at(now)),
            ..desk.welcome(user.id, due_at)
        };
        ids.push(planned.id);
        desk.plan(&[planned]).await;
    }
    let listed = async |due: Span| {
        let filter = NotificationFilter { due, ..NotificationFilter::default() };
        let page = desk.read(async |tx| tx.notifications().page(filter, Page::first(9)).await).await;
        page.iter().map(|shown| shown.id).collect::<Vec<_>>()
    };
    assert_eq!(listed(Span { from: Some(earlier), until: Some(later) }).await, [ids[2], ids[1]]);
    assert_eq!(listed(Span { from: Some(earlier), until: None }).await, [ids[2], ids[1], ids[0]]);
    assert_eq!(listed(Span { from: None, until: Some(earlier) }).await, [ids[3]]);
}
