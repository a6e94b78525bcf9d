//! `SeedDatabase`: what is made up looks as if it had come about.

use std::sync::Arc;

use application::{
    ports::{NotificationFilter, Page, TicketFilter, UserFilter},
    seed::{Beside, SeedDatabase, SeedError, SeedSizes},
};
use domain::{
    dispatch::HORIZON,
    ledger::day_of,
    notification::{Notification, Purpose},
    search::Needle,
    ticket::{Ticket, TicketStatus},
    user::User,
};
use jiff::{SignedDuration, ToSpan as _};
use port_contracts::{Fault, Operation, PlainPasswordHasher};

use crate::desk::{BEGIN, Desk};

const SIZES: SeedSizes = SeedSizes { users: 400, tickets: 200, notifications: 900 };

const EVERYTHING: Page = Page::first(u16::MAX);

async fn seed_with(desk: &Desk, sizes: SeedSizes, seed: u32, beside: Beside) -> Result<SeedSizes, SeedError> {
    let seeder = SeedDatabase {
        storage: desk.storage(),
        clock: desk.clock(),
        ids: Arc::clone(&desk.ids) as _,
        entropy: Arc::clone(&desk.entropy) as _,
        hasher: Arc::new(PlainPasswordHasher),
    };
    seeder.execute(sizes, seed, beside, |_| ()).await
}

async fn seeded() -> Desk {
    let desk = Desk::open().await;
    let made = seed_with(&desk, SIZES, 1, Beside::Nothing).await.expect("it is empty");
    assert_eq!(made, SIZES);
    desk
}

impl Desk {
    async fn all(&self) -> (Vec<User>, Vec<Ticket>, Vec<Notification>) {
        self.look(async |tx| {
            Ok((
                tx.users().page(&UserFilter::default(), EVERYTHING).await?,
                tx.tickets().page(&TicketFilter::default(), EVERYTHING).await?,
                tx.notifications().page(NotificationFilter::default(), EVERYTHING).await?,
            ))
        })
        .await
    }
}

#[tokio::test]
async fn as_many_rows_are_made_as_were_asked_for_over_two_years() {
    let (users, tickets, notifications) = seeded().await.all().await;
    assert_eq!((users.len(), tickets.len(), notifications.len()), (400, 200, 900));
    let made: Vec<_> = users.iter().map(|user| user.created_at).collect();
    assert!(made.is_sorted_by(|newer, older| newer >= older), "ids sort by time");
    let age = BEGIN.duration_since(made[399]);
    assert!(age > SignedDuration::from_hours(700 * 24), "{age}");
    assert!(made[0] <= BEGIN);
    for purpose in [Purpose::Welcome, Purpose::TicketOpened, Purpose::Reply, Purpose::Escalation] {
        assert!(notifications.iter().any(|notification| notification.purpose == purpose), "{purpose}");
    }
    for &status in TicketStatus::ALL {
        assert!(tickets.iter().any(|ticket| ticket.status == status), "{status}");
    }
}

#[tokio::test]
async fn every_day_of_the_ledger_is_balanced() {
    let desk = seeded().await;
    let mut day = day_of(BEGIN).saturating_sub(735.days());
    let mut received = 0;
    while day <= day_of(BEGIN) {
        let counts = desk.look(async |tx| tx.ledger().day(day).await).await;
        assert!(counts.is_balanced(), "{day}: {:?}", counts.imbalances());
        received += counts.received();
        day = day.saturating_add(1.day());
    }
    assert!(received >= 600, "each user and each ticket came by a call: {received}");
}

#[tokio::test]
async fn no_ticket_is_older_than_its_user() {
    let (users, tickets, _) = seeded().await.all().await;
    let mut with_user = 0;
    for ticket in &tickets {
        let Some(id) = ticket.user_id else { continue };
        let user = users.iter().find(|user| user.id == id).expect("its user is there");
        assert!(user.created_at <= ticket.created_at);
        with_user += 1;
    }
    assert!(with_user > 180, "{with_user}");
}

#[tokio::test]
async fn nothing_is_left_to_be_sent() {
    let desk = seeded().await;
    let loads = desk.look(async |tx| tx.deliveries().loads(BEGIN + HORIZON, 10).await).await;
    assert!(loads.iter().all(|load| load.due == 0), "{loads:?}");
}

#[tokio::test]
async fn who_is_made_up_is_found_at_once() {
    let desk = seeded().await;
    let needle = Needle::for_users("garcia");
    let filter = UserFilter { needle, ..UserFilter::default() };
    let found = desk.look(async |tx| tx.users().page(&filter, EVERYTHING).await).await;
    assert!(found.len() > 5, "{}", found.len());
    assert!(desk.look_for_notes().await.is_none(), "nothing is left for the job");
}

impl Desk {
    async fn look_for_notes(&self) -> Option<usize> {
        let noted = self.change(async |tx| tx.search().take(1).await).await;
        (noted.notes > 0).then_some(noted.notes)
    }
}

#[tokio::test]
async fn a_seed_makes_the_same_people_again_and_another_makes_others() {
    let (one, same) = (seeded().await, seeded().await);
    let names = |users: &[User]| users.iter().map(|user| user.name.clone()).collect::<Vec<_>>();
    let first = one.all().await.0;
    assert_eq!(names(&first), names(&same.all().await.0));
    seed_with(&one, SIZES, 2, Beside::Anything).await.expect("they are others");
    assert_eq!(one.all().await.0.len(), 800);
}

#[tokio::test]
async fn the_same_people_are_not_made_twice() {
    let desk = seeded().await;
    let again = seed_with(&desk, SIZES, 1, Beside::Anything).await;
    assert!(matches!(again, Err(SeedError::Taken)), "{again:?}");
    assert_eq!(desk.all().await.0.len(), 400);
}

#[tokio::test]
async fn real_people_are_left_alone_unless_that_is_asked_for() {
    let desk = Desk::open().await;
    desk.register("Ana", "ana@example.com").await;
    let refused = seed_with(&desk, SIZES, 1, Beside::Nothing).await;
    assert!(matches!(refused, Err(SeedError::NotEmpty)), "{refused:?}");
    assert_eq!(desk.all().await.0.len(), 1);
    seed_with(&desk, SIZES, 1, Beside::Anything).await.expect("it was asked for");
    assert_eq!(desk.all().await.0.len(), 401);
}

#[tokio::test]
async fn tickets_without_users_and_users_without_tickets_can_be_made() {
    let sizes = [
        SeedSizes { users: 0, tickets: 20, notifications: 40 },
        SeedSizes { users: 20, tickets: 0, notifications: 5 },
        SeedSizes::default(),
    ];
    for sizes in sizes {
        let desk = Desk::open().await;
        let made = seed_with(&desk, sizes, 1, Beside::Nothing).await.expect("it is empty");
        assert_eq!(made, sizes);
    }
}

#[tokio::test]
async fn a_portion_that_fails_leaves_nothing() {
    for operation in [Operation::SeedNotifications, Operation::SeedWork, Operation::Commit] {
        let desk = Desk::open().await;
        seed_with(&desk, SeedSizes::default(), 1, Beside::Nothing).await.expect("it is empty");
        desk.storage.fail_next(operation, Fault::Unavailable);
        let failed = seed_with(&desk, SIZES, 1, Beside::Nothing).await;
        assert!(matches!(failed, Err(SeedError::Storage(_))), "{operation:?}: {failed:?}");
        assert!(desk.all().await.0.is_empty(), "{operation:?}");
    }
}
