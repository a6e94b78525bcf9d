//! Who changed what.

use super::browser::Browser;
use crate::desk::Desk;

const LOG: &str = "/admin/audit";
const TOPIC: &str = "/admin/routing/topics/vip";

/// Where the newest change that can be undone is undone.
fn undoing(page: &str) -> String {
    let rest = page.split("action=\"").find(|rest| rest.contains("/revert\"")).expect("a form");
    rest.split('"').next().expect("a path").to_owned()
}

/// Lets the topic `vip` tell one channel only.
fn reroute(admin: &Browser<'_>, channel: &str) {
    let fields = [("title", "VIP sales"), ("channel", channel)];
    assert_eq!(admin.submit(TOPIC, TOPIC, &fields).status, 303);
}

#[test]
fn a_change_is_written_down_with_who_did_it_and_what_there_was_before() {
    let desk = Desk::open();
    let admin = Browser::of_admin(&desk);
    reroute(&admin, "team-email");
    let log = admin.read("/admin/audit?object=vip&action=topic.changed");
    for text in [
        "admin@example.com · Panel",
        "Topic changed",
        "<del>sales-slack, team-email</del> → ",
        "team-email</div>",
    ] {
        assert!(log.contains(text), "{text}: {log}");
    }
    assert!(admin.read("/admin/audit?action=bot.added").contains("Command line"));
    assert!(admin.read("/admin/audit?object=support").contains("Nothing was changed."));
    assert_eq!(Browser::of_agent(&desk).open(LOG).status, 403);
}

#[test]
fn a_change_of_the_routing_is_undone_and_that_is_written_down_too() {
    let desk = Desk::open();
    let admin = Browser::of_admin(&desk);
    reroute(&admin, "team-email");
    let path = undoing(&admin.read(LOG));
    let undone = admin.submit(LOG, &path, &[]);
    assert_eq!(undone.header("location"), Some("/admin/audit?done=reverted"), "{}", undone.text());
    let log = admin.read("/admin/audit?object=vip");
    assert!(
        log.contains("undone") && log.contains("<del>team-email</del> → sales-slack, team-email"),
        "{log}"
    );
    admin.guards(&Browser::of_agent(&desk), &path, &admin.fill(LOG, &path, &[]));
}

#[test]
fn what_was_changed_again_since_is_not_undone() {
    let desk = Desk::open();
    let admin = Browser::of_admin(&desk);
    reroute(&admin, "team-email");
    let path = undoing(&admin.read(LOG));
    reroute(&admin, "sales-slack");
    let refused = admin.submit(LOG, &path, &[]);
    assert_eq!(refused.status, 409);
    assert!(refused.text().contains("it was changed again since"), "{}", refused.text());
}
