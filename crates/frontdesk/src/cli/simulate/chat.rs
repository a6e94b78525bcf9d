//! A chat: a visitor who is led through the recipe, and calls that are made of it as Landbot makes them.

use serde_json::Value;

use super::{bot_client::BotClient, summary::Summary};
use crate::{
    cli::output::{printable, say},
    recipe::{Block, Call, ChatFields, Filled, Kind, Quoting, Recipe, filled},
};

/// A line break below what stands beside the name of a block.
const UNDER_BLOCK: &str = "\n                 ";

/// Who chats.
pub trait Visitor {
    /// What the visitor does when a block has said `text` and waits.
    async fn reply(&mut self, block: &Block, text: &str, fields: &ChatFields) -> anyhow::Result<Reply>;

    /// The bot says something and waits for nothing.
    fn hear(&mut self, text: &str) -> anyhow::Result<()>;
}

/// What a visitor does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply {
    /// Answers.
    Says(String),
    /// Gives no answer: the field stays as it is.
    Skips,
    /// Loads the page anew: the chat begins again, with the same fields.
    Reloads,
    /// Goes back to the block with this name.
    GoesBack(&'static str),
    /// Goes away.
    Leaves,
}

/// A chat that is being held.
pub struct Chat<'a> {
    /// What the bot is made of.
    pub recipe: &'a Recipe,
    /// What makes its calls.
    pub bot: &'a mut BotClient,
    /// Where answers are counted.
    pub summary: &'a mut Summary,
    /// What the chat knows.
    pub fields: ChatFields,
    /// What the builder makes of values in bodies.
    pub quoting: Quoting,
    /// Whether every call is made twice at once.
    pub is_doubled: bool,
    /// Whether it is shown what each block gets.
    pub is_shown: bool,
}

impl Chat<'_> {
    /// Leads the visitor from the first block to the last.
    pub async fn hold(&mut self, visitor: &mut impl Visitor) -> anyhow::Result<()> {
        let recipe = self.recipe;
        let mut at = Some(recipe.first());
        while let Some(block) = at {
            let next = self.visit(block, visitor).await?;
            at = next.and_then(|name| recipe.block(name));
        }
        Ok(())
    }

    /// What happens at a block, and which one is next.
    async fn visit(
        &mut self,
        block: &Block,
        visitor: &mut impl Visitor,
    ) -> anyhow::Result<Option<&'static str>> {
        match &block.kind {
            Kind::Ask { text, saves, .. } | Kind::Buttons { text, saves, .. } => {
                let text = filled(text, &self.fields, Quoting::Raw);
                match visitor.reply(block, &text, &self.fields).await? {
                    Reply::Says(answer) => self.save(block, saves, &answer)?,
                    Reply::Skips => self.show(block, format_args!("@{saves} stays unset"))?,
                    Reply::Reloads => return self.jump(block, "reloads", self.recipe.first().name),
                    Reply::GoesBack(to) => return self.jump(block, "goes back", to),
                    Reply::Leaves => return Ok(None),
                }
            }
            Kind::Say { text } => visitor.hear(&filled(text, &self.fields, Quoting::Raw))?,
            Kind::SetFields(fields) => {
                for (field, value) in *fields {
                    let value = filled(value, &self.fields, Quoting::Raw);
                    self.save(block, field, &value)?;
                }
            }
            Kind::Webhook(call) => self.call(block, call).await?,
        }
        Ok(block.next(&self.fields))
    }

    async fn call(&mut self, block: &Block, call: &Call) -> anyhow::Result<()> {
        let request = call.filled(&self.fields, self.quoting);
        self.show_request(block, &request)?;
        let answer = if self.is_doubled {
            let (first, second) = self.bot.call_twice(&request).await?;
            self.show_answer(block, call, &first)?;
            self.summary.count(request.method, &first);
            second
        } else {
            self.bot.call(&request).await?
        };
        self.show_answer(block, call, &answer)?;
        self.summary.count(request.method, &answer);
        call.save(&answer, &mut self.fields);
        Ok(())
    }

    fn save(&mut self, block: &Block, field: &str, value: &str) -> anyhow::Result<()> {
        self.fields.set(field, value);
        self.show(block, format_args!("@{field} = {}", printable(value)))
    }

    fn jump(&self, block: &Block, how: &str, to: &'static str) -> anyhow::Result<Option<&'static str>> {
        self.show(block, format_args!("the visitor {how}, and is at {to} again"))?;
        Ok(Some(to))
    }

    fn show_request(&self, block: &Block, request: &Filled) -> anyhow::Result<()> {
        let twice = if self.is_doubled { ", twice at once" } else { "" };
        let Filled { method, path, body } = request;
        let body = printable(body).replace('\n', UNDER_BLOCK);
        self.show(block, format_args!("→ {method} {}{twice} {body}", printable(path)))
    }

    fn show_answer(&self, block: &Block, call: &Call, answer: &Value) -> anyhow::Result<()> {
        self.show(block, format_args!("← {}", printable(&answer.to_string())))?;
        call.saves.iter().try_for_each(|save| {
            let value = printable(&answer[save.key].to_string());
            self.show(block, format_args!("@{} = {value}", save.field))
        })
    }

    fn show(&self, block: &Block, what: impl std::fmt::Display) -> anyhow::Result<()> {
        if self.is_shown { say(format_args!("  {:<14} {what}", block.name)) } else { Ok(()) }
    }
}
