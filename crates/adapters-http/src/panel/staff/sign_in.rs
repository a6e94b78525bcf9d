//! `/admin/sign-in` and `/admin/sign-out`.

use actix_web::{
    HttpRequest, HttpResponse,
    http::{
        StatusCode,
        header::{RETRY_AFTER, USER_AGENT},
    },
    web::Payload,
};
use application::staff::{EndSession, SignInError};
use askama::Template;
use domain::agent::Role;

use crate::{
    hosts::client_address,
    panel::{
        act::{TOKEN, act, is_own_origin, read},
        error::PanelError,
        fields::Fields,
        frame::Frame,
        session::{begun, ended, form_token},
        visit::{go, html, turned_away},
        words::Words,
    },
    sign_in,
    state::shared,
};

/// The field that says where to go on.
const TO: &str = "to";

/// What stands before the names of the fields of a form that was interrupted.
const KEPT: &str = "kept.";

/// Fields that are not kept: what is secret, and files.
const NOT_KEPT: &[&str] = &[TOKEN, "password", "present", "new", "file"];

/// A form that was sent when nobody was signed in any more: what was typed into it is not lost.
pub(in crate::panel) struct Interrupted {
    path: String,
    fields: Fields,
}

impl Interrupted {
    /// The form that was sent to the path of a request.
    pub(in crate::panel) fn new(request: &HttpRequest, form: &Fields) -> Self {
        let fields = form.pairs().iter().filter(|(name, _)| !NOT_KEPT.contains(&name.as_str()));
        Self { path: request.path().to_owned(), fields: Fields::of_pairs(fields.cloned()) }
    }

    fn of_sign_in(form: &Fields) -> Option<Self> {
        let path = form.text("kept_path").filter(|path| is_own(path))?.to_owned();
        let kept = form
            .pairs()
            .iter()
            .filter_map(|(name, value)| name.strip_prefix(KEPT).map(|name| (name.to_owned(), value.clone())));
        Some(Self { path, fields: Fields::of_pairs(kept) })
    }
}

#[derive(Template)]
#[template(path = "panel/staff/sign_in.html")]
struct SignInPage {
    frame: Frame,
    to: String,
    email: String,
    problem: Option<String>,
    interrupted: Option<Interrupted>,
}

#[derive(Template)]
#[template(path = "panel/staff/resume.html")]
struct ResumePage {
    frame: Frame,
    interrupted: Interrupted,
}

pub(in crate::panel) async fn show(request: HttpRequest) -> HttpResponse {
    let to = Fields::of_query(&request).text(TO).unwrap_or("/admin").to_owned();
    page(&request, StatusCode::OK, to, String::new(), None, None)
}

/// Asks somebody to sign in who asked for a page or sent a form.
pub(in crate::panel) fn ask(request: &HttpRequest, interrupted: Option<Interrupted>) -> HttpResponse {
    let to = match interrupted {
        Some(_) => "/admin".to_owned(),
        None => request.uri().path_and_query().map_or("/admin", |path| path.as_str()).to_owned(),
    };
    page(request, StatusCode::UNAUTHORIZED, to, String::new(), None, interrupted)
}

pub(in crate::panel) async fn submit(request: HttpRequest, payload: Payload) -> HttpResponse {
    let form = match read(payload).await {
        Ok(form) if is_own_origin(&request) => form,
        Ok(_) => return turned_away(&request, &PanelError::Forged),
        Err(error) => return turned_away(&request, &error),
    };
    let email = form.text("email").unwrap_or_default().to_owned();
    let to = form.text(TO).filter(|path| is_own(path)).unwrap_or("/admin").to_owned();
    let interrupted = Interrupted::of_sign_in(&form);
    let password = form.raw("password").unwrap_or_default().to_owned();
    match try_it(&request, email.clone(), password).await {
        Ok(Ok(secret)) => {
            let mut response = match interrupted {
                Some(interrupted) => resume(&request, form_token(secret.reveal()), interrupted),
                None => go(&to),
            };
            response.add_cookie(&begun(&request, &secret)).expect("a secret fits into a cookie");
            response
        }
        Ok(Err(refused)) => refuse(&request, &refused, to, email, interrupted),
        Err(error) => turned_away(&request, &error),
    }
}

