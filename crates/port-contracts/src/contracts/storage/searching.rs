//! What is found by a part of its texts, and when.

use std::slice::from_ref;

use application::{
    jobs::IndexForSearch,
    ports::{Changed, Noted, Page, TicketFilter, UserFilter},
};
use domain::{
    identity::{EmailAddress, PhoneNumber},
    ids::{BotId, RequestId, UserId},
    intake::{IntakeOutcome, IntakeRow},
    search::Needle,
    ticket::Ticket,
    user::User,
};

use super::{desk::Desk, paging::assert_pages, traces::leave_traces};

impl Desk<'_> {
    /// Writes all entries that are out of date.
    pub(super) async fn index(&self) {
        let index = IndexForSearch { storage: self.storage() };
        while index.execute().await.expect("it can be indexed") > 0 {}
    }

    /// Stores a user, with a note of it.
    pub(super) async fn store_user(&self, user: &User) {
        let changed = Changed { users: vec![user.id], tickets: Vec::new() };
        self.write(async |tx| {
            tx.users().insert(from_ref(user)).await?;
            tx.search().note(&changed).await
        })
        .await;
    }

    /// Stores a ticket, with a note of it.
    pub(super) async fn store_ticket(&self, ticket: &Ticket) {
        let changed = Changed { users: Vec::new(), tickets: vec![ticket.id] };
        self.write(async |tx| {
            tx.tickets().insert(from_ref(ticket)).await?;
            tx.search().note(&changed).await
        })
        .await;
    }

    async fn found(&self, typed: &str) -> Vec<UserId> {
        let filter = UserFilter { needle: Needle::for_users(typed), ..UserFilter::default() };
        assert!(filter.needle.is_some(), "it is looked for");
        let found = self.read(async |tx| tx.users().page(&filter, Page::first(99)).await).await;
        found.iter().map(|user| user.id).collect()
    }

    async fn found_tickets(&self, typed: &str) -> Vec<Ticket> {
        let filter = TicketFilter { needle: Needle::for_tickets(typed), ..TicketFilter::default() };
        self.read(async |tx| tx.tickets().page(&filter, Page::first(99)).await).await
    }

    async fn take(&self, about: u16) -> Noted {
        self.write(async |tx| tx.search().take(about).await).await
    }
}

fn named(desk: &Desk<'_>, name: &str, email: &str, phone: &str) -> User {
    User {
        name: Some(name.to_owned()),
        email: Some(EmailAddress::restore(email.to_owned())),
        phone: Some(PhoneNumber::restore(phone.to_owned())),
        ..desk.stranger()
    }
}

pub async fn a_user_is_found_by_any_part_of_name_address_and_phone(desk: &Desk<'_>) {
    let ana = named(desk, "Ana María García", "am.garcia@example.com", "+34600111222");
    let bob = named(desk, "Bob 100% O'Neil \"B_b\"", "bob@other.example", "+34600111333");
    for user in [&ana, &bob] {
        desk.store_user(user).await;
    }
    desk.index().await;
    for typed in ["garcía", "a mar", "GARCIA@", "111222", "600 111 222", "a", "an", "+34600111222"] {
        assert_eq!(desk.found(typed).await, [ana.id], "{typed}");
    }
    for typed in ["100%", "o'neil", "\"b_b\"", "b", "other.example"] {
        assert_eq!(desk.found(typed).await, [bob.id], "{typed}");
    }
    for typed in ["600111", "example", "+3"] {
        assert_eq!(desk.found(typed).await, [bob.id, ana.id], "{typed}");
    }
    for typed in ["ga", "1%0", "a%a", "b__b", "a\\b", "ana OR bob", "garc*", "anna"] {
        assert_eq!(desk.found(typed).await, [], "{typed}");
    }
}

pub async fn who_is_found_is_listed_newest_first(desk: &Desk<'_>) {
    let other = BotId::from_uuid(desk.id());
    let mut ids = Vec::new();
    for place in 0..9 {
        let bot = if place % 3 == 0 { other } else { desk.bot.id };
        let source = if place % 2 == 0 { "web" } else { "shop" };
        ids.push(desk.came(source, bot, desk.now()).await.id.as_uuid());
    }
    desk.index().await;
    let needle = Needle::for_users("example.com");
    let all = UserFilter { needle, ..UserFilter::default() };
    let of_bot = UserFilter { bot_id: Some(other), ..all.clone() };
    let of_both = UserFilter { origin: Some("web".to_owned()), ..of_bot.clone() };
    for (filter, places) in [(all, (0..9).rev().collect()), (of_bot, vec![6, 3, 0]), (of_both, vec![6, 0])] {
        let expected: Vec<_> = places.into_iter().map(|place: usize| ids[place]).collect();
        assert_pages(&expected, async |page| {
            let listed = desk.read(async |tx| tx.users().page(&filter, page).await).await;
            listed.iter().map(|user| user.id.as_uuid()).collect()
        })
        .await;
    }
}

