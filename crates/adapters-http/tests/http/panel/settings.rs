//! Routing, bots, quarantine and jobs.

use super::browser::Browser;
use crate::desk::Desk;

#[test]
fn a_call_in_quarantine_is_mended_and_released() {
    let desk = Desk::open();
    desk.post("/bot/v1/users", r#"{"name":"<b>Ana</b>","email":"ana@@example"}"#).send();
    let [_, agent, viewer] = Browser::of_everybody(&desk);
    let list = agent.read("/admin/quarantine");
    let path = link(&list, "/admin/quarantine/");
    let held = agent.read(&path);
    assert!(held.contains("ana@@example") && !held.contains("<b>Ana"), "{held}");
    let release = format!("{path}/release");
    let wrong = agent.submit(&path, &release, &[("field.email", "still@@wrong")]);
    assert_eq!(wrong.status, 422);
    assert!(wrong.text().contains("value=\"still@@wrong\""), "{}", wrong.text());
    let filled = agent.fill(&path, &release, &[("field.email", "ana@example.com")]);
    agent.guards(&viewer, &release, &filled);
    assert_eq!(agent.post(&release, &filled).status, 303);
    assert!(agent.read("/admin/quarantine").contains("every call was understood"));
    assert!(agent.read("/admin/users").contains("ana@example.com"));
    assert_eq!(agent.post(&release, &filled).status, 409, "it is released once");
}

#[test]
fn a_call_in_quarantine_is_discarded() {
    let desk = Desk::open();
    desk.post("/bot/v1/users", "no json").send();
    let agent = Browser::of_agent(&desk);
    let path = link(&agent.read("/admin/quarantine"), "/admin/quarantine/");
    assert_eq!(agent.submit(&path, &format!("{path}/discard"), &[]).status, 303);
    assert!(agent.read("/admin/quarantine?with_closed=yes").contains("badge discarded"));
}

#[test]
fn a_bot_gets_a_key_that_is_shown_once_and_can_be_revoked() {
    let desk = Desk::open();
    let [admin, agent, _] = Browser::of_everybody(&desk);
    let new = [("name", "shop"), ("language", "es"), ("country", "ES")];
    let filled = admin.fill("/admin/bots", "/admin/bots", &new);
    admin.guards(&agent, "/admin/bots", &filled);
    let made = admin.post("/admin/bots", &filled);
    let key = made.text().split("id=\"new-key\">").nth(1).and_then(|rest| rest.split('<').next());
    let key = key.expect("a key").to_owned();
    let call = || desk.request("GET", "/bot/v1/topics").bearer(&key).send().status;
    assert_eq!(call(), 200);
    let bots = admin.read("/admin/bots");
    assert!(bots.contains("shop") && !bots.contains(&key));
    let paths = bots.split("action=\"").filter_map(|rest| rest.split('"').next());
    let revoke = paths.filter(|path| path.ends_with("/revoke")).last().expect("a form").to_owned();
    assert_eq!(admin.submit("/admin/bots", &revoke, &[("keys", "all")]).status, 303);
    desk.clock.advance(jiff::SignedDuration::from_secs(5));
    assert_eq!(call(), 403);
}

#[test]
fn a_topic_is_routed_and_a_channel_is_paused_and_tried() {
    let desk = Desk::open();
    let [admin, agent, _] = Browser::of_everybody(&desk);
    let topic =
        [("title", "Gold <i>"), ("slug", "gold"), ("aliases", "best, platinum"), ("channel", "team-email")];
    let filled = admin.fill("/admin/routing", "/admin/routing/topics", &topic);
    admin.guards(&agent, "/admin/routing/topics", &filled);
    assert_eq!(admin.post("/admin/routing/topics", &filled).status, 303);
    let page = admin.read("/admin/routing");
    assert!(page.contains("Gold &#60;i&#62;") && page.contains("best, platinum"), "{page}");
    let pause = form(&page, "/pause");
    assert_eq!(admin.submit("/admin/routing", &pause, &[("paused", "yes")]).status, 303);
    assert!(admin.read("/admin/routing").contains("badge paused"));
    let tried = admin.submit("/admin/routing", &form(&page, "/test"), &[]);
    assert!(tried.status == 200 && tried.text().contains("What came of trying"), "{}", tried.text());
}

#[test]
fn a_job_is_asked_to_run_by_an_admin_only() {
    let desk = Desk::open();
    let [admin, agent, _] = Browser::of_everybody(&desk);
    assert!(!agent.read("/admin/jobs").contains("<button class=\"quiet\">Run now"));
    let run = "/admin/jobs/ledger_check/run";
    let filled = admin.fill("/admin/jobs", run, &[]);
    admin.guards(&agent, run, &filled);
    assert_eq!(admin.post(run, &filled).status, 303);
}

/// Where the first form on a page leads whose address ends so.
pub(super) fn form(page: &str, end: &str) -> String {
    let paths = page.split("action=\"").filter_map(|rest| rest.split('"').next());
    paths.into_iter().find(|path| path.ends_with(end)).expect("a form").to_owned()
}

/// The first address on a page that begins so and goes on.
fn link(page: &str, begin: &str) -> String {
    let rest = page.split('"').find(|text| text.len() > begin.len() && text.starts_with(begin));
    rest.unwrap_or_else(|| panic!("nothing leads to {begin}: {page}")).to_owned()
}
