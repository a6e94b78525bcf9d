//! Mail that was captured instead of sent.

use application::ports::CapturedMail;
use domain::ids::NotificationId;

use super::{desk::Desk, paging::assert_pages};

pub async fn a_captured_mail_reads_back_byte_by_byte(desk: &Desk<'_>) {
    let mail = desk.mail(NotificationId::from_uuid(desk.id()), "zoë@example.com");
    capture(desk, &mail).await;
    let found = of_notification(desk, mail.notification_id).await.expect("it was captured");
    assert_same(&found, &mail);
    assert_eq!(of_notification(desk, NotificationId::from_uuid(desk.id())).await, None);
}

pub async fn a_later_copy_takes_the_place_of_the_first(desk: &Desk<'_>) {
    let [mail, other] = [(); 2].map(|()| desk.mail(NotificationId::from_uuid(desk.id()), "one@example.com"));
    let copy = CapturedMail {
        subject: "Again".to_owned(),
        message: b"another".to_vec(),
        captured_at: desk.after(10),
        ..desk.mail(mail.notification_id, "two@example.com")
    };
    for mail in [&mail, &other, &copy] {
        capture(desk, mail).await;
    }
    assert_same(&of_notification(desk, mail.notification_id).await.expect("it was captured"), &copy);
    assert_same(&of_notification(desk, other.notification_id).await.expect("it was captured"), &other);
}

pub async fn captured_mails_are_listed_newest_first(desk: &Desk<'_>) {
    let mails: Vec<_> =
        (0..6).map(|_| desk.mail(NotificationId::from_uuid(desk.id()), "ana@example.com")).collect();
    // What was captured last need not be of the newest notification.
    for position in [3, 0, 5, 1, 4, 2] {
        capture(desk, &mails[position]).await;
    }
    let newest_first: Vec<_> = mails.iter().rev().map(|mail| mail.notification_id.as_uuid()).collect();
    assert_pages(&newest_first, async |page| {
        let listed = desk.read(async |tx| tx.captured_mails().page(page).await).await;
        listed.iter().map(|mail| mail.notification_id.as_uuid()).collect()
    })
    .await;
}

/// Field by field, as `Debug` says nothing of what is personal.
fn assert_same(found: &CapturedMail, expected: &CapturedMail) {
    assert_eq!((found.notification_id, &found.recipient), (expected.notification_id, &expected.recipient));
    assert_eq!((&found.subject, &found.message), (&expected.subject, &expected.message));
    assert_eq!(found.captured_at, expected.captured_at);
}

async fn capture(desk: &Desk<'_>, mail: &CapturedMail) {
    desk.write(async |tx| tx.captured_mails().capture(mail).await).await;
}

async fn of_notification(desk: &Desk<'_>, id: NotificationId) -> Option<CapturedMail> {
    desk.read(async |tx| tx.captured_mails().of_notification(id).await).await
}
