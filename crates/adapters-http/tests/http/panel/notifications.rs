//! The pages of notifications.

use application::ports::{CapturedMail, NotificationFilter, Page, consult};
use domain::notification::{Notification, NotificationStatus};
use jiff::Timestamp;

use super::browser::Browser;
use crate::desk::Desk;

const PATH: &str = "/admin/notifications";

/// A desk with a welcome mail for each of these.
fn desk(names: &[&str]) -> Desk {
    let desk = Desk::open();
    for name in names {
        let body = format!(r#"{{"name":"{name}","email":"{name}@example.com"}}"#);
        desk.post("/bot/v1/users", body).send();
    }
    desk
}

fn planned(desk: &Desk) -> Vec<Notification> {
    let look = consult(&*desk.storage, async |tx| {
        tx.notifications().page(NotificationFilter::default(), Page::first(200)).await
    });
    desk.wait(look).expect("storage works")
}

fn standing(desk: &Desk) -> Vec<NotificationStatus> {
    planned(desk).iter().map(|notification| notification.status).collect()
}

#[test]
fn the_list_shows_what_its_filter_asks_for_page_by_page() {
    let names: Vec<_> = (0..51).map(|number| format!("p{number}")).collect();
    let desk = desk(&names.iter().map(String::as_str).collect::<Vec<_>>());
    let browser = Browser::of_viewer(&desk);
    let page = browser.read(&format!("{PATH}?status=scheduled&done=retried"));
    assert_eq!(page.matches("class=\"row\"").count(), 50);
    let older = page
        .split("class=\"pager\"")
        .nth(1)
        .and_then(|rest| rest.split("href=\"").nth(1))
        .and_then(|rest| rest.split('"').next());
    let older = older.expect("another page").replace("&#38;", "&");
    assert!(!older.contains("done="), "{older}");
    assert_eq!(browser.read(&older).matches("class=\"row\"").count(), 1);
    assert!(browser.read(&format!("{PATH}?status=failed")).contains("No messages here."));
    assert!(browser.read(&format!("{PATH}?due_from=2026-01-02")).contains("No messages here."));
    let of_one = format!("{PATH}?user={}", planned(&desk)[0].user_id.expect("a user"));
    assert_eq!(browser.read(&of_one).matches("class=\"row\"").count(), 1);
    assert_eq!(browser.open(&format!("{PATH}?status=lost")).status, 422);
    assert!(!page.contains("type=\"checkbox\" name=\"id\""), "a viewer changes nothing");
}

#[test]
fn what_is_ticked_is_cancelled_and_tried_again() {
    let desk = desk(&["ana", "bea", "eve"]);
    let (agent, viewer) = (Browser::of_agent(&desk), Browser::of_viewer(&desk));
    let ids: Vec<_> = planned(&desk).iter().map(|notification| notification.id.to_string()).collect();
    let ticked = [("id", &*ids[0]), ("id", &*ids[1])];
    let from = format!("{PATH}?status=scheduled");
    let (cancel, retry) = (format!("{PATH}/cancel"), format!("{PATH}/retry"));
    let filled = agent.fill(&from, &cancel, &ticked);
    agent.guards(&viewer, &cancel, &filled);
    agent.guards(&viewer, &retry, &filled);
    let done = agent.post(&cancel, &filled);
    let back = "/admin/notifications?status=scheduled&changed=2&left=0";
    assert_eq!((done.status, done.header("location")), (303, Some(back)));
    assert!(agent.read(back).contains("class=\"notice\""));
    assert_eq!(
        standing(&desk),
        [NotificationStatus::Cancelled, NotificationStatus::Cancelled, NotificationStatus::Scheduled]
    );
    let again = agent.post(&cancel, &filled);
    assert!(again.header("location").expect("a page").ends_with("changed=0&left=2"));
    agent.submit(PATH, &retry, &ticked[..1]);
    assert_eq!(
        standing(&desk),
        [NotificationStatus::Scheduled, NotificationStatus::Cancelled, NotificationStatus::Scheduled]
    );
    assert_eq!(agent.submit(PATH, &retry, &[("id", "nonsense")]).status, 422);
}

#[test]
fn all_of_a_filter_is_tried_again_unless_it_waits_for_its_time() {
    let desk = desk(&["ana", "bea", "eve"]);
    let (agent, viewer) = (Browser::of_agent(&desk), Browser::of_viewer(&desk));
    let path = format!("{PATH}/retry-all");
    assert!(!agent.read(&format!("{PATH}?status=scheduled")).contains(&path));
    let ids: Vec<_> = planned(&desk).iter().map(|notification| notification.id.to_string()).collect();
    let all: Vec<_> = ids.iter().map(|id| ("id", &**id)).collect();
    agent.submit(PATH, &format!("{PATH}/cancel"), &all);
    let filled = agent.fill(&format!("{PATH}?status=cancelled"), &path, &[]);
    agent.guards(&viewer, &path, &filled);
    let done = agent.post(&path, &filled);
    assert_eq!(done.header("location"), Some("/admin/notifications?status=cancelled&changed=3&left=0"));
    assert_eq!(standing(&desk), [NotificationStatus::Scheduled; 3]);
    let waiting: Vec<_> = filled.iter().filter(|(name, _)| name != "status").cloned().collect();
    assert_eq!(agent.post(&path, &waiting).status, 409);
}

#[test]
fn one_is_shown_with_its_person_ticket_and_mail_and_can_be_cancelled_and_tried_again() {
    let desk = Desk::open();
    let body = r#"{"name":"Ana <b>","email":"ana@example.com","topic":"support","description":"Hi"}"#;
    desk.post("/bot/v1/tickets", body).send();
    let (agent, viewer) = (Browser::of_agent(&desk), Browser::of_viewer(&desk));
    let told = planned(&desk).into_iter().find(|one| one.ticket_id.is_some()).expect("news of the ticket");
    desk.capture(&CapturedMail {
        notification_id: told.id,
        recipient: "team@example.com".to_owned(),
        subject: "News".to_owned(),
        message: b"Subject: News\r\nContent-Type: text/plain\r\n\r\n<u>Hi</u>\r\n".to_vec(),
        captured_at: Timestamp::UNIX_EPOCH,
    });
    let path = format!("{PATH}/{}", told.id);
    let page = viewer.read(&path);
    for text in ["Ana &#60;b&#62;", "T-000001", "&#60;u&#62;Hi", "Nothing was tried yet.", &told.channel] {
        assert!(page.contains(text), "{text}: {page}");
    }
    assert!(!page.contains("/cancel\"") && !page.contains("/retry\""), "a viewer changes nothing");
    let cancel = format!("{path}/cancel");
    let filled = agent.fill(&path, &cancel, &[]);
    agent.guards(&viewer, &cancel, &filled);
    assert_eq!(agent.post(&cancel, &filled).header("location"), Some(&*format!("{path}?done=cancelled")));
    assert_eq!(agent.post(&cancel, &filled).status, 409);
    let retry = format!("{path}/retry");
    let filled = agent.fill(&path, &retry, &[]);
    agent.guards(&viewer, &retry, &filled);
    assert_eq!(agent.post(&retry, &filled).header("location"), Some(&*format!("{path}?done=retried")));
    assert_eq!(agent.open(&format!("{PATH}/1")).status, 404);
    let unknown = format!("{PATH}/0192f000-0000-7000-8000-000000000000/retry");
    assert_eq!(agent.post(&unknown, &filled).status, 404);
}
