//! The own account, and who works here.

use super::browser::Browser;
use crate::desk::{Desk, PASSWORD};

#[test]
fn a_new_password_ends_all_other_sessions() {
    let desk = Desk::open();
    let own = Browser::of_agent(&desk);
    let mut other = Browser::of_nobody(&desk);
    other.sign_in("agent@example.com", PASSWORD);
    let path = "/admin/account/password";
    let change =
        |present, new| own.submit("/admin/account", path, &[("present", present), ("new", new)]).status;
    assert_eq!(change("a wrong password", "another long password"), 422);
    assert_eq!(change(PASSWORD, "short"), 422);
    assert_eq!(other.open("/admin/account").status, 200);
    assert_eq!(change(PASSWORD, "another long password"), 303);
    assert_eq!(own.open("/admin/account").status, 200);
    assert_eq!(other.open("/admin/account").status, 401);
    assert_eq!(other.sign_in("agent@example.com", PASSWORD).status, 401);
    assert_eq!(other.sign_in("agent@example.com", "another long password").status, 303);
}

#[test]
fn an_api_token_is_shown_once_and_can_be_revoked() {
    let desk = Desk::open();
    let browser = Browser::of_agent(&desk);
    let made =
        browser.submit("/admin/account", "/admin/account/tokens", &[("name", "laptop"), ("scope", "write")]);
    let token = made.text().split("id=\"new-token\">").nth(1).and_then(|rest| rest.split('<').next());
    let token = token.expect("a token").to_owned();
    assert!(token.starts_with("fds_"));
    let call = || desk.request("GET", "/api/v1/tickets").bearer(&token).send().status;
    assert_eq!(call(), 200);
    let account = browser.read("/admin/account");
    assert!(account.contains("laptop") && !account.contains(&token));
    let revoke = account.split("action=\"").find(|rest| rest.contains("/revoke\"")).expect("a form");
    let path = revoke.split('"').next().expect("a path").to_owned();
    let viewer = Browser::of_viewer(&desk);
    let other = viewer.fill("/admin/account", "/admin/sign-out", &[]);
    assert_eq!(viewer.post(&path, &other).status, 404, "it is another one's");
    assert_eq!(browser.submit("/admin/account", &path, &[]).status, 303);
    assert_eq!(call(), 401);
}

#[test]
fn an_admin_adds_and_deactivates_staff_and_always_is_left() {
    let desk = Desk::open();
    let admin = Browser::of_admin(&desk);
    let new = [("email", "bea@example.com"), ("password", PASSWORD), ("role", "viewer")];
    assert_eq!(admin.submit("/admin/agents", "/admin/agents", &new).status, 303);
    assert_eq!(admin.submit("/admin/agents", "/admin/agents", &new).status, 409);
    let mut bea = Browser::of_nobody(&desk);
    assert_eq!(bea.sign_in("bea@example.com", PASSWORD).status, 303);
    assert_eq!(bea.open("/admin/agents").status, 403);
    let agents = admin.read("/admin/agents");
    let paths: Vec<_> = agents.split("action=\"").filter_map(|rest| rest.split('"').next()).collect();
    let mut own_forms = paths.into_iter().filter(|path| path.starts_with("/admin/agents/"));
    let admins_path = own_forms.next().expect("a form").to_owned();
    let beas_path = own_forms.find(|path| **path != admins_path).expect("another form").to_owned();
    let deactivate = |path: &str| {
        let token = admin.fill("/admin/agents", "/admin/agents", &[("active", "false")]);
        admin.post(path, &token).status
    };
    assert_eq!(deactivate(&admins_path), 409, "nobody would be left");
    assert_eq!(deactivate(&beas_path), 303);
    assert_eq!(bea.open("/admin/users").status, 401);
    assert_eq!(bea.sign_in("bea@example.com", PASSWORD).status, 401);
}

#[test]
fn only_an_admin_changes_staff() {
    let desk = Desk::open();
    let agent = Browser::of_agent(&desk);
    let fields = agent.fill(
        "/admin/account",
        "/admin/sign-out",
        &[("email", "x@example.com"), ("password", PASSWORD)],
    );
    assert_eq!(agent.post("/admin/agents", &fields).status, 403);
}
