//! People from elsewhere, in a file.

use std::{io::Cursor, sync::Arc};

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web::Payload};
use application::users::{ImportMode, ImportRows, ImportRowsError, ImportUsers, ImportedRows, Rows};
use askama::Template;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use domain::{agent::Role, bot::Bot, cells::defused, ids::BotId};

use crate::panel::{
    act::act_on,
    bots,
    error::PanelError,
    frame::{Frame, Section},
    upload,
    visit::{Visit, html, shown, visit},
};

/// So many rejected rows are shown on the page; all of them are in the file.
const SHOWN_MAX: usize = 20;

#[derive(Template)]
#[template(path = "panel/users/import.html")]
struct ImportPage {
    frame: Frame,
    bots: Vec<Bot>,
    imported: Option<Imported>,
}

/// What became of a file.
struct Imported {
    is_dry_run: bool,
    registered: usize,
    recognised: usize,
    rejected: usize,
    /// The lines of the first that were rejected, and why.
    shown: Vec<[String; 2]>,
    /// All that were rejected, as a file.
    file: csv::Writer<Vec<u8>>,
}

pub(in crate::panel) async fn form(request: HttpRequest) -> HttpResponse {
    visit(&request, Role::Agent, async |visit| shown(&page(visit, None).await?)).await
}

async fn page(visit: &Visit<'_>, imported: Option<Imported>) -> Result<ImportPage, PanelError> {
    let frame = visit.frame(visit.t("Import people"), Section::Users);
    Ok(ImportPage { frame, bots: bots::in_use(visit).await?, imported })
}

pub(in crate::panel) async fn import(request: HttpRequest, payload: Payload) -> HttpResponse {
    let form = upload::read(&request, payload).await;
    act_on(&request, form, Role::Agent, async |visit, form| {
        let asked: Option<BotId> = form.value("bot")?;
        let bot = bots::in_use(visit).await?.into_iter().find(|bot| Some(bot.id) == asked);
        let bot = bot.ok_or_else(|| PanelError::field("bot", visit.t("There is no such bot.")))?;
        let mode = if form.is_ticked("dry_run") { ImportMode::DryRun } else { ImportMode::Write };
        let file = form.needed("file")?.to_owned();
        let ids = Arc::clone(&visit.state().ids);
        let import =
            ImportRows { users: ImportUsers { storage: visit.storage(), clock: visit.clock(), ids } };
        let imported = visit.run(async move { take(&import, &bot, file, mode).await }).await?;
        Ok(html(StatusCode::OK, &page(visit, Some(imported)).await?))
    })
    .await
}

async fn take(
    import: &ImportRows,
    bot: &Bot,
    file: String,
    mode: ImportMode,
) -> Result<Imported, ImportRowsError> {
    let mut rows = Rows::of(Cursor::new(file))?;
    let mut imported = Imported::of(&rows, mode);
    while let Some(more) = import.execute(bot, &mut rows, mode).await? {
        imported.add(more);
    }
    imported.file.flush().expect("memory takes everything");
    Ok(imported)
}

impl Imported {
    fn of(rows: &Rows<Cursor<String>>, mode: ImportMode) -> Self {
        let mut file = csv::WriterBuilder::new().delimiter(rows.delimiter()).from_writer(Vec::new());
        file.write_record(rows.rejected_names()).expect("memory takes everything");
        let is_dry_run = mode == ImportMode::DryRun;
        Self { is_dry_run, registered: 0, recognised: 0, rejected: 0, shown: Vec::new(), file }
    }

    fn add(&mut self, more: ImportedRows) {
        self.registered += more.registered;
        self.recognised += more.recognised;
        self.rejected += more.rejected.len();
        for row in more.rejected {
            if self.shown.len() < SHOWN_MAX {
                self.shown.push([row.line.to_string(), row.reason.to_owned()]);
            }
            let cells = row.cells.iter().map(|cell| defused(cell));
            self.file.write_record(cells).expect("memory takes everything");
        }
    }

    /// An address that is the file itself: what is in it is kept nowhere.
    fn address(&self) -> String {
        format!("data:text/csv;charset=utf-8;base64,{}", STANDARD.encode(self.file.get_ref()))
    }
}
