//! `/admin/account/second-factor`: one's own second factor, and `/admin/agents/{id}/second-factor`: somebody else's.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web::Payload};
use application::staff::StaffError;
use askama::{Template, filters::Safe};
use domain::{
    agent::Role,
    ids::AgentId,
    second_factor::{RecoveryCode, TotpSecret},
};
use qrcode::{Color, QrCode};

use crate::panel::{
    act::act,
    frame::{Frame, Section},
    visit::{Visit, go, html, shown},
};

/// The light margin around a QR code, in modules (ISO/IEC 18004 asks for four).
const QUIET_ZONE: usize = 4;

#[derive(Template)]
#[template(path = "panel/staff/second_factor.html")]
struct SetUpPage {
    frame: Frame,
    secret: TotpSecret,
    uri: String,
    problem: Option<&'static str>,
}

#[derive(Template)]
#[template(path = "panel/staff/recovery.html")]
struct RecoveryPage {
    frame: Frame,
    codes: Vec<RecoveryCode>,
}

pub(super) async fn begin(request: HttpRequest, payload: Payload) -> HttpResponse {
    act(&request, payload, Role::Viewer, async |visit, _| {
        let (factors, agent) = (visit.state().second_factors.clone(), visit.agent());
        let secret = visit.run(async move { factors.begin(&agent).await }).await?;
        Ok(set_up(visit, StatusCode::OK, secret, None))
    })
    .await
}

pub(super) async fn confirm(request: HttpRequest, payload: Payload) -> HttpResponse {
    act(&request, payload, Role::Viewer, async |visit, form| {
        let (factors, who) = (visit.state().second_factors.clone(), visit.who().clone());
        let typed = form.text("code").unwrap_or_default().to_owned();
        let tried = async move {
            match factors.confirm(&who.agent, who.session, &typed).await {
                Err(StaffError::WrongCode) => factors.begun(&who.agent).await.map(Err),
                confirmed => confirmed.map(Ok),
            }
        };
        match visit.run(tried).await? {
            Ok(codes) => {
                let frame = visit.frame(visit.t("Recovery codes"), Section::Account);
                shown(&RecoveryPage { frame, codes })
            }
            Err(secret) => {
                let problem = visit.t("The code is wrong, or was used already.");
                Ok(set_up(visit, StatusCode::UNPROCESSABLE_ENTITY, secret, Some(problem)))
            }
        }
    })
    .await
}

pub(super) async fn turn_off(request: HttpRequest, payload: Payload) -> HttpResponse {
    act(&request, payload, Role::Viewer, async |visit, form| {
        let (factors, who) = (visit.state().second_factors.clone(), visit.who().clone());
        let password = form.raw("present").unwrap_or_default().to_owned();
        visit.run(async move { factors.turn_off(&who.agent, who.session, password).await }).await?;
        Ok(go("/admin/account?done=saved"))
    })
    .await
}

pub(super) async fn remove(request: HttpRequest, payload: Payload) -> HttpResponse {
    act(&request, payload, Role::Admin, async |visit, _| {
        let id: AgentId = visit.path("id")?;
        let (factors, admin) = (visit.state().second_factors.clone(), visit.agent());
        let audit = visit.audit();
        visit.run(async move { factors.remove(&audit, &admin, id).await }).await?;
        Ok(go("/admin/agents?done=saved"))
    })
    .await
}

fn set_up(
    visit: &Visit<'_>,
    status: StatusCode,
    secret: TotpSecret,
    problem: Option<&'static str>,
) -> HttpResponse {
    let frame = visit.frame(visit.t("Second factor"), Section::Account);
    let uri = secret.uri(&visit.who().email);
    html(status, &SetUpPage { frame, secret, uri, problem })
}

impl SetUpPage {
    /// The code that a telephone reads, as a picture.
    fn picture(&self) -> Safe<String> {
        let code = QrCode::new(&self.uri).expect("an address is short enough");
        let (width, colours) = (code.width(), code.to_colors());
        let dark = colours.iter().enumerate().filter(|(_, colour)| **colour == Color::Dark);
        let dark: Vec<_> = dark
            .map(|(at, _)| format!("M{} {}h1v1h-1z", at % width + QUIET_ZONE, at / width + QUIET_ZONE))
            .collect();
        let dark = dark.concat();
        let side = width + 2 * QUIET_ZONE;
        let title = crate::page::Escaped(self.frame.t("QR code for your app"));
        Safe(format!(
            "<svg class=\"qr\" viewBox=\"0 0 {side} {side}\" role=\"img\" aria-label=\"{title}\" \
             shape-rendering=\"crispEdges\"><path class=\"light\" d=\"M0 0h{side}v{side}H0z\"/><path d=\"{dark}\"/></svg>"
        ))
    }

    /// The secret, in groups that can be typed.
    fn groups(&self) -> String {
        let letters = self.secret.base32();
        let groups: Vec<_> = letters.as_bytes().chunks(4).map(String::from_utf8_lossy).collect();
        groups.join(" ")
    }
}
