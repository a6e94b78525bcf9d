//! `frontdesk users export`: all users, page by page, in constant memory.

use std::io::{self, BufWriter, Write};

use application::{
    ports::{Page, UserFilter, consult},
    users::{USER_COLUMNS, UserRecord},
};
use clap::ValueEnum;
use domain::{cells::defused, user::User};

use crate::wiring::App;

/// So many users are in memory at a time.
const PAGE: u16 = 1_000;

/// How users are printed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum ExportFormat {
    /// Comma-separated values, safe to open in a spreadsheet
    #[default]
    Csv,
    /// One JSON object a line
    Jsonl,
}

pub async fn run(app: &App, format: ExportFormat) -> anyhow::Result<()> {
    let mut printer = Printer::new(format, BufWriter::new(io::stdout()))?;
    let mut before = None;
    loop {
        let page = Page { before, limit: PAGE };
        let users = consult(&*app.storage, async |snapshot| {
            snapshot.users().page(&UserFilter::default(), page).await
        })
        .await?;
        let Some(last) = users.last() else { break };
        before = Some(last.id.as_uuid());
        users.into_iter().try_for_each(|user| printer.print(user))?;
    }
    printer.finish()
}

enum Printer<W: Write> {
    Csv(Box<csv::Writer<W>>),
    Jsonl(W),
}

impl<W: Write> Printer<W> {
    fn new(format: ExportFormat, out: W) -> anyhow::Result<Self> {
        match format {
            ExportFormat::Csv => {
                let mut writer = csv::Writer::from_writer(out);
                writer.write_record(USER_COLUMNS)?;
                Ok(Self::Csv(Box::new(writer)))
            }
            ExportFormat::Jsonl => Ok(Self::Jsonl(out)),
        }
    }

    fn print(&mut self, user: User) -> anyhow::Result<()> {
        let record = UserRecord::from(user);
        match self {
            Self::Csv(writer) => writer.write_record(record.cells().map(|cell| defused(&cell)))?,
            Self::Jsonl(out) => writeln!(out, "{}", serde_json::to_string(&record)?)?,
        }
        Ok(())
    }

    fn finish(self) -> anyhow::Result<()> {
        match self {
            Self::Csv(mut writer) => writer.flush()?,
            Self::Jsonl(mut out) => out.flush()?,
        }
        Ok(())
    }
}
