//! No page and no form is open to whom it is not meant for.

use super::browser::Browser;
use crate::desk::Desk;

const ID: &str = "0192f000-0000-7000-8000-000000000000";

/// Pages, and whether a viewer may see them.
const PAGES: &[(&str, bool)] = &[
    ("/admin", true),
    ("/admin/search?q=ana", true),
    ("/admin/tickets", true),
    ("/admin/tickets/T-000001", true),
    ("/admin/tickets/{id}/live", true),
    ("/admin/tickets/live?assignee=!", true),
    ("/admin/tickets/export.csv", true),
    ("/admin/users", true),
    ("/admin/users/{id}", true),
    ("/admin/users/{id}/merge", false),
    ("/admin/users/export.jsonl", true),
    ("/admin/users/import", false),
    ("/admin/notifications", true),
    ("/admin/notifications/{id}", true),
    ("/admin/notifications/export.csv", true),
    ("/admin/mail", true),
    ("/admin/mail/{id}", true),
    ("/admin/quarantine", true),
    ("/admin/quarantine/{id}", true),
    ("/admin/routing", true),
    ("/admin/routing/preview", true),
    ("/admin/routing/mails", false),
    ("/admin/routing/mails/document", false),
    ("/admin/routing/topics/sales", true),
    ("/admin/routing/channels/{id}", true),
    ("/admin/bots", true),
    ("/admin/bots/{id}", true),
    ("/admin/bots/{id}/recipe", false),
    ("/admin/jobs", true),
    ("/admin/keys", true),
    ("/admin/account", true),
    ("/admin/agents", false),
    ("/admin/audit", false),
];

/// Forms that a viewer may not send.
const FORMS: &[&str] = &[
    "/admin/tickets/bulk",
    "/admin/tickets/{id}/change",
    "/admin/tickets/{id}/notes",
    "/admin/tickets/T-000001/reply",
    "/admin/quarantine/{id}/release",
    "/admin/quarantine/{id}/discard",
    "/admin/routing/topics",
    "/admin/routing/topics/sales",
    "/admin/routing/topics/sales/remove",
    "/admin/routing/channels",
    "/admin/routing/channels/{id}",
    "/admin/routing/channels/{id}/archive",
    "/admin/routing/channels/{id}/pause",
    "/admin/routing/channels/{id}/test",
    "/admin/bots",
    "/admin/bots/{id}",
    "/admin/bots/{id}/archive",
    "/admin/bots/{id}/hook",
    "/admin/bots/{id}/rotate",
    "/admin/bots/{id}/revoke",
    "/admin/jobs/search/run",
    "/admin/audit/{id}/revert",
    "/admin/agents",
    "/admin/agents/{id}",
    "/admin/agents/{id}/second-factor",
];

#[test]
fn strangers_see_no_page_and_viewers_only_theirs() {
    let desk = Desk::open();
    let (nobody, viewer) = (Browser::of_nobody(&desk), Browser::of_viewer(&desk));
    for (path, is_for_viewers) in PAGES {
        let path = path.replace("{id}", ID);
        let turned_away = nobody.open(&path);
        assert_eq!(turned_away.status, 401, "{path}");
        assert!(turned_away.text().contains("action=\"/admin/sign-in\""), "{path}");
        assert_eq!(viewer.open(&path).status == 403, !is_for_viewers, "{path}");
    }
}

#[test]
fn strangers_and_viewers_send_no_form_that_changes_something() {
    let desk = Desk::open();
    let (nobody, viewer) = (Browser::of_nobody(&desk), Browser::of_viewer(&desk));
    let own = viewer.fill("/admin/account", "/admin/sign-out", &[("keys", "all"), ("status", "closed")]);
    for path in FORMS {
        let path = path.replace("{id}", ID);
        assert_eq!(nobody.post(&path, &own).status, 401, "{path}");
        assert_eq!(viewer.post(&path, &own).status, 403, "{path}");
    }
}

#[test]
fn an_address_that_the_panel_does_not_have_is_answered_by_a_page() {
    let desk = Desk::open();
    let (nobody, viewer) = (Browser::of_nobody(&desk), Browser::of_viewer(&desk));
    let lost = viewer.open("/admin/nothing");
    assert_eq!(lost.status, 404);
    assert!(lost.text().contains("<h1>Not found</h1>"), "{}", lost.text());
    assert_eq!(nobody.open("/admin/nothing").status, 401);
    assert_eq!(viewer.open("/administration").header("content-type"), Some("application/problem+json"));
}