pub async fn a_ticket_is_found_by_its_reference_and_its_description(desk: &Desk<'_>) {
    let number = desk.write(async |tx| tx.tickets().take_numbers(2).await).await;
    let late = Ticket { description: "My order 17/B\nis late".to_owned(), ..desk.ticket(number, None) };
    let broken = Ticket { description: "It is broken".to_owned(), ..desk.ticket(number + 1, None) };
    for ticket in [&late, &broken] {
        desk.store_ticket(ticket).await;
    }
    desk.index().await;
    let reference = late.reference.to_string();
    for typed in ["17/b", "B is LATE", reference.as_str(), &reference.to_lowercase(), "my"] {
        assert_eq!(desk.found_tickets(typed).await, from_ref(&late), "{typed}");
    }
    assert_eq!(desk.found_tickets("000").await, [broken.clone(), late.clone()]);
    assert_eq!(desk.found_tickets("is broken.").await, []);
    let open_ones = TicketFilter {
        needle: Needle::for_tickets("000"),
        status: Some(domain::ticket::TicketStatus::Open),
        topic: Some(late.topic.clone()),
        ..TicketFilter::default()
    };
    let found = desk.read(async |tx| tx.tickets().page(&open_ones, Page::first(99)).await).await;
    assert_eq!(found, [broken, late]);
}

pub async fn what_a_call_wrote_is_noted(desk: &Desk<'_>) {
    let (user, ticket) = (desk.registered().await, desk.opened_ticket(None).await);
    let (bare, _) = desk.call_at(desk.now()).await;
    desk.index().await;
    let ids = (Some(user.id), Some(ticket.id));
    let call = |outcome| IntakeRow {
        request_id: RequestId::from_uuid(desk.id()),
        outcome,
        user_id: ids.0,
        ticket_id: ids.1,
        ..bare.clone()
    };
    let [ticketed, recognised, replayed] =
        [IntakeOutcome::Ticketed, IntakeOutcome::Recognised, IntakeOutcome::Replayed].map(call);
    desk.write(async |tx| tx.intake().record(&[replayed]).await).await;
    assert_eq!(desk.take(99).await, Noted::default(), "a replay changed nothing");
    desk.write(async |tx| tx.intake().record(&[ticketed, recognised]).await).await;
    let noted = Noted { notes: 1, users: vec![user], tickets: vec![(ticket, None)] };
    assert_eq!(desk.take(99).await, noted, "one note for all of them");
    assert_eq!(desk.take(99).await, Noted::default(), "a note is taken once");
}

pub async fn notes_are_taken_oldest_first_in_portions(desk: &Desk<'_>) {
    let users: Vec<_> = (0..5).map(|_| desk.person()).collect();
    desk.write(async |tx| tx.users().insert(&users).await).await;
    for pair in [[0, 1], [2, 1], [3, 4]] {
        let changed =
            Changed { users: pair.map(|place: usize| users[place].id).to_vec(), tickets: Vec::new() };
        desk.write(async |tx| tx.search().note(&changed).await).await;
    }
    desk.write(async |tx| tx.search().note(&Changed::default()).await).await;
    let taken = desk.take(3).await;
    assert_eq!((taken.notes, taken.users), (2, users[..3].to_vec()), "each user once");
    assert_eq!(desk.take(1).await.users, users[3..]);
    assert_eq!(desk.take(1).await, Noted::default());
}

pub async fn an_entry_follows_what_changed(desk: &Desk<'_>) {
    let [older, user] = [desk.person(), named(desk, "Before", "before@example.com", "+34600111222")];
    desk.store_user(&older).await;
    desk.store_user(&user).await;
    assert_eq!(desk.found("before").await, [], "it was not indexed yet");
    desk.index().await;
    let newest = desk.person();
    desk.store_user(&newest).await;
    let changed = User { name: Some("After".to_owned()), email: None, ..user.clone() };
    desk.write(async |tx| {
        tx.users().update(from_ref(&changed)).await?;
        tx.search().note(&Changed { users: vec![user.id], tickets: Vec::new() }).await
    })
    .await;
    assert_eq!(desk.found("before").await, [user.id], "not yet");
    desk.index().await;
    assert_eq!(desk.found("before").await, []);
    assert_eq!(desk.found("after").await, [user.id]);
    assert_eq!(desk.found("+34").await, [newest.id, user.id, older.id], "it keeps its place");
}

pub async fn who_was_erased_is_not_found(desk: &Desk<'_>) {
    let traces = leave_traces(desk, desk.worker()).await;
    let changed = Changed { users: vec![traces.user.id], tickets: vec![traces.ticket.id] };
    let note = async || desk.write(async |tx| tx.search().note(&changed).await).await;
    note().await;
    desk.index().await;
    assert_eq!(desk.found("zzmarta").await, [traces.user.id]);
    assert_eq!(desk.found_tickets("zzmarta").await.len(), 1);
    note().await;
    desk.write(async |tx| tx.users().erase(traces.user.id, desk.now()).await).await;
    for _ in 0..2 {
        assert_eq!(desk.found("zzmarta").await, []);
        assert_eq!(desk.found_tickets("zzmarta").await, []);
        desk.index().await;
    }
    let bare = desk.found_tickets(&traces.ticket.reference.to_string()).await;
    assert_eq!(bare.iter().map(|ticket| ticket.id).collect::<Vec<_>>(), [traces.ticket.id], "it stays");
}
