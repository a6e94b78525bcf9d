//! The recipe as it is printed: for terminals of 100 characters.

use std::fmt;

use domain::bot::Bot;

use super::{Block, HIDDEN_FIELDS, Medium, Place, Recipe, rows::rows, snippet};

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

/// The recipe of a bot for the medium of this name, to be read in the panel. None if there is no such medium.
pub fn printed(public_url: Option<&str>, bot: &Bot, medium: &str) -> Option<String> {
    let recipe = &Recipe::of(medium.parse().ok()?);
    let place = &Place::at(public_url, bot.hook.secret.reveal());
    Some(Printed { recipe, place, bot: &bot.name }.to_string())
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
            Place::KEY
        )?;
        writeln!(f, "`frontdesk bot rotate {bot}`.")
    }

    fn block(&self, f: &mut fmt::Formatter<'_>, number: usize, block: &Block) -> fmt::Result {
        writeln!(f, "\n{number:>3}. {}  ({})", block.name, block.builder_name())?;
        rows(block, self.place).iter().try_for_each(|row| match row.name {
            "body" => {
                writeln!(f, "{INDENT}body     Customize Body:")?;
                indented(f, &row.value)
            }
            name => writeln!(f, "{INDENT}{name:<8} {}", row.value),
        })
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

fn indented(f: &mut fmt::Formatter<'_>, lines: &str) -> fmt::Result {
    lines.lines().try_for_each(|line| writeln!(f, "{INDENT}{line}"))
}
