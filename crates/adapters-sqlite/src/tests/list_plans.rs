//! How SQLite finds what a list shows.

use std::slice::from_ref;

use application::ports::{Changed, NotificationFilter, Page, Span, TicketFilter, UnitOfWork, UserFilter};
use domain::{
    ids::{AgentId, TicketId, UserId},
    notification::NotificationStatus,
    search::{Needle, UserEntry},
    ticket::TicketStatus,
    ticket_work::Priority,
    topic::Slug,
};
use port_contracts::TEST_BEGINS;
use uuid::Uuid;

use super::{Folder, plans::Watched, samples::People};

const PAGE: Page = Page { before: Some(Uuid::max()), limit: 9 };

const SPAN: Span = Span { from: Some(TEST_BEGINS), until: Some(TEST_BEGINS) };

#[tokio::test]
async fn lists_of_users_use_the_index_of_their_filter() {
    let folder = Folder::new();
    let storage = folder.open().await;
    let mut watched = Watched::begin(&storage).await;
    let all = UserFilter::default;
    let (bot_id, origin) = (Some(super::samples::BOT), Some("web".to_owned()));
    for (index, filter) in [
        ("users USING PRIMARY KEY (id>? AND id<?)", UserFilter { created: SPAN, ..all() }),
        ("user_search_bot_id_idx (bot_id=? AND user_id>? AND user_id<?)", UserFilter { bot_id, ..all() }),
        (
            "user_search_origin_idx (origin=? AND user_id>? AND user_id<?)",
            UserFilter { origin: origin.clone(), created: SPAN, ..all() },
        ),
        (
            "user_search_bot_id_origin_idx (bot_id=? AND origin=? AND user_id>? AND user_id<?)",
            UserFilter { bot_id, origin, ..all() },
        ),
    ] {
        watched.uses(index, async |tx| tx.users().page(&filter, PAGE).await).await;
    }
}

#[tokio::test]
async fn lists_of_tickets_use_the_index_of_their_filter() {
    let folder = Folder::new();
    let storage = folder.open().await;
    let mut watched = Watched::begin(&storage).await;
    let all = TicketFilter::default;
    let (status, topic) = (Some(TicketStatus::Closed), Some(Slug::restore("sales".to_owned())));
    let by_topic = "tickets_topic_idx (topic=? AND status=? AND id>? AND id<?)";
    for (index, filter) in [
        ("tickets USING PRIMARY KEY (id>? AND id<?)", all()),
        ("tickets_status_idx (status=? AND id>? AND id<?)", TicketFilter { status, created: SPAN, ..all() }),
        (by_topic, TicketFilter { topic: topic.clone(), ..all() }),
        (by_topic, TicketFilter { topic, status, ..all() }),
        (
            "tickets_user_id_idx (user_id=? AND id>? AND id<?)",
            TicketFilter { user_id: Some(UserId::MAX), ..all() },
        ),
        (
            "ticket_search_origin_idx (origin=? AND ticket_id>? AND ticket_id<?)",
            TicketFilter { origin: Some("web".to_owned()), status, ..all() },
        ),
        (
            "ticket_work_assignee_id_idx (assignee_id=? AND ticket_id>? AND ticket_id<?)",
            TicketFilter { assignee: Some(Some(AgentId::MAX)), status, ..all() },
        ),
        (
            "ticket_work_priority_idx (priority=? AND ticket_id>? AND ticket_id<?)",
            TicketFilter { priority: Some(Priority::Urgent), status, ..all() },
        ),
        (
            "tickets_status_idx (status=? AND id>? AND id<?)",
            TicketFilter { assignee: Some(None), status, ..all() },
        ),
    ] {
        watched.uses(index, async |tx| tx.tickets().page(&filter, PAGE).await).await;
    }
}

/// The greatest positions come first by themselves: nothing is gathered and sorted.
#[tokio::test]
async fn a_text_is_looked_for_in_its_index_newest_first() {
    let folder = Folder::new();
    let storage = folder.open().await;
    let mut watched = Watched::begin(&storage).await;
    let user = UserFilter {
        needle: Needle::for_users("garcia"),
        bot_id: Some(super::samples::BOT),
        created: SPAN,
        ..UserFilter::default()
    };
    watched.uses("user_texts VIRTUAL TABLE INDEX", async |tx| tx.users().page(&user, PAGE).await).await;
    let ticket = TicketFilter {
        needle: Needle::for_tickets("order 17"),
        status: Some(TicketStatus::Open),
        ..TicketFilter::default()
    };
    watched.uses("ticket_texts VIRTUAL TABLE INDEX", async |tx| tx.tickets().page(&ticket, PAGE).await).await;
}

#[tokio::test]
async fn a_due_time_ends_the_walk_through_notifications() {
    let folder = Folder::new();
    let storage = folder.open().await;
    let mut watched = Watched::begin(&storage).await;
    let due = NotificationFilter { due: SPAN, ..NotificationFilter::default() };
    let all = "notifications USING PRIMARY KEY (id>? AND id<?)";
    watched.uses(all, async |tx| tx.notifications().page(due, PAGE).await).await;
    let failed = NotificationFilter { status: Some(NotificationStatus::Failed), ..due };
    let by_status = "notifications_status_idx (status=? AND id<?)";
    watched.uses(by_status, async |tx| tx.notifications().page(failed, PAGE).await).await;
}

#[tokio::test]
async fn entries_are_written_by_their_keys() {
    let folder = Folder::new();
    let storage = folder.open().await;
    let person = People::new().next();
    super::samples::register(&storage, &person).await.expect("it is written");
    let mut watched = Watched::begin(&storage).await;
    let user = UserEntry::from(&person.user);
    let changed = Changed { users: vec![person.user.id], tickets: vec![TicketId::MAX] };
    let by_user = "user_search_user_id_key (user_id=?)";
    watched.uses(by_user, async |tx| tx.search().put(from_ref(&user), &[]).await).await;
    watched.uses(by_user, async |tx| tx.search().put(from_ref(&user), &[]).await).await;
    watched
        .uses("users USING PRIMARY KEY (id=?)", async |tx| {
            tx.search().note(&changed).await?;
            tx.search().take(9).await
        })
        .await;
    let erase = async |tx: &mut dyn UnitOfWork| tx.users().erase(person.user.id, TEST_BEGINS).await;
    let erased = watched.plan(erase).await;
    for index in ["user_search_user_id_key (user_id=?)", "user_search USING INTEGER PRIMARY KEY (rowid=?)"] {
        assert!(erased.iter().any(|step| step.contains(index)), "{erased:#?}");
    }
}
