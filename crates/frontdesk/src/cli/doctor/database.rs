//! The database, and what lies in it.

use adapters_sqlite::SqliteStorage;
use application::ports::{StorageError, consult};

use super::finding::{Finding, chain};
use crate::{
    cli::{channel::is_mimicked, database::open_as_it_is},
    settings::Settings,
};

const DATABASE: &str = "database";

/// Looks at the file without changing it.
pub async fn examine(settings: &Settings) -> Vec<Finding> {
    let path = settings.database.path.display();
    if !settings.database.path.exists() {
        let found = format!("{path} does not exist yet");
        return vec![Finding::warn(DATABASE, found, "the first `frontdesk serve` makes it")];
    }
    match open_as_it_is(settings).await {
        Ok(sqlite) => look_inside(&sqlite).await.unwrap_or_else(|error| vec![unusable(&error)]),
        Err(error) => vec![unusable(&error)],
    }
}

fn unusable(error: &dyn std::error::Error) -> Finding {
    Finding::fail(
        DATABASE,
        chain(error),
        "look at the disk and the rights of the file; `frontdesk backup` copies",
    )
}

async fn look_inside(sqlite: &SqliteStorage) -> Result<Vec<Finding>, StorageError> {
    let outstanding = sqlite.migration_status().await?.iter().filter(|state| !state.applied).count();
    if outstanding > 0 {
        let found = format!("{outstanding} migrations are outstanding");
        return Ok(vec![Finding::fail("migrations", found, "run `frontdesk migrate up`")]);
    }
    let migrations = Finding::ok("migrations", "all are applied");
    Ok(vec![soundness(sqlite).await?, migrations, channels(sqlite).await?])
}

async fn soundness(sqlite: &SqliteStorage) -> Result<Finding, StorageError> {
    let problems = sqlite.integrity_problems().await?;
    let size = sqlite.size();
    let size = (size.database + size.write_ahead_log) / 1_000;
    Ok(match problems.first() {
        None => Finding::ok(DATABASE, format!("{} is sound ({size} kB)", sqlite.path().display())),
        Some(first) => Finding::fail(
            DATABASE,
            format!("the file is damaged in {} places, first: {first}", problems.len()),
            "stop the server and restore a backup",
        ),
    })
}

async fn channels(sqlite: &SqliteStorage) -> Result<Finding, StorageError> {
    let channels = consult(sqlite, async |snapshot| snapshot.channels().all().await).await?;
    let mimicked: Vec<_> = channels.iter().filter(|channel| is_mimicked(channel)).collect();
    Ok(if mimicked.is_empty() {
        Finding::ok("channels", format!("all {} deliver themselves", channels.len()))
    } else {
        let names: Vec<_> =
            mimicked.iter().map(|channel| format!("{} ({})", channel.name, channel.kind)).collect();
        let found = format!("mail to the team takes the place of {}", names.join(", "));
        Finding::warn("channels", found, "route their topics to email channels to be rid of this")
    })
}
