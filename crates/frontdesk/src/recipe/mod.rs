//! The recipe of the lead bot: what a person types into Landbot's builder, block by block.
//!
//! [`lead_bot`] is the only place that knows the blocks. The printed recipe, the guide and its diagram are made of it,
//! and `simulate` walks through it, so that none of them can say anything else. Nothing here waits, reads or writes.
//!
//! To change what the bot asks or sends: [`lead_bot`], then run the tests, which write the guide anew.

mod block;
mod call;
mod diagram;
mod embed;
mod fill;
mod lead_bot;
mod markdown;
mod place;
mod rows;
mod text;

use std::{fmt, str::FromStr};

pub use block::{Block, Branch, Kind, Options, When};
pub use call::{Call, Filled, Method};
pub use diagram::Diagram;
pub use embed::snippet;
pub use fill::{ChatFields, Quoting, filled};
pub use lead_bot::HIDDEN_FIELDS;
pub use markdown::Markdown;
pub use place::Place;
pub use text::{Printed, printed};

/// Where a bot talks to people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Medium {
    /// A page with a chat
    Web,
    /// `WhatsApp`
    Whatsapp,
}

impl fmt::Display for Medium {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Web => "web",
            Self::Whatsapp => "whatsapp",
        })
    }
}

impl FromStr for Medium {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        clap::ValueEnum::from_str(name, false)
    }
}

/// The blocks of the lead bot on one medium, in the order in which they are made; the first one is where a chat begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipe {
    /// Where the bot talks to people.
    pub medium: Medium,
    /// Its blocks.
    pub blocks: Vec<Block>,
}

impl Recipe {
    /// The lead bot.
    pub fn of(medium: Medium) -> Self {
        Self { medium, blocks: lead_bot::blocks(medium) }
    }

    /// The block with this name.
    pub fn block(&self, name: &str) -> Option<&Block> {
        self.blocks.iter().find(|block| block.name == name)
    }

    /// The block where a chat begins.
    pub fn first(&self) -> &Block {
        &self.blocks[0]
    }
}

#[cfg(test)]
mod guide;
#[cfg(test)]
mod tests;
