//! The way of every page: find out who asks, run what it needs, show it.

use std::{future::Future, sync::Arc};

use actix_web::{
    HttpRequest, HttpResponse,
    http::{
        StatusCode,
        header::{CONTENT_SECURITY_POLICY, ContentType, LOCATION, REFERRER_POLICY},
    },
};
use application::{
    audit::Audit,
    ports::{Clock, Storage},
    staff::SignedIn,
};
use askama::Template;
use domain::{
    agent::{Agent, Role},
    audit::{Author, Via},
};

use super::{
    error::PanelError,
    frame::{Frame, Section},
    live::OpenPages,
    session::{Session, session},
    staff::ask,
    words::Words,
};
use crate::state::{HttpState, Shared, shared};

/// Only our own style sheet, script and frames are loaded, forms go nowhere else, and no other page may frame this one.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; \
                      frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Somebody who was let in.
pub(super) struct Visit<'a> {
    pub(super) request: &'a HttpRequest,
    pub(super) words: &'static Words,
    pub(super) session: Session,
    shared: &'a Shared,
}

#[derive(Template)]
#[template(path = "panel/error.html")]
struct ErrorPage {
    frame: Frame,
    sentence: String,
}

/// Shows a page to whoever may do what `needed` may.
pub(super) async fn visit<R>(request: &HttpRequest, needed: Role, show: R) -> HttpResponse
where
    R: AsyncFnOnce(&Visit<'_>) -> Result<HttpResponse, PanelError>,
{
    let visit = match Visit::begin(request, needed).await {
        Ok(visit) => visit,
        Err(PanelError::SignedOut) => return ask(request, None),
        Err(error) => return turned_away(request, &error),
    };
    visit.answer(show).await
}

impl<'a> Visit<'a> {
    pub(super) async fn begin(request: &'a HttpRequest, needed: Role) -> Result<Self, PanelError> {
        let session = session(request).await?.ok_or(PanelError::SignedOut)?;
        if !session.who.agent.may(needed) {
            return Err(PanelError::Forbidden(needed));
        }
        Ok(Self { request, words: Words::for_reader(request), session, shared: shared(request) })
    }

    /// Shows what comes of it, or why nothing does.
    pub(super) async fn answer<R>(&self, show: R) -> HttpResponse
    where
        R: AsyncFnOnce(&Self) -> Result<HttpResponse, PanelError>,
    {
        match show(self).await {
            Ok(page) => page,
            Err(error) => self.excuse(&error),
        }
    }

    pub(super) fn state(&self) -> &HttpState {
        &self.shared.state
    }

    pub(super) fn storage(&self) -> Arc<dyn Storage> {
        Arc::clone(&self.state().storage)
    }

    pub(super) fn clock(&self) -> Arc<dyn Clock> {
        Arc::clone(&self.state().clock)
    }

    /// Who keeps which pages open.
    pub(super) fn open_pages(&self) -> &Arc<OpenPages> {
        &self.shared.open_pages
    }

    /// Who is signed in.
    pub(super) fn who(&self) -> &SignedIn {
        &self.session.who
    }

    pub(super) fn agent(&self) -> Agent {
        self.who().agent.clone()
    }

    /// Writes down what is changed.
    pub(super) fn audit(&self) -> Audit {
        let author = Author { agent: Some(self.who().agent.id()), via: Via::Panel };
        self.state().audit(author)
    }

    /// A text in the language of the reader.
    pub(super) fn t(&self, english: &'static str) -> &'static str {
        self.words.of(english)
    }

    /// Runs a use case where storage may be waited for.
    pub(super) async fn run<T, E>(
        &self,
        use_case: impl Future<Output = Result<T, E>> + Send + 'static,
    ) -> Result<T, PanelError>
    where
        T: Send + 'static,
        E: Send + 'static,
        PanelError: From<E>,
    {
        Ok(self.shared.on_runtime(use_case).await??)
    }

    /// The part of a path with this name. What cannot be read names nothing.
    pub(super) fn path<T: std::str::FromStr>(&self, name: &str) -> Result<T, PanelError> {
        self.request.match_info().get(name).and_then(|text| text.parse().ok()).ok_or(PanelError::NotFound)
    }

    /// What is around a page.
    pub(super) fn frame(&self, title: impl Into<String>, section: Section) -> Frame {
        Frame::signed_in(self, title.into(), section)
    }

    fn excuse(&self, error: &PanelError) -> HttpResponse {
        log(error);
        let (title, sentence) = error.words(self.words);
        html(error.status(), &ErrorPage { frame: self.frame(title, Section::None), sentence })
    }
}

/// Says why somebody is not let in.
pub(super) fn turned_away(request: &HttpRequest, error: &PanelError) -> HttpResponse {
    log(error);
    let words = Words::for_reader(request);
    let (title, sentence) = error.words(words);
    html(error.status(), &ErrorPage { frame: Frame::signed_out(request, title), sentence })
}

fn log(error: &PanelError) {
    if error.is_fault() {
        tracing::error!(error = error as &dyn std::error::Error, "a page could not be shown");
    }
}

/// A page as it was made. Where a page tells no referrer at all, browsers do not say either where its forms come from
/// (Fetch, "append a request `Origin` header").
pub(super) fn html(status: StatusCode, page: &impl Template) -> HttpResponse {
    let html = page.render().expect("templates are compiled, and write to a text");
    HttpResponse::build(status)
        .content_type(ContentType::html())
        .insert_header((CONTENT_SECURITY_POLICY, POLICY))
        .insert_header((REFERRER_POLICY, "same-origin"))
        .body(html)
}

/// Shows a page.
#[expect(clippy::unnecessary_wraps, reason = "handlers end with it")]
pub(super) fn shown(page: &impl Template) -> Result<HttpResponse, PanelError> {
    Ok(html(StatusCode::OK, page))
}

/// Goes on to another page (RFC 9110, section 15.4.4), so that loading again does nothing twice.
pub(super) fn go(path: &str) -> HttpResponse {
    HttpResponse::SeeOther().insert_header((LOCATION, path)).finish()
}