/// Signs in who was made just now; if that fails, the page to sign in says why the next time.
pub(super) async fn enter(request: &HttpRequest, email: String, password: String) -> HttpResponse {
    let Ok(Ok(secret)) = try_it(request, email, password).await else { return go("/admin/sign-in") };
    let mut response = go("/admin");
    response.add_cookie(&begun(request, &secret)).expect("a secret fits into a cookie");
    response
}

async fn try_it(
    request: &HttpRequest,
    email: String,
    password: String,
) -> Result<Result<domain::bot::Secret, SignInError>, PanelError> {
    if let Err(too_many) = sign_in::admit(request) {
        return Ok(Err(SignInError::Throttled(too_many.0)));
    }
    let shared = shared(request).clone();
    let remote = client_address(request).map(|address| address.to_string()).unwrap_or_default();
    let client = request.headers().get(USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let client = client.to_owned();
    let use_case = shared.sign_in.clone();
    let tried = async move { use_case.execute(&email, password, &remote, &client).await };
    let tried = shared.on_runtime(tried).await?;
    if matches!(tried, Err(SignInError::Wrong)) {
        sign_in::failed(request);
    }
    Ok(tried)
}

fn refuse(
    request: &HttpRequest,
    refused: &SignInError,
    to: String,
    email: String,
    interrupted: Option<Interrupted>,
) -> HttpResponse {
    let words = Words::for_reader(request);
    let t = |english: &'static str| words.of(english).to_owned();
    match refused {
        SignInError::Wrong => {
            let problem = t("The address or the password is wrong.");
            page(request, StatusCode::UNAUTHORIZED, to, email, Some(problem), interrupted)
        }
        SignInError::Throttled(wait) => {
            let problem = t("Too many tries failed. Please wait a minute.");
            let status = StatusCode::TOO_MANY_REQUESTS;
            let mut response = page(request, status, to, email, Some(problem), interrupted);
            response.headers_mut().insert(RETRY_AFTER, (wait.as_secs() + 1).into());
            response
        }
        SignInError::Hash(_) | SignInError::Storage(_) => {
            tracing::error!(error = refused as &dyn std::error::Error, "nobody can sign in");
            let problem = t("The database is not available. Please try again in a moment.");
            page(request, StatusCode::SERVICE_UNAVAILABLE, to, email, Some(problem), interrupted)
        }
    }
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
    to: String,
    email: String,
    problem: Option<String>,
    interrupted: Option<Interrupted>,
) -> HttpResponse {
    let t = |english: &'static str| Words::for_reader(request).of(english);
    let frame = Frame::signed_out(request, t("Sign in"));
    html(status, &SignInPage { frame, to, email, problem, interrupted })
}

fn resume(request: &HttpRequest, form_token: String, interrupted: Interrupted) -> HttpResponse {
    let t = |english: &'static str| Words::for_reader(request).of(english);
    let mut frame = Frame::signed_out(request, t("Signed in again"));
    frame.form_token = form_token;
    html(StatusCode::OK, &ResumePage { frame, interrupted })
}

/// Whether a path is one of the panel: not one of another site (`//elsewhere`, `/\elsewhere`).
pub(in crate::panel) fn is_own(path: &str) -> bool {
    path == "/admin" || path.strip_prefix("/admin").is_some_and(|rest| rest.starts_with(['/', '?']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signing_in_leads_to_pages_of_the_panel_only() {
        assert!(["/admin", "/admin/tickets?status=open", "/admin?x"].into_iter().all(is_own));
        assert!(
            !["//elsewhere", "/\\elsewhere", "https://elsewhere", "/administrator", ""]
                .into_iter()
                .any(is_own)
        );
    }
}
