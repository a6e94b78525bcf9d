//! Pages that are told when what they show has changed.

use std::{
    io::{BufRead as _, BufReader},
    net::TcpStream,
};

use adapters_http::ReadinessLevel;
use jiff::SignedDuration;

use super::browser::{Browser, attribute};
use crate::{
    client::Request,
    desk::{DRAINING, Desk},
};

const SALES: &str = r#"{"name":"Ana","email":"ana@example.com","topic":"sales","description":"Two seats"}"#;
const SUPPORT: &str = r#"{"name":"Bo","email":"bo@example.com","topic":"support","description":"No light"}"#;

/// What a page is told.
struct Told(BufReader<TcpStream>);

impl Told {
    fn by(request: Request) -> Self {
        Self::admitted(request).expect("it finds a place")
    }

    /// None if the server has no place.
    fn admitted(request: Request) -> Option<Self> {
        let mut told = Self(BufReader::new(request.header("Accept", "text/event-stream").begin()));
        (told.line() == "HTTP/1.1 200 OK").then_some(told)
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.0.read_line(&mut line).expect("the server says something, or hangs up");
        line.trim_end().to_owned()
    }

    /// The state of the next change; none when the server has no more to say.
    fn next(&mut self) -> Option<String> {
        loop {
            let line = self.line();
            if let Some(state) = line.strip_prefix("id: ") {
                return Some(state.to_owned());
            }
            // The last chunk (RFC 9112, section 7.1).
            if line == "0" {
                return None;
            }
        }
    }
}

/// Where a page is told, and the state that it shows.
fn live(page: &str) -> (String, String) {
    let path = attribute(page, "data-live");
    let state = path.split("state=").nth(1).expect("a state").to_owned();
    (path, state)
}

#[test]
fn an_open_inbox_is_told_of_the_tickets_that_it_would_show() {
    let desk = Desk::open();
    let browser = Browser::of_viewer(&desk);
    let page = "/admin/tickets?topic=sales&status=open";
    let (path, before) = live(&browser.read(page));
    let mut told = Told::by(browser.ask(&path));
    desk.post("/bot/v1/tickets", SUPPORT).send();
    desk.post("/bot/v1/tickets", SALES).send();
    let state = told.next().expect("it is told");
    let (_, after) = live(&browser.read(page));
    assert_ne!(before, after);
    assert_eq!(state, after, "of the other ticket nothing is told");
}

#[test]
fn the_open_page_of_a_ticket_is_told_what_others_do_about_it() {
    let desk = Desk::open();
    desk.post("/bot/v1/tickets", SALES).send();
    let (viewer, agent) = (Browser::of_viewer(&desk), Browser::of_agent(&desk));
    let page = "/admin/tickets/T-000001";
    let mut told = Told::by(viewer.ask(&live(&viewer.read(page)).0));
    let change =
        agent.read(page).split("action=\"").find(|rest| rest.contains("/change\"")).map(str::to_owned);
    let change = change.and_then(|rest| rest.split('"').next().map(str::to_owned)).expect("a form");
    assert_eq!(agent.submit(page, &change, &[("priority", "urgent")]).status, 303);
    assert_eq!(told.next(), Some(live(&viewer.read(page)).1));
}

#[test]
fn a_page_that_comes_back_is_told_at_once_what_it_missed_and_nothing_else() {
    let desk = Desk::open();
    let browser = Browser::of_viewer(&desk);
    let (path, empty) = live(&browser.read("/admin/tickets"));
    desk.post("/bot/v1/tickets", SALES).send();
    let (current, state) = live(&browser.read("/admin/tickets"));
    assert_eq!(Told::by(browser.ask(&path)).next().as_ref(), Some(&state), "it shows an empty list");
    let behind = browser.ask(&current).header("Last-Event-ID", &empty);
    assert_eq!(Told::by(behind).next(), Some(state), "what it was told last counts");
    let mut up_to_date = Told::by(browser.ask(&current));
    desk.post("/bot/v1/tickets", SUPPORT).send();
    assert_eq!(up_to_date.next(), Some(live(&browser.read("/admin/tickets")).1));
}

#[test]
fn nobody_is_told_anything_who_signed_out() {
    let desk = Desk::open();
    let browser = Browser::of_viewer(&desk);
    let mut told = Told::by(browser.ask(&live(&browser.read("/admin/tickets")).0));
    assert_eq!(browser.submit("/admin/account", "/admin/sign-out", &[]).status, 303);
    assert_eq!(told.next(), None);
}

#[test]
fn open_pages_do_not_keep_a_process_from_stopping() {
    let desk = Desk::open();
    let browser = Browser::of_viewer(&desk);
    let mut told = Told::by(browser.ask(&live(&browser.read("/admin/tickets")).0));
    desk.readiness.set(ReadinessLevel::Ready, &[DRAINING]);
    assert_eq!(told.next(), None);
}

#[test]
fn a_session_ends_over_night_also_in_front_of_an_open_page() {
    let desk = Desk::open();
    let browser = Browser::of_viewer(&desk);
    let (path, _) = live(&browser.read("/admin/tickets"));
    desk.clock.advance(SignedDuration::from_hours(11));
    let mut told = Told::by(browser.ask(&path));
    let anew = browser.ask("/admin/tickets").header("Frontdesk-Watching", "yes").send();
    assert_eq!(anew.status, 200);
    desk.clock.advance(SignedDuration::from_hours(1));
    assert_eq!(told.next(), None);
    assert_eq!(browser.open("/admin/tickets").status, 401);
}

#[test]
fn one_agent_cannot_take_all_the_places() {
    let desk = Desk::open();
    let (browser, other) = (Browser::of_viewer(&desk), Browser::of_agent(&desk));
    let (path, _) = live(&browser.read("/admin/tickets"));
    let mut open: Vec<_> = (0..16).map(|_| Told::by(browser.ask(&path))).collect();
    let refused = browser.open(&path);
    assert_eq!((refused.status, refused.header("retry-after")), (503, Some("30")));
    Told::by(other.ask(&path));
    open.pop();
    // The server learns of it when it looks again.
    while Told::admitted(browser.ask(&path)).is_none() {
        std::thread::yield_now();
    }
}
