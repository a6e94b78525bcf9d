//! People from elsewhere, in a file.

use std::{io::Cursor, sync::Arc};

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web::Payload};
use application::{
    ports::{StorageError, consult},
    users::{IMPORT_BATCH, ImportMode, ImportOutcome, ImportUsers, Row, Rows, TOO_WIDE, rejection},
};
use askama::Template;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use domain::{agent::Role, bot::Bot, bot_call::Fields as BotFields, cells::defused, ids::BotId};

use crate::panel::{
    act::act_on,
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
    Ok(ImportPage { frame, bots: bots(visit).await?, imported })
}

async fn bots(visit: &Visit<'_>) -> Result<Vec<Bot>, PanelError> {
    let storage = visit.storage();
    visit.run(async move { consult(&*storage, async |tx| tx.bots().all().await).await }).await
}

pub(in crate::panel) async fn import(request: HttpRequest, payload: Payload) -> HttpResponse {
    let form = upload::read(&request, payload).await;
    act_on(&request, form, Role::Agent, async |visit, form| {
        let asked: Option<BotId> = form.value("bot")?;
        let bot = bots(visit).await?.into_iter().find(|bot| Some(bot.id) == asked);
        let bot = bot.ok_or_else(|| PanelError::field("bot", visit.t("There is no such bot.")))?;
        let mode = if form.is_ticked("dry_run") { ImportMode::DryRun } else { ImportMode::Write };
        let file = form.needed("file")?.to_owned();
        let ids = Arc::clone(&visit.state().ids);
        let users = ImportUsers { storage: visit.storage(), clock: visit.clock(), ids };
        let imported = visit.run(async move { take(&users, &bot, file, mode).await }).await?;
        Ok(html(StatusCode::OK, &page(visit, Some(imported)).await?))
    })
    .await
}

async fn take(
    users: &ImportUsers,
    bot: &Bot,
    file: String,
    mode: ImportMode,
) -> Result<Imported, StorageError> {
    let mut rows = Rows::of(Cursor::new(file)).expect("a text in memory can be read");
    let mut imported = Imported::of(&rows, mode);
    loop {
        let batch = batch(&mut rows);
        if batch.is_empty() {
            imported.file.flush().expect("memory takes everything");
            return Ok(imported);
        }
        let fields: Vec<_> = batch.iter().filter_map(|(_, fields)| fields.clone()).collect();
        let mut outcomes = users.execute(bot, &fields, mode).await?.into_iter();
        for (row, fields) in &batch {
            match fields.as_ref().and_then(|_| outcomes.next()) {
                Some(ImportOutcome::Registered) => imported.registered += 1,
                Some(ImportOutcome::Recognised) => imported.recognised += 1,
                Some(ImportOutcome::Rejected(refused)) => imported.reject(&rows, row, rejection(refused)),
                None => imported.reject(&rows, row, TOO_WIDE),
            }
        }
    }
}

/// Rows of the next commit, and what they say; none if that cannot be read.
fn batch(rows: &mut Rows<Cursor<String>>) -> Vec<(Row, Option<BotFields>)> {
    let next = || {
        let row = rows.read().expect("a text in memory can be read")?;
        let fields = rows.fields(&row);
        Some((row, fields))
    };
    std::iter::from_fn(next).take(IMPORT_BATCH).collect()
}

impl Imported {
    fn of(rows: &Rows<Cursor<String>>, mode: ImportMode) -> Self {
        let mut file = csv::WriterBuilder::new().delimiter(rows.delimiter()).from_writer(Vec::new());
        file.write_record(rows.rejected_names()).expect("memory takes everything");
        let is_dry_run = mode == ImportMode::DryRun;
        Self { is_dry_run, registered: 0, recognised: 0, rejected: 0, shown: Vec::new(), file }
    }

    fn reject(&mut self, rows: &Rows<Cursor<String>>, row: &Row, reason: &str) {
        self.rejected += 1;
        if self.shown.len() < SHOWN_MAX {
            self.shown.push([row.line.to_string(), reason.to_owned()]);
        }
        let cells = rows.rejected(row, reason);
        let cells = cells.iter().map(|cell| defused(cell));
        self.file.write_record(cells).expect("memory takes everything");
    }

    /// An address that is the file itself: what is in it is kept nowhere.
    fn address(&self) -> String {
        format!("data:text/csv;charset=utf-8;base64,{}", STANDARD.encode(self.file.get_ref()))
    }
}
