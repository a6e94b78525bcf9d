//! The recipe as it is printed: for terminals of 100 characters.

use std::fmt;

use super::{Block, Branch, Call, HIDDEN_FIELDS, Kind, Medium, Options, Place, Recipe, When, snippet};

/// How far what belongs to a block is indented.
const INDENT: &str = "      ";

/// A recipe for a place, to be read in a terminal.
pub struct Printed<'a> {
    /// The blocks.
    pub recipe: &'a Recipe,
    /// Where they call.
    pub place: &'a Place,
    /// What the bot is called in Frontdesk.
    pub bot: &'a str,
}

impl fmt::Display for Printed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.head(f)?;
        for (number, block) in self.recipe.blocks.iter().enumerate() {
            self.block(f, number + 1, block)?;
        }
        self.origin(f)?;
        self.hook(f)
    }
}

impl Printed<'_> {
    fn head(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { recipe, place, bot } = self;
        writeln!(f, "The lead bot {bot} for {}: {} blocks.\n", recipe.medium, recipe.blocks.len())?;
        writeln!(
            f,
            "Make one block for each of these in Landbot's builder, and type what stands on the right."
        )?;
        writeln!(
            f,
            "@words are fields: what one block saves, a later one sends. Where several lines begin with then,"
        )?;
        writeln!(f, "each is a button's way on or, after a Webhook, a Conditions block, in this order.")?;
        if !place.is_reachable {
            writeln!(f, "\n{} stands for the public address of Frontdesk, which must begin with", place.url)?;
            writeln!(
                f,
                "https://. Set NGROK_EXTERNAL_URL or FRONTDESK__HTTP__PUBLIC_URL and print this again."
            )?;
        }
        writeln!(
            f,
            "\n{} stands for the bot's key, which is shown once. A lost one is replaced by",
            place.key()
        )?;
        writeln!(f, "`frontdesk bot rotate {bot}`.")
    }

    fn block(&self, f: &mut fmt::Formatter<'_>, number: usize, block: &Block) -> fmt::Result {
        writeln!(f, "\n{number:>3}. {}  ({})", block.name, block.builder_name())?;
        match &block.kind {
            Kind::Ask { text, saves, .. } => {
                row(f, "text", text)?;
                row(f, "save in", format_args!("@{saves}"))?;
            }
            Kind::Buttons { text, options, saves } => {
                row(f, "text", text)?;
                row(f, "buttons", offered(options))?;
                row(f, "save in", format_args!("@{saves}"))?;
            }
            Kind::Say { text } => row(f, "text", text)?,
            Kind::SetFields(fields) => {
                for (field, value) in *fields {
                    row(f, "set", format_args!("@{field} to {value}"))?;
                }
            }
            Kind::Webhook(call) => self.call(f, call)?,
        }
        branches(f, &block.then)
    }

    fn call(&self, f: &mut fmt::Formatter<'_>, call: &Call) -> fmt::Result {
        row(f, "method", call.method)?;
        row(f, "URL", format_args!("{}{}", self.place.url, call.path))?;
        for (name, value) in call.headers(self.place.key()) {
            row(f, "header", format_args!("{name}: {value}"))?;
        }
        for (name, value) in call.params {
            row(f, "param", format_args!("{name} = {value}"))?;
        }
        if !call.body.is_empty() {
            row(f, "body", "Customize Body:")?;
            indented(f, &call.body_text())?;
        }
        for save in call.saves {
            row(f, "save", format_args!("{} in @{}", save.key, save.field))?;
        }
        Ok(())
    }

    fn origin(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.recipe.medium == Medium::Whatsapp {
            writeln!(
                f,
                "\nWhere people come from: there is no page, so every call says origin whatsapp. Write"
            )?;
            return writeln!(f, "another word into both bodies if you have several numbers.");
        }
        writeln!(f, "\nWhere people come from: declare these hidden fields in the bot's settings,\n")?;
        indented(f, &HIDDEN_FIELDS.join(", "))?;
        writeln!(f, "\nand put this on the page instead of the code that Landbot gives you:\n")?;
        indented(f, snippet().trim_end())
    }

    fn hook(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "\nWhat people write later reaches the ticket through a message hook of the channel, to the address"
        )?;
        writeln!(f, "below. It is a secret; `frontdesk bot hook {} --renew` makes another.\n", self.bot)?;
        writeln!(f, "  {}", self.place.hook_address())
    }
}

/// What can be clicked, in words.
pub(super) fn offered(options: &Options) -> String {
    match options {
        Options::Fixed(titles) => titles.join(" | "),
        Options::FromField(field) => format!("each element of @{field}"),
    }
}

/// When a way is taken, in words.
pub(super) fn condition(when: When) -> String {
    match when {
        When::Is(field, value) => format!("@{field} equals {value}"),
        When::Otherwise => "otherwise".to_owned(),
    }
}

fn branches(f: &mut fmt::Formatter<'_>, then: &[Branch]) -> fmt::Result {
    match then {
        [] => row(f, "then", "the end"),
        [only] => row(f, "then", only.to),
        several => several
            .iter()
            .try_for_each(|branch| row(f, "then", format_args!("{}: {}", condition(branch.when), branch.to))),
    }
}

fn row(f: &mut fmt::Formatter<'_>, name: &str, value: impl fmt::Display) -> fmt::Result {
    writeln!(f, "{INDENT}{name:<8} {value}")
}

fn indented(f: &mut fmt::Formatter<'_>, lines: &str) -> fmt::Result {
    lines.lines().try_for_each(|line| writeln!(f, "{INDENT}{line}"))
}
