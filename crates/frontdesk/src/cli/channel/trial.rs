//! `frontdesk channel test`

use application::ports::Receipt;
use domain::{notification::OutcomeKind, retry::Outcome};
use serde::Serialize;

use crate::{
    cli::{
        AlreadySaid, Format,
        output::{or_dash, printable, say, say_json},
    },
    settings::Settings,
    wiring::App,
};

/// What the receiving side said.
#[derive(Serialize)]
struct ReceiptRecord {
    outcome: OutcomeKind,
    code: Option<u16>,
    answer: Option<String>,
    provider_id: Option<String>,
    mimicked: bool,
}

impl From<Receipt> for ReceiptRecord {
    fn from(receipt: Receipt) -> Self {
        Self {
            outcome: receipt.outcome.into(),
            code: receipt.code,
            answer: receipt.answer,
            provider_id: receipt.provider_id,
            mimicked: receipt.mimicked,
        }
    }
}

/// Fails when the message did not arrive.
pub async fn run(app: &App, settings: &Settings, name: &str, format: Format) -> anyhow::Result<()> {
    let receipt = app.test_channel(app.channels(settings)?).execute(name).await?;
    let arrived = receipt.outcome == Outcome::Sent;
    let record = ReceiptRecord::from(receipt);
    let said = if format.json { say_json(&record) } else { say_receipt(name, &record) };
    said?;
    if arrived { Ok(()) } else { Err(AlreadySaid.into()) }
}

fn say_receipt(name: &str, receipt: &ReceiptRecord) -> anyhow::Result<()> {
    let lines = [
        ("channel", name.to_owned()),
        ("outcome", receipt.outcome.to_string()),
        ("code", or_dash(receipt.code)),
        ("answer", printable(receipt.answer.as_deref().unwrap_or("-"))),
        ("their id", printable(receipt.provider_id.as_deref().unwrap_or("-"))),
    ];
    for (name, value) in lines {
        say(format_args!("{name:<8}  {value}"))?;
    }
    if receipt.mimicked { say("Mail to the team took the place of this channel.") } else { Ok(()) }
}
