//! `/admin/sign-in`, `/admin/sign-in/code` and `/admin/sign-out`.

use actix_web::{
    HttpRequest, HttpResponse,
    http::{
        StatusCode,
        header::{RETRY_AFTER, USER_AGENT},
    },
    web::Payload,
};
use application::staff::{EndSession, Entrance, SignInError};
use askama::Template;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::{agent::Role, bot::Secret};

use super::onward::{Interrupted, Onward, TO};
use crate::{
    hosts::client_address,
    panel::{
        act::{act, read_own},
        error::PanelError,
        fields::Fields,
        frame::Frame,
        session::ended,
        visit::{go, html, turned_away},
        words::Words,
    },
    sign_in,
    state::shared,
};

/// The field with what the right password gave.
const HALFWAY: &str = "halfway";

#[derive(Template)]
#[template(path = "panel/staff/sign_in.html")]
struct SignInPage {
    frame: Frame,
    onward: Onward,
    email: String,
    problem: Option<String>,
}

#[derive(Template)]
#[template(path = "panel/staff/code.html")]
struct CodePage {
    frame: Frame,
    onward: Onward,
    halfway: String,
    problem: Option<String>,
}

pub(in crate::panel) async fn show(request: HttpRequest) -> HttpResponse {
    let onward = Onward::to(Fields::of_query(&request).text(TO).unwrap_or("/admin"));
    page(&request, StatusCode::OK, onward, String::new(), None)
}

/// Asks somebody to sign in who asked for a page or sent a form.
pub(in crate::panel) fn ask(request: &HttpRequest, interrupted: Option<Interrupted>) -> HttpResponse {
    let here = || request.uri().path_and_query().map_or("/admin", |path| path.as_str());
    let onward = interrupted.map_or_else(|| Onward::to(here()), Onward::with);
    page(request, StatusCode::UNAUTHORIZED, onward, String::new(), None)
}

/// Takes address and password.
pub(in crate::panel) async fn submit(request: HttpRequest, payload: Payload) -> HttpResponse {
    let form = match read_own(&request, payload).await {
        Ok(form) => form,
        Err(error) => return turned_away(&request, &error),
    };
    let email = form.text("email").unwrap_or_default().to_owned();
    let onward = Onward::of_form(&form);
    let password = form.raw("password").unwrap_or_default().to_owned();
    match try_password(&request, email.clone(), password).await {
        Ok(Ok(Entrance::Entered(secret))) => onward.enter(&request, &secret),
        Ok(Ok(Entrance::Halfway(halfway))) => {
            code_page(&request, StatusCode::OK, onward, URL_SAFE_NO_PAD.encode(halfway), None)
        }
        Ok(Err(refused)) => {
            let (status, problem) = explain(&request, &refused);
            waiting(page(&request, status, onward, email, Some(problem)), &refused)
        }
        Err(error) => turned_away(&request, &error),
    }
}

/// Takes the code of a telephone, or a recovery code.
pub(in crate::panel) async fn finish(request: HttpRequest, payload: Payload) -> HttpResponse {
    let form = match read_own(&request, payload).await {
        Ok(form) => form,
        Err(error) => return turned_away(&request, &error),
    };
    let onward = Onward::of_form(&form);
    let halfway = form.text(HALFWAY).unwrap_or_default().to_owned();
    let typed = form.text("code").unwrap_or_default().to_owned();
    match try_code(&request, &halfway, typed).await {
        Ok(Ok(secret)) => onward.enter(&request, &secret),
        Ok(Err(refused @ SignInError::Late)) => {
            let (status, problem) = explain(&request, &refused);
            page(&request, status, onward, String::new(), Some(problem))
        }
        Ok(Err(refused)) => {
            let (status, problem) = explain(&request, &refused);
            waiting(code_page(&request, status, onward, halfway, Some(problem)), &refused)
        }
        Err(error) => turned_away(&request, &error),
    }
}

/// Signs in who was made just now; if that fails, the page to sign in says why the next time.
pub(super) async fn enter(request: &HttpRequest, email: String, password: String) -> HttpResponse {
    match try_password(request, email, password).await {
        Ok(Ok(Entrance::Entered(secret))) => Onward::to("/admin").enter(request, &secret),
        _ => go("/admin/sign-in"),
    }
}

