//! What a block needs, line by line: what stands on a line in the builder, and what is typed there.

use super::{Block, Branch, Call, Kind, Options, Place, When};

/// A line of a block.
pub(super) struct Row {
    /// What it is.
    pub name: &'static str,
    /// What is typed, chosen or connected. A body has several lines.
    pub value: String,
}

/// The lines of a block of a bot that calls this place.
pub(super) fn rows(block: &Block, place: &Place) -> Vec<Row> {
    let mut rows = match &block.kind {
        Kind::Ask { text, saves, .. } => vec![row("text", *text), row("save in", format!("@{saves}"))],
        Kind::Buttons { text, options, saves } => {
            vec![row("text", *text), row("buttons", offered(*options)), row("save in", format!("@{saves}"))]
        }
        Kind::Say { text } => vec![row("text", *text)],
        Kind::SetFields(fields) => {
            fields.iter().map(|(field, value)| row("set", format!("@{field} to {value}"))).collect()
        }
        Kind::Webhook(call) => call_rows(call, place),
    };
    rows.extend(ways(&block.then));
    rows
}

fn call_rows(call: &Call, place: &Place) -> Vec<Row> {
    let mut rows =
        vec![row("method", call.method.as_str()), row("URL", format!("{}{}", place.url, call.path))];
    let headers = call.headers(Place::KEY);
    rows.extend(headers.into_iter().map(|(name, value)| row("header", format!("{name}: {value}"))));
    rows.extend(call.params.iter().map(|(name, value)| row("param", format!("{name} = {value}"))));
    if !call.body.is_empty() {
        rows.push(row("body", call.body_text()));
    }
    rows.extend(call.saves.iter().map(|save| row("save", format!("{} in @{}", save.key, save.field))));
    rows
}

fn ways(then: &[Branch]) -> Vec<Row> {
    match then {
        [] => vec![row("then", "the end")],
        [only] => vec![row("then", only.to)],
        several => several
            .iter()
            .map(|branch| row("then", format!("{}: {}", condition(branch.when), branch.to)))
            .collect(),
    }
}

fn offered(options: Options) -> String {
    match options {
        Options::Fixed(titles) => titles.join(" / "),
        Options::FromField(field) => format!("each element of @{field}"),
    }
}

fn condition(when: When) -> String {
    match when {
        When::Is(field, value) => format!("@{field} equals {value}"),
        When::Otherwise => "otherwise".to_owned(),
    }
}

fn row(name: &'static str, value: impl Into<String>) -> Row {
    Row { name, value: value.into() }
}
