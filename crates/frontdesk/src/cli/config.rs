//! `frontdesk config`

use clap::Args;

use super::{
    output::{or_dash, say, say_json},
    table::Table,
};
use crate::settings::{ReportedSetting, Settings, Sources, example, report};

#[derive(Debug, Args)]
pub struct ConfigArgs {
    /// Print JSON
    #[arg(long)]
    json: bool,
    /// Print a .env file that explains every setting
    #[arg(long, conflicts_with = "json")]
    example: bool,
}

pub fn run(sources: &Sources, args: ConfigArgs) -> anyhow::Result<()> {
    if args.example {
        print!("{}", example());
        return Ok(());
    }
    let settings = report(sources);
    if args.json { say_json(&settings)? } else { say(listed(&settings))? }
    // Shown first, so that whoever has to mend them sees what is there.
    Settings::load(sources)?;
    Ok(())
}

fn listed(settings: &[ReportedSetting]) -> Table<3> {
    let row = |setting: &ReportedSetting| {
        [setting.name.to_owned(), or_dash(setting.value.as_deref()), setting.source.clone()]
    };
    Table::new(["SETTING", "VALUE", "FROM"]).with(settings.iter().map(row))
}
