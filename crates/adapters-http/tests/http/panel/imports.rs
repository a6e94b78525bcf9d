//! People from a file.

use super::browser::Browser;
use crate::{client::Response, desk::Desk};

const PATH: &str = "/admin/users/import";
const FILE: &str = "name;email;origin\nAna <b>;ana@example.com;fair\n=Bo;nowhere;\nEve;eve@example.com;\n";

/// The form as it is filled in with the bot `web`.
fn filled(browser: &Browser<'_>, more: &[(&str, &str)]) -> Vec<(String, String)> {
    let page = browser.read(PATH);
    let bot = page.split("<option value=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("a bot");
    browser.fill(PATH, PATH, &[&[("bot", bot)], more].concat())
}

fn counts(answer: &Response) -> Vec<String> {
    assert_eq!(answer.status, 200, "{}", answer.text());
    let main = answer.text().split("</main>").next().unwrap_or_default();
    let shown = main.split("<dd>").skip(1).filter_map(|rest| rest.split("</dd>").next());
    shown.map(str::to_owned).collect()
}

#[test]
fn a_file_is_tried_first_and_then_taken() {
    let desk = Desk::open();
    let browser = Browser::of_agent(&desk);
    let tried = browser.upload(PATH, &filled(&browser, &[("dry_run", "yes")]), FILE.as_bytes());
    assert_eq!(counts(&tried), ["2", "0", "1"]);
    assert!(tried.text().contains("Nothing was changed."));
    assert!(browser.read("/admin/users").contains("Nobody here."));
    let taken = browser.upload(PATH, &filled(&browser, &[]), FILE.as_bytes());
    assert_eq!(counts(&taken), ["2", "0", "1"]);
    let people = browser.read("/admin/users");
    assert!(people.contains("Ana &#60;b&#62;") && people.contains("eve@example.com"), "{people}");
    assert_eq!(counts(&browser.upload(PATH, &filled(&browser, &[]), FILE.as_bytes())), ["0", "2", "1"]);
    assert!(browser.read("/admin/notifications").contains("No messages here."), "nobody is written to");
}

#[test]
fn rejected_rows_are_a_file_to_be_mended_and_imported() {
    let desk = Desk::open();
    let browser = Browser::of_agent(&desk);
    let taken = browser.upload(PATH, &filled(&browser, &[]), FILE.as_bytes());
    let html = taken.text();
    assert!(html.contains("<td class=\"number\">3</td><td>the email cannot be read"), "{html}");
    let file = html.split("href=\"data:text/csv;charset=utf-8;base64,").nth(1).expect("a file");
    let file = file.split('"').next().expect("an end").replace("&#43;", "+");
    let file = decoded(&file);
    let lines: Vec<_> = file.lines().collect();
    assert_eq!(lines[0], "name;email;origin;rejected_line;rejected_reason");
    assert!(lines.len() == 2 && lines[1].starts_with("'=Bo;nowhere;;3;"), "{file}");
    let mended = file.replace("nowhere", "bo@example.com");
    assert_eq!(counts(&browser.upload(PATH, &filled(&browser, &[]), mended.as_bytes())), ["1", "0", "0"]);
    assert!(browser.read("/admin/users").contains(">=Bo<"));
}

fn decoded(base64: &str) -> String {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    String::from_utf8(STANDARD.decode(base64).expect("base64")).expect("text")
}

#[test]
fn only_agents_import_from_the_form_of_their_session() {
    let desk = Desk::open();
    let (agent, viewer) = (Browser::of_agent(&desk), Browser::of_viewer(&desk));
    assert_eq!(viewer.open(PATH).status, 403);
    let filled = filled(&agent, &[]);
    assert_eq!(viewer.upload(PATH, &filled, FILE.as_bytes()).status, 403);
    let tokenless: Vec<_> = filled.iter().filter(|(name, _)| name != "form_token").cloned().collect();
    assert_eq!(agent.upload(PATH, &tokenless, FILE.as_bytes()).status, 403);
    assert!(agent.read("/admin/users").contains("Nobody here."));
}

#[test]
fn what_is_no_form_too_large_or_without_a_bot_is_refused() {
    let desk = Desk::open();
    let browser = Browser::of_agent(&desk);
    let filled = filled(&browser, &[]);
    assert_eq!(browser.post(PATH, &filled).status, 413, "no file can come this way");
    let large = vec![b'x'; 11 * 1024 * 1024];
    assert_eq!(browser.upload(PATH, &filled, &large).status, 413);
    let botless: Vec<_> = filled.iter().filter(|(name, _)| name != "bot").cloned().collect();
    assert_eq!(browser.upload(PATH, &botless, FILE.as_bytes()).status, 422);
    assert_eq!(browser.upload(PATH, &filled, b"").status, 422);
}
