//! One block of a bot.

use super::{Call, ChatFields};

/// A block, as the builder draws it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// What it is called in the recipe.
    pub name: &'static str,
    /// What it does.
    pub kind: Kind,
    /// Where the chat goes on: to the first branch that holds. None: here it ends.
    pub then: Vec<Branch>,
}

/// What a block does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// Asks, and saves the answer in a field.
    Ask {
        /// What the answer must look like.
        answer: Answer,
        /// What the visitor reads; fields in it are replaced.
        text: &'static str,
        /// The field for the answer.
        saves: &'static str,
    },
    /// Offers answers to click, and saves the chosen one in a field.
    Buttons {
        /// What the visitor reads; fields in it are replaced.
        text: &'static str,
        /// What can be clicked.
        options: Options,
        /// The field for the answer.
        saves: &'static str,
    },
    /// Says something.
    Say {
        /// What the visitor reads; fields in it are replaced.
        text: &'static str,
    },
    /// Sets fields to values.
    SetFields(&'static [(&'static str, &'static str)]),
    /// Calls Frontdesk.
    Webhook(Call),
}

/// What an answer must look like; the builder has a block for each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// Any text.
    Text,
    /// A mail address.
    Email,
    /// A phone number.
    Phone,
}

/// What can be clicked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Options {
    /// These.
    Fixed(&'static [&'static str]),
    /// The elements of a list that an earlier block saved in this field.
    FromField(&'static str),
}

/// A way on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Branch {
    /// When it is taken.
    pub when: When,
    /// The block that it leads to.
    pub to: &'static str,
}

/// When a way is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// A field has this value.
    Is(&'static str, &'static str),
    /// None of the others holds.
    Otherwise,
}

impl Block {
    /// What the builder calls a block that does this.
    pub const fn builder_name(&self) -> &'static str {
        match &self.kind {
            Kind::Ask { answer: Answer::Text, .. } => "Ask a question",
            Kind::Ask { answer: Answer::Email, .. } => "Ask for an email",
            Kind::Ask { answer: Answer::Phone, .. } => "Ask for a phone",
            Kind::Buttons { options: Options::Fixed(_), .. } => "Buttons",
            Kind::Buttons { options: Options::FromField(_), .. } => "Dynamic data (buttons from a list)",
            Kind::Say { .. } => "Send a message",
            Kind::SetFields(_) => "Set a field",
            Kind::Webhook(_) => "Webhook",
        }
    }

    /// The block after this one, for these fields.
    pub fn next(&self, fields: &ChatFields) -> Option<&'static str> {
        self.then.iter().find(|branch| branch.when.holds(fields)).map(|branch| branch.to)
    }
}

impl Options {
    /// What can be clicked in a chat with these fields.
    pub fn titles(self, fields: &ChatFields) -> Vec<String> {
        match self {
            Self::Fixed(titles) => titles.iter().map(|title| (*title).to_owned()).collect(),
            Self::FromField(field) => {
                fields.get(field).and_then(|list| serde_json::from_str(list).ok()).unwrap_or_default()
            }
        }
    }
}

impl When {
    fn holds(self, fields: &ChatFields) -> bool {
        match self {
            Self::Is(field, value) => fields.get(field) == Some(value),
            Self::Otherwise => true,
        }
    }
}
