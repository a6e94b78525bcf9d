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
    chat.hold(&mut You::default()).await
}

/// Who sits at the terminal.
#[derive(Default)]
struct You {
    /// The blocks that were answered, the last one at the end.
    answered: Vec<&'static str>,
}

impl You {
    fn meant(&mut self, block: &Block, titles: &[String], answer: String) -> Reply {
        match answer.as_str() {
            "/reload" => {
                self.answered.clear();
                Reply::Reloads
            }
            "/back" => self.answered.pop().map_or(Reply::Reloads, Reply::GoesBack),
            _ => {
                self.answered.push(block.name);
                if answer.is_empty() { Reply::Skips } else { Reply::Says(chosen(titles, answer)) }
            }
        }
    }
}

impl Visitor for You {
    async fn reply(&mut self, block: &Block, text: &str, fields: &ChatFields) -> anyhow::Result<Reply> {
        let titles = titles(block, fields);
        for (number, title) in titles.iter().enumerate() {
            say(format_args!("  {}  {}", number + 1, printable(title)))?;
        }
        let answer = ask(&format!("\nBot: {}\nYou:", printable(text))).await?;
        Ok(self.meant(block, &titles, answer))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_goes_back_comes_to_the_question_before_and_then_to_the_one_before_that() {
        let recipe = Recipe::of(Medium::Web);
        let block = |name| recipe.block(name).expect("a block");
        let mut you = You::default();
        assert_eq!(you.meant(block("name"), &[], "Ana".to_owned()), Reply::Says("Ana".to_owned()));
        assert_eq!(you.meant(block("email"), &[], String::new()), Reply::Skips);
        assert_eq!(you.meant(block("phone"), &[], "/back".to_owned()), Reply::GoesBack("email"));
        assert_eq!(you.meant(block("email"), &[], "/back".to_owned()), Reply::GoesBack("name"));
        assert_eq!(you.meant(block("name"), &[], "/back".to_owned()), Reply::Reloads);
    }

    #[test]
    fn a_button_is_clicked_by_its_number_or_its_words() {
        let titles = ["Sales".to_owned(), "Pricing".to_owned()];
        for (answer, expected) in [("2", "Pricing"), ("Sales", "Sales"), ("0", "0"), ("3", "3")] {
            assert_eq!(chosen(&titles, answer.to_owned()), expected);
        }
    }
}
