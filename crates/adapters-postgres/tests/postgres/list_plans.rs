//! How PostgreSQL finds what a list shows.

use application::ports::{Changed, NotificationFilter, Span, TicketFilter, UserFilter};
use domain::{
    ids::{AgentId, BotId, UserId},
    notification::NotificationStatus,
    search::Needle,
    ticket::TicketStatus,
    ticket_work::Priority,
    topic::Slug,
};
use port_contracts::TEST_BEGINS;

use crate::plans::{PAGE, Watched, nth};

const SPAN: Span = Span { from: Some(TEST_BEGINS), until: Some(TEST_BEGINS) };

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lists_of_users_use_the_index_of_their_filter() {
    let watched = Watched::new().await;
    let all = UserFilter::default;
    let (bot_id, origin) = (Some(BotId::from_uuid(nth(7))), Some("web 6".to_owned()));
    for (index, filter) in [
        ("users_pkey", UserFilter { created: SPAN, ..all() }),
        ("user_search_bot_id_idx", UserFilter { bot_id, ..all() }),
        ("user_search_origin_idx", UserFilter { origin: origin.clone(), ..all() }),
        ("user_search_bot_id_origin_idx", UserFilter { bot_id, origin, ..all() }),
    ] {
        watched.uses(index, async |tx| tx.users().page(&filter, PAGE).await).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lists_of_tickets_use_the_index_of_their_filter() {
    let watched = Watched::new().await;
    let all = TicketFilter::default;
    let (status, topic) = (Some(TicketStatus::Closed), Some(Slug::restore("support".to_owned())));
    let (user_id, agent) = (Some(UserId::from_uuid(nth(30))), AgentId::from_uuid(nth(30)));
    for (index, filter) in [
        ("tickets_pkey", all()),
        ("tickets_status_idx", TicketFilter { status, ..all() }),
        ("tickets_topic_idx", TicketFilter { topic: topic.clone(), ..all() }),
        ("tickets_topic_idx", TicketFilter { topic, status, ..all() }),
        ("tickets_user_id_idx", TicketFilter { user_id, ..all() }),
        ("ticket_search_origin_idx", TicketFilter { origin: Some("web 6".to_owned()), status, ..all() }),
        ("ticket_work_assignee_id_idx", TicketFilter { assignee: Some(Some(agent)), status, ..all() }),
        ("ticket_work_priority_idx", TicketFilter { priority: Some(Priority::Urgent), status, ..all() }),
        ("tickets_status_idx", TicketFilter { assignee: Some(None), status, ..all() }),
    ] {
        watched.uses(index, async |tx| tx.tickets().page(&filter, PAGE).await).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_text_is_looked_for_in_the_newest_rows_and_then_in_its_index() {
    let watched = Watched::new().await;
    let common = UserFilter { needle: Needle::for_users("person"), ..UserFilter::default() };
    watched.uses("user_search_pkey", async |tx| tx.users().page(&common, PAGE).await).await;
    let rare = |typed| UserFilter { needle: Needle::for_users(typed), ..UserFilter::default() };
    for filter in [rare("person 2718"), rare("17"), UserFilter { created: SPAN, ..rare("person") }] {
        watched.uses("user_search_text_idx", async |tx| tx.users().page(&filter, PAGE).await).await;
    }
    let of_ticket = TicketFilter {
        needle: Needle::for_tickets("person 2718"),
        status: Some(TicketStatus::Open),
        ..TicketFilter::default()
    };
    watched.uses("ticket_search_text_idx", async |tx| tx.tickets().page(&of_ticket, PAGE).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_due_time_does_not_change_what_leads_to_notifications() {
    let watched = Watched::new().await;
    let due = NotificationFilter { due: SPAN, ..NotificationFilter::default() };
    let failed = NotificationFilter { status: Some(NotificationStatus::Failed), ..due };
    watched.uses("notifications_pkey", async |tx| tx.notifications().page(due, PAGE).await).await;
    watched.uses("notifications_status_idx", async |tx| tx.notifications().page(failed, PAGE).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_noted_is_found_by_its_key() {
    let watched = Watched::new().await;
    let changed = Changed { users: vec![UserId::from_uuid(nth(30))], tickets: Vec::new() };
    watched
        .uses("users_pkey", async |tx| {
            tx.search().note(&changed).await?;
            tx.search().take(9).await
        })
        .await;
    let user = UserId::from_uuid(nth(30));
    watched.uses("user_search_pkey", async |tx| tx.users().erase(user, TEST_BEGINS).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_watchdog_looks_at_what_is_due_and_at_what_was_not_sent() {
    let watched = Watched::new().await;
    let due = "notifications_channel_id_next_at_idx";
    watched.uses(due, async |tx| tx.watchdog().backlogs(TEST_BEGINS, 9).await).await;
    watched.uses("notifications_status_idx", async |tx| tx.watchdog().undelivered(9).await).await;
}
