//! A person is forgotten, by somebody who typed whom.

use actix_web::{HttpRequest, HttpResponse, web::Payload};
use application::{
    ports::{ErasureReceipt, consult},
    users::{EraseUser, WhichUser},
};
use askama::Template;
use domain::{agent::Role, ids::UserId, user::User};
use jiff::Timestamp;

use crate::panel::{
    act::act,
    error::PanelError,
    frame::{Frame, Section},
    visit::shown,
};

#[derive(Template)]
#[template(path = "panel/users/receipt.html")]
struct ReceiptPage {
    frame: Frame,
    id: UserId,
    at: Timestamp,
    receipt: ErasureReceipt,
}

/// What has to be typed to forget a person: what tells it best from others.
pub(super) fn confirmation(user: &User) -> String {
    let email = user.email.as_ref().map(ToString::to_string);
    let phone = || user.phone.as_ref().map(ToString::to_string);
    email.or_else(phone).unwrap_or_else(|| user.id.to_string())
}

pub(in crate::panel) async fn erase(request: HttpRequest, payload: Payload) -> HttpResponse {
    act(&request, payload, Role::Admin, async |visit, form| {
        let id: UserId = visit.path("id")?;
        let storage = visit.storage();
        let look = async move { consult(&*storage, async |tx| tx.users().find(id).await).await };
        let user = visit.run(look).await?.ok_or(PanelError::NotFound)?;
        if form.text("confirm") != Some(confirmation(&user).as_str()) {
            return Err(PanelError::refused(
                visit.t("Nothing was erased: what was typed is something else."),
            ));
        }
        let erase = EraseUser { audit: visit.audit(), storage: visit.storage(), clock: visit.clock() };
        let receipt = visit.run(async move { erase.execute(&WhichUser::Id(id)).await }).await?;
        let receipt = receipt.ok_or(PanelError::NotFound)?;
        let frame = visit.frame(visit.t("Erased"), Section::Users);
        shown(&ReceiptPage { frame, id, at: visit.clock().now(), receipt })
    })
    .await
}
