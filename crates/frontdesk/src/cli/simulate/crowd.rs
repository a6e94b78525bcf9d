//! Many visitors, one after the other, at a steady pace.

use std::time::Instant;

use indicatif::{ProgressBar, ProgressStyle};

use super::{
    bot_client::BotClient,
    chat::Chat,
    people::{Guest, People},
    script::Habit,
    summary::Summary,
};
use crate::{
    cli::output::say,
    recipe::{Medium, Quoting, Recipe},
};

/// Who is played.
#[derive(Debug, Clone, Copy)]
pub struct Crowd {
    /// How many visitors come.
    pub users: u32,
    /// Where they come to.
    pub medium: Medium,
    /// The same visitors come for the same number.
    pub seed: Option<u64>,
    /// Whether it is shown what each block gets.
    pub is_shown: bool,
}

/// Plays a crowd, and says what it was answered.
pub async fn play(bot: &mut BotClient, crowd: Crowd) -> anyhow::Result<()> {
    let recipe = Recipe::of(crowd.medium);
    let mut people = People::new(crowd.seed.unwrap_or_else(fresh_seed), crowd.medium);
    let bar = if crowd.is_shown { ProgressBar::hidden() } else { progress(crowd.users) };
    let started = Instant::now();
    let mut summary = Summary::default();
    for _ in 0..crowd.users {
        let Guest { number, fields, mut script } = people.next();
        if crowd.is_shown {
            say(format_args!("\nperson {number}, who {}", script.habit.in_words()))?;
        }
        let mut chat = Chat {
            recipe: &recipe,
            bot: &mut *bot,
            summary: &mut summary,
            fields,
            quoting: if script.habit == Habit::MeetsUnescapedFields { Quoting::Raw } else { Quoting::Json },
            is_doubled: script.habit == Habit::ClicksTwice,
            is_shown: crowd.is_shown,
        };
        chat.hold(&mut script).await?;
        if script.has_agreed {
            summary.person(number);
        }
        bar.inc(1);
    }
    bar.finish_and_clear();
    say(summary.after(started.elapsed()))
}

/// A seed that differs from run to run.
fn fresh_seed() -> u64 {
    getrandom::u64().expect("the operating system gives random bytes")
}

fn progress(users: u32) -> ProgressBar {
    let style = ProgressStyle::with_template("{bar:40} {pos}/{len} visitors, {per_sec}, {eta} left");
    ProgressBar::new(users.into()).with_style(style.expect("the template is sound"))
}
