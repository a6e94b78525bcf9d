//! The recipe as a picture: the way of a visitor for whom all goes well from top to bottom, and what else can happen
//! beside it. SVG 1.1, readable on light and on dark pages.

use std::fmt;

use super::{Block, Branch, Kind, Recipe, When};

const WIDTH: u32 = 840;
const MAIN_X: u32 = 20;
const MAIN_WIDTH: u32 = 290;
const SIDE_X: u32 = 500;
const SIDE_WIDTH: u32 = 320;
const BOX_HEIGHT: u32 = 44;
const GAP: u32 = 24;

/// What the picture looks like where pages are light, and where they are dark.
const STYLE: &str = "
    text { font: 13px system-ui, sans-serif; fill: #1f2933; }
    .name { font-weight: 600; }
    .small { font-size: 11px; fill: #52606d; }
    rect { fill: #f5f7fa; stroke: #9aa5b1; rx: 8px; }
    .call { fill: #e0f2fe; stroke: #0284c7; }
    path { fill: none; stroke: #7b8794; stroke-width: 1.5; }
    .tip { fill: #7b8794; stroke: none; }
    @media (prefers-color-scheme: dark) {
      text { fill: #e4e7eb; }
      .small { fill: #b8c4d0; }
      rect { fill: #27303c; stroke: #64748b; }
      .call { fill: #0c3a55; stroke: #38bdf8; }
      path { stroke: #94a3b8; }
      .tip { fill: #94a3b8; stroke: none; }
    }
  ";

/// A picture of a recipe.
pub struct Diagram<'a> {
    recipe: &'a Recipe,
    floors: Vec<Floor<'a>>,
}

/// A block of the main way, and where else it leads.
struct Floor<'a> {
    block: &'a Block,
    top: u32,
    exits: Vec<Exit<'a>>,
}

/// A way off the main way.
struct Exit<'a> {
    branch: Branch,
    /// The block that it leads to, unless that is drawn elsewhere.
    block: Option<&'a Block>,
}

impl<'a> Diagram<'a> {
    /// Puts the blocks of a recipe in their places.
    pub fn of(recipe: &'a Recipe) -> Self {
        let main = main_way(recipe);
        let mut drawn: Vec<_> = main.iter().map(|block| block.name).collect();
        let mut floors = Vec::new();
        let mut top = GAP;
        for (index, block) in main.iter().copied().enumerate() {
            let next = main.get(index + 1).map(|next| next.name);
            let exits = exits(recipe, block, next, &mut drawn);
            let height = BOX_HEIGHT.max(height(&exits));
            floors.push(Floor { block, top, exits });
            top += height + GAP;
        }
        Self { recipe, floors }
    }

    fn height(&self) -> u32 {
        let last = self.floors.last();
        last.map_or(GAP, |floor| floor.top + BOX_HEIGHT.max(height(&floor.exits)) + GAP)
    }
}

/// From the first block always to the first one where the visitor was not yet.
fn main_way(recipe: &Recipe) -> Vec<&Block> {
    let mut way = vec![recipe.first()];
    while let Some(next) = way.last().and_then(|block| {
        let names = block.then.iter().map(|branch| branch.to);
        names.filter(|name| way.iter().all(|seen| seen.name != *name)).find_map(|name| recipe.block(name))
    }) {
        way.push(next);
    }
    way
}

/// The ways from a block but for the one to `next`. A block is drawn beside the first that leads to it.
fn exits<'a>(
    recipe: &'a Recipe,
    block: &Block,
    next: Option<&str>,
    drawn: &mut Vec<&'static str>,
) -> Vec<Exit<'a>> {
    let off = block.then.iter().filter(|branch| Some(branch.to) != next);
    off.map(|branch| {
        let is_new = !drawn.contains(&branch.to);
        drawn.push(branch.to);
        Exit { branch: *branch, block: recipe.block(branch.to).filter(|_| is_new) }
    })
    .collect()
}

fn height(exits: &[Exit<'_>]) -> u32 {
    let heights = exits.iter().map(Exit::height).sum::<u32>();
    heights.saturating_sub(GAP / 2)
}

impl Exit<'_> {
    const fn height(&self) -> u32 {
        let drawn = if self.block.is_some() { BOX_HEIGHT } else { BOX_HEIGHT / 2 };
        drawn + GAP / 2
    }
}

impl fmt::Display for Diagram<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (medium, height) = (self.recipe.medium, self.height());
        writeln!(
            f,
            r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" role="img" aria-labelledby="title">"#
        )?;
        writeln!(f, r#"  <title id="title">The blocks of the lead bot for {medium}</title>"#)?;
        writeln!(f, "  <style>{STYLE}</style>")?;
        for (index, floor) in self.floors.iter().enumerate() {
            floor.draw(f)?;
            if let Some(next) = self.floors.get(index + 1) {
                floor.draw_way_to(f, next)?;
            }
        }
        writeln!(f, "</svg>")
    }
}

impl Floor<'_> {
    fn draw(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        draw_box(f, self.block, (MAIN_X, self.top, MAIN_WIDTH), self.block.builder_name())?;
        let mut top = self.top;
        for exit in &self.exits {
            self.draw_exit(f, exit, top)?;
            top += exit.height();
        }
        Ok(())
    }

    /// Straight down; what must hold stands beside it.
    fn draw_way_to(&self, f: &mut fmt::Formatter<'_>, next: &Self) -> fmt::Result {
        let (x, from, to) = (MAIN_X + MAIN_WIDTH / 2, self.top + BOX_HEIGHT, next.top);
        writeln!(f, r#"  <path d="M{x} {from}V{}"/>"#, to - 6)?;
        writeln!(f, r#"  <path class="tip" d="M{} {}h10l-5 8z"/>"#, x - 5, to - 8)?;
        let ways = self.block.then.iter().filter(|branch| branch.to == next.block.name);
        let whens: Vec<_> =
            ways.filter(|way| way.when != When::Otherwise).map(|way| label(way.when)).collect();
        if whens.is_empty() {
            return Ok(());
        }
        writeln!(f, r#"  <text class="small" x="{}" y="{}">{}</text>"#, x + 10, from + 15, whens.join(" or "))
    }

    fn draw_exit(&self, f: &mut fmt::Formatter<'_>, exit: &Exit<'_>, top: u32) -> fmt::Result {
        let (from, bend) = (MAIN_X + MAIN_WIDTH, MAIN_X + MAIN_WIDTH + 24);
        let start = self.top + BOX_HEIGHT / 2;
        let y = if exit.block.is_some() { top + BOX_HEIGHT / 2 } else { top + BOX_HEIGHT / 4 + 4 };
        writeln!(f, r#"  <path d="M{from} {start}H{bend}V{y}H{}"/>"#, SIDE_X - 6)?;
        writeln!(f, r#"  <path class="tip" d="M{} {}v10l8 -5z"/>"#, SIDE_X - 8, y - 5)?;
        let when = label(exit.branch.when);
        writeln!(f, r#"  <text class="small" x="{}" y="{}">{when}</text>"#, bend + 8, y - 5)?;
        if let Some(block) = exit.block {
            let then = block.then.first().map_or("the end", |branch| branch.to);
            let what = format!("{}, then {then}", block.builder_name());
            return draw_box(f, block, (SIDE_X, top, SIDE_WIDTH), &what);
        }
        writeln!(f, r#"  <text class="name" x="{}" y="{}">{}</text>"#, SIDE_X + 8, y + 4, exit.branch.to)
    }
}

fn draw_box(
    f: &mut fmt::Formatter<'_>,
    block: &Block,
    (x, y, width): (u32, u32, u32),
    what: &str,
) -> fmt::Result {
    let class = if matches!(block.kind, Kind::Webhook(_)) { r#" class="call""# } else { "" };
    writeln!(f, r#"  <rect{class} x="{x}" y="{y}" width="{width}" height="{BOX_HEIGHT}" rx="8"/>"#)?;
    let (x, first, second) = (x + 14, y + 19, y + 35);
    writeln!(f, r#"  <text class="name" x="{x}" y="{first}">{}</text>"#, block.name)?;
    writeln!(f, r#"  <text class="small" x="{x}" y="{second}">{what}</text>"#)
}

/// What must hold, as short as it is clear: the verdict of a call by its key in the answer, a click by its button.
fn label(when: When) -> String {
    match when {
        When::Is(field, value) => match field.strip_prefix("fd_") {
            Some(key) => format!("{key} = {value}"),
            None => value.to_owned(),
        },
        When::Otherwise => "otherwise".to_owned(),
    }
}
