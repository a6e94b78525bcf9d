//! You are the visitor.

use super::{
    bot_client::BotClient,
    chat::{Chat, Reply, Visitor},
    summary::Summary,
};
use crate::{
    cli::{
        output::{printable, say},
        prompt::{ask, needs_terminal},
    },
    recipe::{Block, ChatFields, Kind, Medium, Quoting, Recipe},
};

/// Asks as the lead bot does, and shows what each block gets.
pub async fn hold(bot: &mut BotClient, medium: Medium) -> anyhow::Result<()> {
    needs_terminal("without a terminal, give --users")?;
    say(
        "You are the visitor; this is the bot. An empty answer leaves the field unset, /back and /reload do what\n\
         they say, and the end of the input is the end.\n",
    )?;
    let mut fields = ChatFields::default();
    fields.set("origin", "simulate");
    let mut chat = Chat {
        recipe: &Recipe::of(medium),
        bot,
        summary: &mut Summary::default(),
        fields,
        quoting: Quoting::Json,
        is_doubled: false,
        is_shown: true,
    };
    chat.hold(&mut You { last: None }).await
}

/// Who sits at the terminal.
struct You {
    /// The block that asked before.
    last: Option<&'static str>,
}

impl Visitor for You {
    async fn reply(&mut self, block: &Block, text: &str, fields: &ChatFields) -> anyhow::Result<Reply> {
        let titles = titles(block, fields);
        for (number, title) in titles.iter().enumerate() {
            say(format_args!("  {}  {}", number + 1, printable(title)))?;
        }
        let answer = ask(&format!("\nBot: {}\nYou:", printable(text))).await?;
        Ok(match (answer.as_str(), self.last.replace(block.name)) {
            ("", _) => Reply::Skips,
            ("/reload", _) => Reply::Reloads,
            ("/back", Some(last)) => Reply::GoesBack(last),
            _ => Reply::Says(chosen(&titles, answer)),
        })
    }

    fn hear(&mut self, text: &str) -> anyhow::Result<()> {
        say(format_args!("\nBot: {}", printable(text)))
    }
}

fn titles(block: &Block, fields: &ChatFields) -> Vec<String> {
    match &block.kind {
        Kind::Buttons { options, .. } => options.titles(fields),
        _ => Vec::new(),
    }
}

/// A button by its number, or any text, which the server takes as well.
fn chosen(titles: &[String], answer: String) -> String {
    let number = answer.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
    number.and_then(|index| titles.get(index)).cloned().unwrap_or(answer)
}
