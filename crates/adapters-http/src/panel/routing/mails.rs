//! What mails say about a ticket, in each language, and a try of one.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web::Payload};
use application::{
    ports::{Page, TicketFilter, Wording, consult},
    routing::{SampleMail, TryMailError},
};
use askama::Template;
use domain::{
    agent::Role,
    language::Language,
    notification::{OutcomeKind, Purpose},
    ticket::Reference,
};

use crate::panel::{
    act::act,
    error::PanelError,
    fields::Fields,
    frame::{Frame, Section},
    mail::framed,
    visit::{Visit, html, visit},
};

#[derive(Template)]
#[template(path = "panel/routing/mails.html")]
struct MailsPage {
    frame: Frame,
    purpose: Purpose,
    /// None while there is no ticket at all.
    about: Option<Reference>,
    versions: Vec<Version>,
    tried: Option<Tried>,
}

/// The mail in one language.
struct Version {
    language: Language,
    wording: Result<Wording, String>,
}

/// What the receiving side said to a try.
struct Tried {
    outcome: &'static str,
    code: Option<u16>,
    answer: Option<String>,
}

/// A form that changes nothing, so that it can be linked to with all that it asks.
pub(super) async fn show(request: HttpRequest) -> HttpResponse {
    visit(&request, Role::Agent, async |visit| page(visit, &Fields::of_query(&request), None).await).await
}

/// The HTML of a mail, for a frame that it cannot leave.
pub(super) async fn document(request: HttpRequest) -> HttpResponse {
    visit(&request, Role::Agent, async |visit| {
        let sample = sample(visit, &Fields::of_query(&request)).await?.ok_or(PanelError::NotFound)?;
        let try_mail = visit.state().try_mail.clone();
        let wording = visit.run(async move { try_mail.preview(&sample).await }).await?;
        Ok(framed(wording.html.ok_or(PanelError::NotFound)?))
    })
    .await
}

/// Sends the mail to whoever asks for it.
pub(super) async fn send(request: HttpRequest, payload: Payload) -> HttpResponse {
    act(&request, payload, Role::Agent, async |visit, form| {
        let sample = sample(visit, &form).await?.ok_or(PanelError::NotFound)?;
        let try_mail = visit.state().try_mail.clone();
        let receipt = visit.run(async move { try_mail.execute(&sample).await }).await?;
        let outcome = OutcomeKind::from(receipt.outcome).as_str();
        page(visit, &form, Some(Tried { outcome, code: receipt.code, answer: receipt.answer })).await
    })
    .await
}

async fn page(visit: &Visit<'_>, asked: &Fields, tried: Option<Tried>) -> Result<HttpResponse, PanelError> {
    let (purpose, about) = (purpose(asked)?, about(visit, asked).await?);
    let mut versions = Vec::new();
    if let Some(about) = about {
        for language in visit.state().try_mail.languages() {
            let sample = SampleMail { purpose, about, language: language.clone(), to: own_address(visit) };
            let try_mail = visit.state().try_mail.clone();
            let wording =
                visit.run(async move { Ok::<_, PanelError>(try_mail.preview(&sample).await) }).await?;
            let wording = match wording {
                Ok(wording) => Ok(wording),
                Err(TryMailError::Storage(error)) => return Err(error.into()),
                Err(TryMailError::UnknownTicket(_)) => return Err(PanelError::NotFound),
                Err(other) => Err(other.to_string()),
            };
            versions.push(Version { language, wording });
        }
    }
    let frame = visit.frame(visit.t("What mails say"), Section::Routing);
    Ok(html(StatusCode::OK, &MailsPage { frame, purpose, about, versions, tried }))
}

fn purpose(asked: &Fields) -> Result<Purpose, PanelError> {
    Ok(asked.value("purpose")?.unwrap_or(Purpose::TicketOpened))
}

/// The ticket that was asked for, else the newest.
async fn about(visit: &Visit<'_>, asked: &Fields) -> Result<Option<Reference>, PanelError> {
    if let Some(about) = asked.value("ticket")? {
        return Ok(Some(about));
    }
    let storage = visit.storage();
    let look = async move {
        consult(&*storage, async |tx| tx.tickets().page(&TicketFilter::default(), Page::first(1)).await).await
    };
    Ok(visit.run(look).await?.first().map(|ticket| ticket.reference))
}

async fn sample(visit: &Visit<'_>, asked: &Fields) -> Result<Option<SampleMail>, PanelError> {
    let Some(about) = about(visit, asked).await? else { return Ok(None) };
    let language = asked.text("language").and_then(Language::parse).unwrap_or_default();
    Ok(Some(SampleMail { purpose: purpose(asked)?, about, language, to: own_address(visit) }))
}

/// Where a try goes: to whoever is signed in, and to nobody else.
fn own_address(visit: &Visit<'_>) -> String {
    visit.who().email.clone()
}

impl From<TryMailError> for PanelError {
    fn from(error: TryMailError) -> Self {
        match error {
            TryMailError::UnknownTicket(_) => Self::NotFound,
            TryMailError::Storage(error) => error.into(),
            other => Self::refused(other),
        }
    }
}

impl MailsPage {
    /// Every purpose, and whether it is the one that is shown.
    fn purposes(&self) -> impl Iterator<Item = (Purpose, bool)> {
        Purpose::ALL.iter().map(|&purpose| (purpose, purpose == self.purpose))
    }

    /// Where the HTML of a mail is.
    fn document(&self, language: &Language) -> String {
        let about = self.about.map(|about| about.to_string()).unwrap_or_default();
        let fields = Fields::default().with("purpose", self.purpose).with("ticket", about);
        format!("/admin/routing/mails/document{}", fields.with("language", language).query())
    }
}
