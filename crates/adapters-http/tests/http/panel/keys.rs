//! The list of keys.

use super::browser::Browser;
use crate::desk::Desk;

const SCRIPT: &str = include_str!("../../../assets/panel.js");

/// The keys that a page lists outside its dialog.
fn listed(page: &str) -> Vec<&str> {
    let main = page.split("<footer>").next().unwrap_or_default();
    main.split("<kbd>").skip(1).filter_map(|rest| rest.split("</kbd>").next()).collect()
}

#[test]
fn the_keys_are_a_page_for_whoever_has_no_script() {
    let desk = Desk::open();
    let viewer = Browser::of_viewer(&desk);
    assert!(viewer.read("/admin").contains("<a href=\"/admin/keys\" data-keys>"));
    assert_eq!(listed(&viewer.read("/admin/keys")), ["/", "j", "k", "Enter", "?", "Esc"]);
}

#[test]
fn every_key_that_the_script_listens_to_is_listed() {
    let desk = Desk::open();
    let page = Browser::of_viewer(&desk).read("/admin/keys");
    let heard: Vec<_> =
        SCRIPT.split("event.key === \"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    assert!(!heard.is_empty());
    for key in heard {
        assert!(listed(&page).contains(&key), "{key}");
    }
}

#[test]
fn every_page_has_the_dialog_that_opens_over_it_and_closes_without_a_script_of_its_own() {
    let desk = Desk::open();
    let viewer = Browser::of_viewer(&desk);
    for path in ["/admin", "/admin/tickets", "/admin/keys"] {
        let page = viewer.read(path);
        let dialog =
            page.split("<dialog id=\"keys\" aria-labelledby=\"keys-title\">").nth(1).unwrap_or_default();
        assert!(
            dialog.contains("id=\"keys-title\"") && dialog.contains("<form method=\"dialog\">"),
            "{path}"
        );
    }
    let nobody = Browser::of_nobody(&desk).open("/admin/sign-in");
    assert!(!nobody.text().contains("/admin/keys") && !nobody.text().contains("<dialog"));
}
