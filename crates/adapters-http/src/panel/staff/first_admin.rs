//! `/admin/first/{token}`: the first admin, made by whoever sees the terminal of the first start. Nobody can be signed in
//! yet, so that the address is what lets in.

use actix_web::{
    HttpRequest, HttpResponse,
    http::{StatusCode, header::RETRY_AFTER},
    web::Payload,
};
use application::staff::{CreateFirstAdmin, StaffError};
use askama::Template;
use domain::audit::{Author, Via};

use super::sign_in::enter;
use crate::{
    panel::{
        act::read_own,
        error::PanelError,
        frame::Frame,
        visit::{html, turned_away},
        words::Words,
    },
    sign_in::{self, TooManyFailures},
    state::shared,
};

#[derive(Template)]
#[template(path = "panel/staff/first_admin.html")]
struct FirstAdminPage {
    frame: Frame,
    token: String,
    email: String,
    problem: Option<&'static str>,
}

/// Why no admin is made.
enum Refusal {
    Panel(PanelError),
    TooMany(TooManyFailures),
}

impl<E: Into<PanelError>> From<E> for Refusal {
    fn from(error: E) -> Self {
        Self::Panel(error.into())
    }
}

pub(super) async fn show(request: HttpRequest) -> HttpResponse {
    match admitted(&request) {
        Ok(token) => page(&request, StatusCode::OK, token, String::new(), None),
        Err(refusal) => refuse(&request, &refusal),
    }
}

pub(super) async fn submit(request: HttpRequest, payload: Payload) -> HttpResponse {
    match take(&request, payload).await {
        Ok(answer) => answer,
        Err(refusal) => refuse(&request, &refusal),
    }
}

async fn take(request: &HttpRequest, payload: Payload) -> Result<HttpResponse, Refusal> {
    let token = admitted(request)?;
    let form = read_own(request, payload).await?;
    let email = form.text("email").unwrap_or_default().to_owned();
    let password = form.raw("password").unwrap_or_default().to_owned();
    let t = |english: &'static str| Words::for_reader(request).of(english);
    let made = if form.raw("again") == Some(&password) {
        create(request, &token, &email, password.clone()).await?
    } else {
        Err(t("The two passwords differ."))
    };
    match made {
        Ok(()) => Ok(enter(request, email, password).await),
        Err(problem) => Ok(page(request, StatusCode::UNPROCESSABLE_ENTITY, token, email, Some(problem))),
    }
}

/// What is wrong with what was typed is told beside the form, and the link goes on.
async fn create(
    request: &HttpRequest,
    token: &str,
    email: &str,
    password: String,
) -> Result<Result<(), &'static str>, PanelError> {
    let shared = shared(request);
    let state = &shared.state;
    let audit = state.audit(Author { agent: None, via: Via::Panel });
    let create = CreateFirstAdmin { add: state.add_agent(audit), link: state.first_admin.clone() };
    let (token, email) = (token.to_owned(), email.to_owned());
    let made = shared.on_runtime(async move { create.execute(&token, &email, password).await }).await?;
    let t = |english: &'static str| Words::for_reader(request).of(english);
    match made {
        Ok(_) => Ok(Ok(())),
        Err(StaffError::Email) => Ok(Err(t("The email address cannot be read."))),
        Err(StaffError::Password) => Ok(Err(t("A password needs 12 to 256 characters."))),
        Err(error) => Err(error.into()),
    }
}

/// The end of the link, if it is in force. Who guesses is counted like who guesses passwords.
fn admitted(request: &HttpRequest) -> Result<String, Refusal> {
    sign_in::admit(request).map_err(Refusal::TooMany)?;
    let state = &shared(request).state;
    let token = request.match_info().get("token").unwrap_or_default();
    if state.first_admin.admits(token, state.clock.now()) {
        return Ok(token.to_owned());
    }
    sign_in::failed(request);
    Err(PanelError::NotFound.into())
}

fn refuse(request: &HttpRequest, refusal: &Refusal) -> HttpResponse {
    match refusal {
        Refusal::Panel(error) => turned_away(request, error),
        Refusal::TooMany(too_many) => {
            let mut response = turned_away(request, &PanelError::TooMany);
            response.headers_mut().insert(RETRY_AFTER, too_many.whole_secs().into());
            response
        }
    }
}

fn page(
    request: &HttpRequest,
    status: StatusCode,
    token: String,
    email: String,
    problem: Option<&'static str>,
) -> HttpResponse {
    let t = |english: &'static str| Words::for_reader(request).of(english);
    let mut frame = Frame::signed_out(request, t("Make the first admin"));
    // Choosing a language leads back here; the address of a form that was sent would not.
    frame.here = format!("/admin/first/{token}");
    html(status, &FirstAdminPage { frame, token, email, problem })
}
