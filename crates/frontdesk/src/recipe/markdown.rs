//! The recipe as a part of the guide.

use std::fmt;

use super::{
    Block, Place, Recipe,
    rows::{Row, rows},
};

/// The blocks of a recipe as Markdown: a heading, a table and, where there is one, the body to paste.
pub struct Markdown<'a> {
    /// The blocks.
    pub recipe: &'a Recipe,
    /// Where they call.
    pub place: &'a Place,
}

impl fmt::Display for Markdown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let blocks = self.recipe.blocks.iter().enumerate();
        blocks.into_iter().try_for_each(|(index, block)| self.block(f, index + 1, block))
    }
}

impl Markdown<'_> {
    fn block(&self, f: &mut fmt::Formatter<'_>, number: usize, block: &Block) -> fmt::Result {
        let (bodies, lines): (Vec<_>, Vec<_>) =
            rows(block, self.place).into_iter().partition(|row| row.name == "body");
        writeln!(f, "#### {number}. {}: {}\n", block.name, block.builder_name())?;
        writeln!(f, "| | |\n| --- | --- |")?;
        for Row { name, value } in lines {
            writeln!(f, "| {name} | `{value}` |")?;
        }
        for Row { value, .. } in bodies {
            writeln!(f, "\nCustomize Body:\n\n```text\n{value}\n```")?;
        }
        writeln!(f)
    }
}
