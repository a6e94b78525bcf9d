//! The captured mail.

use application::ports::CapturedMail;
use domain::ids::NotificationId;
use jiff::Timestamp;
use uuid::Uuid;

use crate::{client::Response, desk::Desk};

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

fn read(desk: &Desk, target: &str) -> Response {
    let token = desk.reader_token();
    desk.request("GET", target).bearer(&token).send()
}

#[test]
fn only_staff_may_read_it() {
    let desk = Desk::open();
    desk.capture(&mail(1, MESSAGE));
    for target in ["/admin/mail", "/admin/mail/00000000-0000-0000-0000-000000000001"] {
        for request in [
            desk.request("GET", target),
            desk.request("GET", target).bearer("fds_wrong"),
            desk.request("GET", target).bearer(&desk.key),
            desk.request("GET", target).header("Authorization", "Basic YTpmZHNfd3Jvbmc="),
        ] {
            let response = request.send();
            assert_eq!(response.status, 401);
            let challenge = response.header("www-authenticate").expect("a challenge");
            assert!(challenge.starts_with("Basic realm="), "{challenge}");
            assert!(!response.text().contains("ana"));
        }
    }
}

#[test]
fn the_list_shows_the_newest_first_page_by_page() {
    let desk = Desk::open();
    (1..=51).for_each(|number| desk.capture(&mail(number, MESSAGE)));
    let token = desk.reader_token();
    let page = |target: &str| desk.request("GET", target).bearer(&token).send();
    let first = page("/admin/mail");
    assert_eq!((first.status, first.header("cache-control")), (200, Some("no-store")));
    let html = first.text();
    assert!(html.contains("Hello &lt;b&gt;51&lt;/b&gt;") && !html.contains("&lt;b&gt;1&lt;"));
    assert!(html.find("ana+51@").expect("the newest") < html.find("ana+2@").expect("the oldest of the page"));
    let older = "/admin/mail?before=00000000-0000-0000-0000-000000000002";
    assert!(html.contains(older));
    let last = page(older);
    assert!(last.text().contains("ana+1@") && !last.text().contains("ana+2@"));
    assert!(!last.text().contains("Older mail"));
    assert_eq!(page("/admin/mail?before=yesterday").status, 404);
}

#[test]
fn without_mail_the_list_says_so() {
    let response = read(&Desk::open(), "/admin/mail/");
    assert!(response.text().contains("There is none here."));
}

#[test]
fn a_mail_is_shown_in_parts_and_its_html_can_do_nothing() {
    let desk = Desk::open();
    desk.capture(&mail(1, MESSAGE));
    let response = read(&desk, "/admin/mail/00000000-0000-0000-0000-000000000001");
    assert_eq!(response.status, 200);
    let html = response.text();
    assert!(html.contains("<h1>Hello &lt;b&gt;1&lt;/b&gt;</h1>"));
    assert!(html.contains("<tr><th>Auto-Submitted</th><td>auto-generated</td></tr>"));
    assert!(html.contains("<pre class=\"wrapped\">Hello &lt;script&gt;Ana&lt;/script&gt;"));
    let frame = html.split("<iframe sandbox title=\"The mail as HTML\" srcdoc=\"").nth(1).expect("a sandbox");
    let document = frame.split('"').next().expect("an end");
    assert!(document.starts_with(
        "&lt;meta http-equiv=&quot;Content-Security-Policy&quot; content=&quot;default-src &#39;none&#39;;"
    ));
    assert!(document.contains("&lt;p style=&quot;color:red&quot;&gt;Hello &quot;Ana&quot;&lt;/p&gt;"));
    assert!(response.header("content-security-policy").expect("a policy").starts_with("default-src 'none';"));
    assert_eq!(response.header("x-frame-options"), Some("DENY"));
}

#[test]
fn a_mail_that_is_no_message_is_shown_as_it_is() {
    let desk = Desk::open();
    desk.capture(&mail(1, ""));
    let response = read(&desk, "/admin/mail/00000000-0000-0000-0000-000000000001");
    assert!(response.text().contains("cannot be taken apart"), "{}", response.text());
}

#[test]
fn a_mail_that_was_not_captured_is_not_found() {
    let desk = Desk::open();
    let token = desk.reader_token();
    for id in ["00000000-0000-0000-0000-000000000009", "nonsense"] {
        let response = desk.request("GET", &format!("/admin/mail/{id}")).bearer(&token).send();
        assert_eq!(
            (response.status, response.header("content-type")),
            (404, Some("text/html; charset=utf-8"))
        );
    }
}
