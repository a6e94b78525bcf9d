//! The benchmark of the panel and of the lists of the REST API: an agent with a browser, and a program with a token, on a
//! server whose database is full. They know the server only from outside, as everything here does.

mod door;
mod form;
mod options;
mod places;
mod rounds;

use std::process::ExitCode;

use anyhow::{Context as _, Result};

use crate::database;
use crate::figure::{Bar, Figure, count};
use crate::http::{Client, Target};
use crate::machine;
use crate::process;
use crate::report::{Line, Report};
use crate::scenarios::beside_this_program;
use crate::server::{Home, Installation};
use crate::sink::Sink;
use crate::timestamp;
use door::Visitor;
pub(crate) use options::Options;
use rounds::Door;

/// Nobody else has it, and the database is on this machine.
const PASSWORD: &str = "correct-horse-battery-staple";

/// What a server may take while it writes a file, in MB, and how long it may be silent, in milliseconds.
const EXPORT_MEMORY: Bar = Bar::AtMost(150.0);
const FIRST_BYTE: Bar = Bar::AtMost(1_000.0);

/// Runs it.
pub(crate) async fn run(options: Options) -> Result<ExitCode> {
    let sink = Sink::bind().await?;
    let mut home = home(&options, &sink).await?;
    let mut report = Report { settings: settings(&options, &home).await?, ..Report::default() };
    fill(&options, &home).await?;
    let staff = Staff::join(&home).await?;
    home.without_bot();
    let server = home.start(std::time::Duration::from_hours(24)).await?;
    let visitor = Visitor::sign_in(server.target(), &staff.email, PASSWORD).await?;
    let mut panel = visitor.connect().await?;
    let target = Target { key: staff.token, ..server.target().clone() };
    let mut api = Client::connect(&target).await?;
    for kind in places::kinds(&mut panel, &mut api).await? {
        progress(kind.title());
        let client = match kind.door() {
            Door::Panel => &mut panel,
            Door::Api => &mut api,
        };
        let measured = kind.measure(client, options.repetitions, options.requests).await;
        report.lines.push(measured.with_context(|| format!("the server said: {}", home.last_words()))?);
    }
    for what in ["users", "tickets", "notifications"] {
        report.lines.push(export(&visitor, what, server.pid()).await?);
    }
    server.stop().await?;
    finish(&options, &report)
}

fn finish(options: &Options, report: &Report) -> Result<ExitCode> {
    println!("{}", report.markdown());
    if let Some(path) = &options.json {
        std::fs::write(path, format!("{:#}\n", report.json()))
            .with_context(|| format!("writing {}", path.display()))?;
    }
    Ok(if options.strict && report.misses_a_bar() { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

async fn home(options: &Options, sink: &Sink) -> Result<Home> {
    let program = options.server.clone().map_or_else(beside_this_program, Ok)?;
    let directory = options.directory.clone().unwrap_or_else(std::env::temp_dir);
    let installation = Installation {
        log: options.server_log.clone(),
        database: options.database.clone(),
        ..Installation::new(&program, &directory)?
    };
    let mut home = installation.home(sink.address).await?;
    if let Some(url) = &options.seeded {
        home.set("DATABASE_URL", url);
    }
    Ok(home)
}

async fn settings(options: &Options, home: &Home) -> Result<Vec<(&'static str, String)>> {
    let mut settings = machine::describe(None);
    let url = home.database_url();
    let kind = if url.starts_with("sqlite") { "SQLite".to_owned() } else { database::version(&url).await? };
    settings.push(("database", kind));
    let filled = match options.seeded {
        Some(_) => "before".to_owned(),
        None => options.seeding().join(" "),
    };
    settings.push(("filled", filled));
    settings.push(("repetitions", format!("{} x {} requests", options.repetitions, options.requests)));
    Ok(settings)
}

/// Fills the database if it is a new one. A server's statistics are then brought up to date, as it does by itself sooner or
/// later.
async fn fill(options: &Options, home: &Home) -> Result<()> {
    if options.seeded.is_none() {
        progress("filling the database");
        let arguments = options.seeding();
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        home.told(&arguments).await?;
    }
    let url = home.database_url();
    if url.starts_with("postgres") {
        progress("VACUUM ANALYZE");
        database::execute(&url, "VACUUM (ANALYZE)").await?;
    }
    Ok(())
}

/// A member of staff of this run's own.
struct Staff {
    email: String,
    token: String,
}

impl Staff {
    async fn join(home: &Home) -> Result<Self> {
        let email = format!("panel.{}@bench.example", timestamp::now());
        home.told_with(&["createsuperuser", "--email", &email, "--password-stdin"], PASSWORD).await?;
        let said = home.told(&["token", "add", "panel", "--email", &email, "--scope", "read"]).await?;
        let token = said.split_whitespace().find(|word| word.starts_with("fds_"));
        let token = token.context("no token was shown")?.to_owned();
        Ok(Self { email, token })
    }
}

/// What it takes to write a whole list to a file.
async fn export(visitor: &Visitor, what: &str, pid: u32) -> Result<Line> {
    progress(&format!("export of {what}"));
    let path = format!("/admin/{what}/export.csv");
    let (download, usage) = process::watch(pid, visitor.download(&path)).await?;
    let seconds = download.whole.as_secs_f64();
    Ok(Line::new(
        format!("export of {what}"),
        vec![
            Figure::new("first byte", "ms", [download.first_byte.as_secs_f64() * 1e3]).bar(FIRST_BYTE),
            Figure::new("lines", "", [count(download.lines)]),
            Figure::new("lines/s", "", [(count(download.lines) / seconds).round()]),
            Figure::new("resident memory, peak", "MB", [usage.peak]).bar(EXPORT_MEMORY),
        ],
    ))
}

/// Tells on standard error what is going on; standard output is for the table.
fn progress(text: &str) {
    eprintln!("panel: {text}");
}
