//! Signing in with a code of a telephone.

use domain::second_factor::TotpSecret;
use jiff::SignedDuration;

use super::browser::Browser;
use crate::{
    client::Response,
    desk::{Desk, PASSWORD},
};

const ACCOUNT: &str = "/admin/account";
const BEGIN: &str = "/admin/account/second-factor";
const CONFIRM: &str = "/admin/account/second-factor/confirm";
const CODE: &str = "/admin/sign-in/code";

/// A telephone that read what the page shows.
struct Telephone(TotpSecret);

impl Telephone {
    fn that_read(page: &str) -> Self {
        let shown = page.split("<code id=\"key\">").nth(1).and_then(|rest| rest.split('<').next());
        let letters: String = shown.expect("a key").split(' ').collect();
        Self(TotpSecret::restore(&unbase32(&letters)).expect("a secret"))
    }

    fn code(&self, desk: &Desk) -> String {
        use application::ports::Clock as _;
        self.0.code_at(desk.clock.now())
    }
}

fn unbase32(letters: &str) -> Vec<u8> {
    let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let five = |letter| format!("{:05b}", alphabet.find(letter).expect("a letter of base 32"));
    let bits = letters.chars().map(five).collect::<Vec<_>>().concat();
    bits.as_bytes()
        .chunks_exact(8)
        .map(|byte| u8::from_str_radix(std::str::from_utf8(byte).expect("bits"), 2).expect("a byte"))
        .collect()
}

/// Turns the second factor on. Answers the telephone and the recovery codes.
fn turn_on(desk: &Desk, browser: &Browser<'_>) -> (Telephone, Vec<String>) {
    let page = browser.submit(ACCOUNT, BEGIN, &[]);
    assert_eq!(page.status, 200, "{}", page.text());
    let telephone = Telephone::that_read(page.text());
    let mut filled = Browser::fields_of(page.text(), CONFIRM);
    filled.push(("code".to_owned(), telephone.code(desk)));
    let done = browser.post(CONFIRM, &filled);
    assert_eq!(done.status, 200, "{}", done.text());
    let codes = done.text().split("<pre id=\"codes\">").nth(1).and_then(|rest| rest.split("</pre>").next());
    let codes: Vec<_> =
        codes.expect("codes").lines().map(str::to_owned).filter(|line| !line.is_empty()).collect();
    assert_eq!(codes.len(), 10);
    desk.clock.advance(SignedDuration::from_secs(30));
    (telephone, codes)
}

fn type_code(browser: &mut Browser<'_>, page: &Response, code: &str) -> Response {
    let mut filled = Browser::fields_of(page.text(), CODE);
    filled.push(("code".to_owned(), code.to_owned()));
    let answer = browser.post(CODE, &filled);
    browser.keep_session(&answer);
    answer
}

#[test]
fn with_a_second_factor_a_password_alone_lets_nobody_in() {
    let desk = Desk::open();
    let (telephone, _) = turn_on(&desk, &Browser::of_agent(&desk));
    let mut browser = Browser::of_nobody(&desk);
    let asked = browser.sign_in("agent@example.com", PASSWORD);
    assert_eq!((asked.status, asked.header("set-cookie")), (200, None));
    let wrong = type_code(&mut browser, &asked, "000000");
    assert_eq!((wrong.status, wrong.header("set-cookie")), (401, None));
    let code = telephone.code(&desk);
    let entered = type_code(&mut browser, &wrong, &code);
    assert_eq!((entered.status, entered.header("location")), (303, Some("/admin")));
    assert_eq!(browser.open("/admin/tickets").status, 200);
    assert_eq!(type_code(&mut Browser::of_nobody(&desk), &asked, &code).status, 401, "no code counts twice");
}

