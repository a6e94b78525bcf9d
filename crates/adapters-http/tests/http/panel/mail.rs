//! The captured mail.

use application::ports::CapturedMail;
use domain::ids::NotificationId;
use jiff::Timestamp;
use uuid::Uuid;

use super::browser::Browser;
use crate::desk::Desk;

const MESSAGE: &str = "From: Frontdesk <frontdesk@localhost>\r\nTo: ana@example.com\r\n\
    Subject: Hello <b>Ana</b>\r\nAuto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n\
    Content-Type: multipart/alternative; boundary=\"x\"\r\n\r\n\
    --x\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nHello <script>Ana</script>\r\n\
    --x\r\nContent-Type: text/html; charset=utf-8\r\n\r\n\
    <p style=\"color:red\">Hello \"Ana\"</p><img src=\"https://example.com/x\">\r\n--x--\r\n";

fn mail(number: u32, message: &str) -> CapturedMail {
    CapturedMail {
        notification_id: NotificationId::from_uuid(Uuid::from_u128(number.into())),
        recipient: format!("ana+{number}@example.com"),
        subject: format!("Hello <b>{number}</b>"),
        message: message.as_bytes().to_vec(),
        captured_at: Timestamp::UNIX_EPOCH,
    }
}

fn path(number: u128) -> String {
    format!("/admin/mail/{}", Uuid::from_u128(number))
}

#[test]
fn only_staff_may_read_it() {
    let desk = Desk::open();
    desk.capture(&mail(1, MESSAGE));
    let frame = "/admin/notifications/00000000-0000-0000-0000-000000000001/mail.html";
    for target in ["/admin/mail", &path(1), frame] {
        for request in [
            desk.request("GET", target),
            desk.request("GET", target).bearer("fds_wrong"),
            desk.request("GET", target).bearer(&desk.key),
            desk.request("GET", target).header("Authorization", "Basic YTpmZHNfd3Jvbmc="),
        ] {
            let response = request.send();
            assert_eq!(response.status, 401, "{target}");
            assert!(!response.text().contains("ana"));
        }
    }
}

#[test]
fn the_list_shows_the_newest_first_page_by_page() {
    let desk = Desk::open();
    assert_eq!(desk.request("GET", "/admin/mail").send().header("cache-control"), Some("no-store"));
    let browser = Browser::of_viewer(&desk);
    assert!(browser.read("/admin/mail").contains("There is none here."));
    (1..=51).for_each(|number| desk.capture(&mail(number, MESSAGE)));
    let html = browser.read("/admin/mail");
    assert!(
        html.contains("Hello &#60;b&#62;51&#60;/b&#62;") && !html.contains("&#60;b&#62;1&#60;"),
        "{html}"
    );
    assert!(html.find("ana+51@").expect("the newest") < html.find("ana+2@").expect("the oldest of the page"));
    let older = "/admin/mail?before=00000000-0000-0000-0000-000000000002";
    assert!(html.contains(older));
    let last = browser.read(older);
    assert!(last.contains("ana+1@") && !last.contains("ana+2@") && !last.contains("Older"));
    assert_eq!(browser.open("/admin/mail?before=yesterday").status, 422);
}

#[test]
fn a_mail_is_shown_in_parts_and_its_html_can_do_nothing() {
    let desk = Desk::open();
    desk.capture(&mail(1, MESSAGE));
    let browser = Browser::of_viewer(&desk);
    let page = browser.open(&path(1));
    let html = page.text();
    assert!(html.contains("<h1>Hello &#60;b&#62;1&#60;/b&#62;</h1>"), "{html}");
    assert!(html.contains("<dt>Auto-Submitted</dt><dd>auto-generated</dd>"), "{html}");
    assert!(html.contains("<pre>Hello &#60;script&#62;Ana&#60;/script&#62;"), "{html}");
    let policy = page.header("content-security-policy").expect("a policy");
    assert!(policy.starts_with("default-src 'none';") && !policy.contains("unsafe"), "{policy}");
    assert_eq!(page.header("x-frame-options"), Some("DENY"));

    let frame = html.split("<iframe sandbox ").nth(1).expect("a sandbox");
    let address = frame.split("src=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("an address");
    let framed = browser.open(address);
    assert_eq!(framed.status, 200);
    assert!(framed.text().starts_with("<p style=\"color:red\">Hello \"Ana\"</p>"), "{}", framed.text());
    let policy = framed.header("content-security-policy").expect("a policy");
    assert!(policy.starts_with("sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:;"));
    assert_eq!(framed.header("cache-control"), Some("no-store"));
}

#[test]
fn a_mail_that_is_no_message_is_shown_as_it_is() {
    let desk = Desk::open();
    desk.capture(&mail(1, ""));
    let browser = Browser::of_viewer(&desk);
    let html = browser.read(&path(1));
    assert!(html.contains("cannot be taken apart") && !html.contains("<iframe"), "{html}");
    let frame = "/admin/notifications/00000000-0000-0000-0000-000000000001/mail.html";
    assert_eq!(browser.open(frame).status, 404);
}

#[test]
fn a_mail_that_was_not_captured_is_not_found() {
    let desk = Desk::open();
    let browser = Browser::of_viewer(&desk);
    for id in ["00000000-0000-0000-0000-000000000009", "nonsense"] {
        assert_eq!(browser.open(&format!("/admin/mail/{id}")).status, 404);
    }
}
