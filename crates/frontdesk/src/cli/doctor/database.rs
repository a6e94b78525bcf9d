//! The database, and what lies in it.

use adapters_sqlite::SqliteStorage;
use application::ports::{Storage, StorageError, consult};

use super::finding::Finding;
use crate::{database::Database, settings::Settings, wiring::is_mimicked};

const DATABASE: &str = "database";

/// Looks at the database without changing it.
pub async fn examine(settings: &Settings) -> Vec<Finding> {
    if let Some(path) = settings.database.file().filter(|path| !path.exists()) {
        let found = format!("{} does not exist yet", path.display());
        return vec![Finding::warn(DATABASE, found, "the first `frontdesk serve` makes it")];
    }
    let looked =
        async { look_inside(&Database::open(&settings.database, "frontdesk-doctor").await?, settings).await };
    looked.await.unwrap_or_else(|error| vec![unusable(settings, &error)])
}

fn unusable(settings: &Settings, error: &anyhow::Error) -> Finding {
    let advice = match settings.database.file() {
        Some(_) => "look at the disk and the rights of the file; `frontdesk backup` copies",
        None => "look whether the server runs, and at DATABASE_URL",
    };
    Finding::fail(DATABASE, format!("{error:#}"), advice)
}

async fn look_inside(database: &Database, settings: &Settings) -> anyhow::Result<Vec<Finding>> {
    let outstanding = database.migration_status().await?.iter().filter(|state| !state.applied).count();
    if outstanding > 0 {
        let found = format!("{outstanding} migrations are outstanding");
        return Ok(vec![Finding::fail("migrations", found, "run `frontdesk migrate up`")]);
    }
    let health = match database {
        Database::Embedded(sqlite) => soundness(sqlite).await?,
        Database::Server(_) => Finding::ok(DATABASE, "PostgreSQL answers"),
    };
    let migrations = Finding::ok("migrations", "all are applied");
    Ok(vec![health, migrations, channels(&*database.storage(), settings).await?])
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

async fn channels(storage: &dyn Storage, settings: &Settings) -> Result<Finding, StorageError> {
    let channels = consult(storage, async |snapshot| snapshot.channels().all().await).await?;
    let mimicked: Vec<_> = channels.iter().filter(|channel| is_mimicked(channel, settings)).collect();
    Ok(if mimicked.is_empty() {
        Finding::ok("channels", format!("all {} deliver themselves", channels.len()))
    } else {
        let names: Vec<_> =
            mimicked.iter().map(|channel| format!("{} ({})", channel.name, channel.kind)).collect();
        let found = format!("mail to the team takes the place of {}", names.join(", "));
        Finding::warn(
            "channels",
            found,
            "set the variables that they name, or route their topics to email channels",
        )
    })
}
