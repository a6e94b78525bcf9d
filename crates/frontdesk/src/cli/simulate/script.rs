//! A visitor who answers by itself, well or carelessly.

use super::chat::{Reply, Visitor};
use crate::recipe::{Block, ChatFields, Kind};

/// Whoever was asked so often goes away, as a person would.
const PATIENCE: usize = 40;

/// How a visitor behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Habit {
    /// Answers what it is asked.
    IsCareful,
    /// Loads the page anew before its question: the same calls once more.
    Reloads,
    /// Goes back after it is registered, and corrects its address.
    GoesBack,
    /// Clicks twice: each call comes twice at once.
    ClicksTwice,
    /// Leaves fields unset: they are sent as `@phone`.
    LeavesFieldsUnset,
    /// Types quotes, line breaks and spaces.
    TypesOddly,
    /// Does the same in a bot that does not escape fields in bodies.
    MeetsUnescapedFields,
    /// Does not agree that its details are kept.
    Declines,
}

impl Habit {
    /// The careless ones.
    pub const CARELESS: &[Self] = &[
        Self::Reloads,
        Self::GoesBack,
        Self::ClicksTwice,
        Self::LeavesFieldsUnset,
        Self::TypesOddly,
        Self::MeetsUnescapedFields,
        Self::Declines,
    ];

    /// What such a visitor does.
    pub const fn in_words(self) -> &'static str {
        match self {
            Self::IsCareful => "is careful",
            Self::Reloads => "reloads the page",
            Self::GoesBack => "goes back and changes an answer",
            Self::ClicksTwice => "clicks twice",
            Self::LeavesFieldsUnset => "leaves fields unset",
            Self::TypesOddly => "types quotes and line breaks",
            Self::MeetsUnescapedFields => "types quotes where the builder does not escape them",
            Self::Declines => "does not agree",
        }
    }
}

/// What a visitor will say.
#[derive(Debug, Clone)]
pub struct Script {
    /// How it behaves.
    pub habit: Habit,
    /// The answer for each field that it is asked for.
    pub says: ChatFields,
    /// The answer when it is asked again.
    pub says_again: ChatFields,
    /// Which of the offered topics it clicks.
    pub topic: usize,
    /// Whether it asks for the status of its ticket.
    pub is_curious: bool,
    /// Whether it agreed that its details are kept.
    pub has_agreed: bool,
    asked: usize,
    has_strayed: bool,
}

impl Script {
    /// A visitor who says this.
    pub fn new(habit: Habit, says: ChatFields, says_again: ChatFields) -> Self {
        Self {
            habit,
            says,
            says_again,
            topic: 0,
            is_curious: false,
            has_agreed: false,
            asked: 0,
            has_strayed: false,
        }
    }

    /// What a careless visitor does once instead of answering.
    fn strays(&mut self, block: &Block) -> Option<Reply> {
        let reply = match (self.habit, block.name) {
            (Habit::Reloads, "question") => Reply::Reloads,
            (Habit::GoesBack, "topic") => Reply::GoesBack("email"),
            _ => return None,
        };
        if std::mem::replace(&mut self.has_strayed, true) {
            return None;
        }
        if let (Reply::GoesBack(field), Some(changed)) = (&reply, self.says_again.get("email")) {
            self.says.set(field, changed.to_owned());
        }
        Some(reply)
    }

    fn answers(&self, block: &Block, field: &str) -> Reply {
        let is_asked_again = block.name.ends_with("-again");
        let said = if is_asked_again { &self.says_again } else { &self.says };
        said.get(field).map_or(Reply::Skips, |answer| Reply::Says(answer.to_owned()))
    }

    fn clicks(&mut self, block: &Block, titles: &[String]) -> Reply {
        let index = match block.name {
            "consent" => usize::from(self.habit == Habit::Declines),
            "topic" => self.topic,
            "reference" if self.is_curious => 0,
            _ => return Reply::Leaves,
        };
        self.has_agreed |= block.name == "consent" && index == 0;
        let title = titles.get(index % titles.len().max(1));
        title.map_or(Reply::Skips, |title| Reply::Says(title.clone()))
    }
}

impl Visitor for Script {
    async fn reply(&mut self, block: &Block, _: &str, fields: &ChatFields) -> anyhow::Result<Reply> {
        self.asked += 1;
        if self.asked > PATIENCE {
            return Ok(Reply::Leaves);
        }
        Ok(match (self.strays(block), &block.kind) {
            (Some(reply), _) => reply,
            (None, Kind::Buttons { options, .. }) => self.clicks(block, &options.titles(fields)),
            (None, Kind::Ask { saves, .. }) => self.answers(block, saves),
            (None, _) => Reply::Skips,
        })
    }

    fn hear(&mut self, _: &str) -> anyhow::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recipe::{Medium, Recipe};

    fn fields(pairs: &[(&str, &str)]) -> ChatFields {
        let mut fields = ChatFields::default();
        for (field, value) in pairs {
            fields.set(field, *value);
        }
        fields
    }

    async fn replies(script: &mut Script, names: &[&str]) -> Vec<Reply> {
        let recipe = Recipe::of(Medium::Web);
        let known = fields(&[("topic_titles", r#"["Sales","Pricing"]"#)]);
        let mut replies = Vec::new();
        for name in names {
            let block = recipe.block(name).expect("a block");
            replies.push(script.reply(block, "", &known).await.expect("a reply"));
        }
        replies
    }

    fn says(answer: &str) -> Reply {
        Reply::Says(answer.to_owned())
    }

    #[tokio::test]
    async fn who_goes_back_does_so_once_and_changes_the_address() {
        let (wrong, right) = (fields(&[("email", "wrong")]), fields(&[("email", "right")]));
        let mut script = Script::new(Habit::GoesBack, wrong, right);
        let replies = replies(&mut script, &["email", "consent", "topic", "email", "topic"]).await;
        let expected = [says("wrong"), says("Yes"), Reply::GoesBack("email"), says("right"), says("Sales")];
        assert_eq!(replies, expected);
        assert!(script.has_agreed);
    }

    #[tokio::test]
    async fn who_is_asked_again_answers_better_and_who_declines_says_no() {
        let mut script = Script::new(Habit::Declines, fields(&[]), fields(&[("question", "plain")]));
        let replies = replies(&mut script, &["name", "question-again", "consent", "register-later"]).await;
        assert_eq!(replies, [Reply::Skips, says("plain"), says("No"), Reply::Leaves]);
        assert!(!script.has_agreed);
    }
}