#[test]
fn a_recovery_code_lets_in_once() {
    let desk = Desk::open();
    let (_, codes) = turn_on(&desk, &Browser::of_agent(&desk));
    let mut browser = Browser::of_nobody(&desk);
    let asked = browser.sign_in("agent@example.com", PASSWORD);
    assert_eq!(type_code(&mut browser, &asked, &codes[3].to_uppercase()).status, 303);
    assert_eq!(type_code(&mut Browser::of_nobody(&desk), &asked, &codes[3]).status, 401);
    assert!(browser.read(ACCOUNT).contains("Recovery codes left: 9"));
}

#[test]
fn who_types_the_code_late_types_the_password_again_and_loses_nothing() {
    let desk = Desk::open();
    let (telephone, _) = turn_on(&desk, &Browser::of_agent(&desk));
    let mut browser = Browser::of_nobody(&desk);
    let asked = browser.submit(
        "/admin/tickets?status=open",
        "/admin/sign-in",
        &[("email", "agent@example.com"), ("password", PASSWORD)],
    );
    desk.clock.advance(SignedDuration::from_mins(5));
    let late = type_code(&mut browser, &asked, &telephone.code(&desk));
    assert_eq!(late.status, 401);
    let again = browser.post("/admin/sign-in", &{
        let mut filled = Browser::fields_of(late.text(), "/admin/sign-in");
        let typed = [("email", "agent@example.com"), ("password", PASSWORD)];
        filled.extend(typed.map(|(name, value)| (name.to_owned(), value.to_owned())));
        filled
    });
    let entered = type_code(&mut browser, &again, &telephone.code(&desk));
    assert_eq!(entered.header("location"), Some("/admin/tickets?status=open"));
}

#[test]
fn who_guesses_codes_is_stopped_wherever_the_guesses_come_from() {
    let desk = Desk::open();
    let (telephone, _) = turn_on(&desk, &Browser::of_agent(&desk));
    let mut browser = Browser::of_nobody(&desk);
    let asked = browser.sign_in("agent@example.com", PASSWORD);
    for _ in 0..5 {
        assert_eq!(type_code(&mut browser, &asked, "000000").status, 401);
    }
    let stopped = type_code(&mut browser, &asked, &telephone.code(&desk));
    assert_eq!(stopped.status, 429);
    assert!(stopped.header("retry-after").is_some());
}

#[test]
fn a_telephone_that_shows_a_wrong_code_locks_nobody_out() {
    let desk = Desk::open();
    let browser = Browser::of_agent(&desk);
    let page = browser.submit(ACCOUNT, BEGIN, &[]);
    let telephone = Telephone::that_read(page.text());
    let mut filled = Browser::fields_of(page.text(), CONFIRM);
    filled.push(("code".to_owned(), "000000".to_owned()));
    let wrong = browser.post(CONFIRM, &filled);
    assert_eq!(wrong.status, 422);
    assert_eq!(Telephone::that_read(wrong.text()).0, telephone.0, "it is the same secret");
    assert_eq!(Browser::of_nobody(&desk).sign_in("agent@example.com", PASSWORD).status, 303, "it is not on");
}

#[test]
fn it_is_turned_off_with_the_password_or_removed_by_an_admin() {
    let desk = Desk::open();
    let (agent, admin) = (Browser::of_agent(&desk), Browser::of_admin(&desk));
    let path = "/admin/account/second-factor/off";
    turn_on(&desk, &agent);
    assert!(!agent.read(ACCOUNT).contains(&format!("action=\"{BEGIN}\"")), "one is on");
    assert_eq!(agent.submit(ACCOUNT, path, &[("present", "another one")]).status, 422);
    assert_eq!(agent.submit(ACCOUNT, path, &[("present", PASSWORD)]).status, 303);
    turn_on(&desk, &agent);
    let page = admin.read("/admin/agents");
    let removal = page.split("action=\"").find(|rest| rest.contains("/second-factor\"")).expect("a form");
    let removal = removal.split('"').next().expect("a path").to_owned();
    assert_eq!(admin.submit("/admin/agents", &removal, &[]).status, 303);
    assert_eq!(agent.open("/admin").status, 401, "whoever was signed in is not any more");
    assert_eq!(Browser::of_nobody(&desk).sign_in("agent@example.com", PASSWORD).status, 303);
}
