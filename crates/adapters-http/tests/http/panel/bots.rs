//! The page of one bot.

use super::{browser::Browser, settings::form};
use crate::desk::Desk;

/// The page of the only bot.
fn page_of_bot(admin: &Browser<'_>) -> String {
    form(&admin.read("/admin/bots"), "/rotate").trim_end_matches("/rotate").to_owned()
}

#[test]
fn a_bot_is_changed_and_what_cannot_be_taken_comes_back() {
    let desk = Desk::open();
    let [admin, agent, viewer] = Browser::of_everybody(&desk);
    let page = page_of_bot(&admin);
    let fields = [("name", "shop <i>"), ("origin", "landing"), ("language", "es"), ("country", "ES")];
    let filled = admin.fill(&page, &page, &fields);
    admin.guards(&agent, &page, &filled);
    assert_eq!(admin.post(&page, &filled).status, 303);
    let shown = admin.read(&page);
    assert!(shown.contains("value=\"shop &#60;i&#62;\"") && shown.contains("value=\"landing\""), "{shown}");
    let wrong = admin.submit(&page, &page, &[("name", "typed"), ("country", "Spain")]);
    assert_eq!(wrong.status, 422);
    assert!(wrong.text().contains("value=\"typed\"") && wrong.text().contains("value=\"Spain\""));
    assert!(!viewer.read(&page).contains("/bot/v1/messages/"), "the address of its hook is secret");
}

#[test]
fn the_hook_of_a_bot_gets_a_new_address_and_a_token() {
    let desk = Desk::open();
    let [admin, agent, _] = Browser::of_everybody(&desk);
    let page = page_of_bot(&admin);
    let (path, before) = (format!("{page}/hook"), desk.hook("web"));
    let filled = admin.fill(&page, &path, &[("change", "address")]);
    admin.guards(&agent, &path, &filled);
    assert_eq!(admin.post(&path, &filled).status, 303);
    assert_ne!(desk.hook("web"), before);
    assert_eq!(admin.submit(&page, &path, &[("change", "token"), ("token", "from Landbot")]).status, 303);
    let shown = admin.read(&page);
    assert!(shown.contains("A token has to come along.") && !shown.contains("from Landbot"), "{shown}");
    assert_eq!(admin.submit(&page, &path, &[("change", "no_token")]).status, 303);
    assert!(admin.read(&page).contains("No token has to come along."));
}

#[test]
fn the_recipe_of_a_bot_is_for_admins_and_for_media_that_there_are() {
    let desk = Desk::open();
    let [admin, agent, _] = Browser::of_everybody(&desk);
    let path = format!("{}/recipe", page_of_bot(&admin));
    assert!(admin.read(&path).contains("blocks of web"));
    assert_eq!(admin.open(&format!("{path}?for=fax")).status, 422);
    assert_eq!(agent.open(&path).status, 403);
}

#[test]
fn a_bot_that_was_put_away_lets_nobody_in() {
    let desk = Desk::open();
    let [admin, agent, _] = Browser::of_everybody(&desk);
    let page = page_of_bot(&admin);
    let path = format!("{page}/archive");
    let filled = admin.fill(&page, &path, &[]);
    admin.guards(&agent, &path, &filled);
    assert_eq!(admin.post(&path, &filled).status, 303);
    assert!(admin.read("/admin/bots").contains("No bot calls yet."));
    assert_eq!(admin.open(&page).status, 404);
    desk.clock.advance(jiff::SignedDuration::from_secs(5));
    assert_eq!(desk.request("GET", "/bot/v1/topics").bearer(&desk.key).send().status, 403);
}
