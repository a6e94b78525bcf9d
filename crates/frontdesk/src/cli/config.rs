//! `frontdesk config`

use clap::Args;

use super::{
    Format,
    output::{or_dash, say, say_list},
    table::Table,
};
use crate::settings::{Example, ReportedSetting, Settings, Sources, report};

#[derive(Debug, Args)]
pub struct ConfigArgs {
    #[command(flatten)]
    format: Format,
    /// Print a .env file that explains every setting
    #[arg(long, conflicts_with = "json")]
    example: bool,
}

pub fn run(sources: &Sources, args: &ConfigArgs) -> anyhow::Result<()> {
    if args.example {
        return say(Example.to_string().trim_end());
    }
    say_list(args.format, &report(sources), listed)?;
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