async fn try_password(
    request: &HttpRequest,
    email: String,
    password: String,
) -> Result<Result<Entrance, SignInError>, PanelError> {
    let use_case = shared(request).sign_in.clone();
    let remote = client_address(request).map(|address| address.to_string()).unwrap_or_default();
    let client = client(request);
    counted(request, async move { use_case.execute(&email, password, &remote, &client).await }).await
}

async fn try_code(
    request: &HttpRequest,
    halfway: &str,
    typed: String,
) -> Result<Result<Secret, SignInError>, PanelError> {
    let use_case = shared(request).sign_in.clone();
    let (halfway, client) = (URL_SAFE_NO_PAD.decode(halfway).unwrap_or_default(), client(request));
    counted(request, async move { use_case.finish(&halfway, &typed, &client).await }).await
}

/// Tries to sign in, unless too many tries from that address failed.
async fn counted<T: Send + 'static>(
    request: &HttpRequest,
    attempt: impl Future<Output = Result<T, SignInError>> + Send + 'static,
) -> Result<Result<T, SignInError>, PanelError> {
    if let Err(too_many) = sign_in::admit(request) {
        return Ok(Err(SignInError::Throttled(too_many.0)));
    }
    let tried = shared(request).clone().on_runtime(attempt).await?;
    if matches!(tried, Err(SignInError::Wrong | SignInError::WrongCode)) {
        sign_in::failed(request);
    }
    Ok(tried)
}

/// What a browser calls itself.
fn client(request: &HttpRequest) -> String {
    let agent = request.headers().get(USER_AGENT).and_then(|value| value.to_str().ok());
    agent.unwrap_or_default().to_owned()
}

fn explain(request: &HttpRequest, refused: &SignInError) -> (StatusCode, String) {
    let words = Words::for_reader(request);
    let t = |english: &'static str| words.of(english).to_owned();
    match refused {
        SignInError::Wrong => (StatusCode::UNAUTHORIZED, t("The address or the password is wrong.")),
        SignInError::WrongCode => (StatusCode::UNAUTHORIZED, t("The code is wrong, or was used already.")),
        SignInError::Late => (StatusCode::UNAUTHORIZED, t("That took long. Please type the password again.")),
        SignInError::Throttled(_) => {
            (StatusCode::TOO_MANY_REQUESTS, t("Too many tries failed. Please wait a minute."))
        }
        SignInError::NoVault | SignInError::Hash(_) | SignInError::Storage(_) => {
            tracing::error!(error = refused as &dyn std::error::Error, "nobody can sign in");
            let problem = t("The database is not available. Please try again in a moment.");
            (StatusCode::SERVICE_UNAVAILABLE, problem)
        }
    }
}

/// Says when the next try is looked at.
fn waiting(mut response: HttpResponse, refused: &SignInError) -> HttpResponse {
    if let SignInError::Throttled(wait) = refused {
        response.headers_mut().insert(RETRY_AFTER, (wait.as_secs() + 1).into());
    }
    response
}

pub(in crate::panel) async fn sign_out(request: HttpRequest, payload: Payload) -> HttpResponse {
    act(&request, payload, Role::Viewer, async |visit, _| {
        let (end, who) = (EndSession { storage: visit.storage() }, visit.who().clone());
        visit.run(async move { end.execute(&who.agent, who.session).await }).await?;
        let mut response = go("/admin/sign-in");
        response.add_cookie(&ended()).expect("an empty cookie");
        Ok(response)
    })
    .await
}

fn page(
    request: &HttpRequest,
    status: StatusCode,
    onward: Onward,
    email: String,
    problem: Option<String>,
) -> HttpResponse {
    let frame = Frame::signed_out(request, Words::for_reader(request).of("Sign in"));
    html(status, &SignInPage { frame, onward, email, problem })
}

fn code_page(
    request: &HttpRequest,
    status: StatusCode,
    onward: Onward,
    halfway: String,
    problem: Option<String>,
) -> HttpResponse {
    let frame = Frame::signed_out(request, Words::for_reader(request).of("Sign in"));
    html(status, &CodePage { frame, onward, halfway, problem })
}
