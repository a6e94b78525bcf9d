//! A PostgreSQL and a RabbitMQ that belong to the suite alone, through `scripts/services`.

use std::path::{Path, PathBuf};
use std::process::Command as BlockingCommand;

use anyhow::{Context as _, Result, ensure};
use tempfile::TempDir;
use tokio::process::Command;

/// The services that were started; they end with this value.
#[derive(Debug)]
pub(super) struct Services {
    script: PathBuf,
    folder: TempDir,
    /// Where PostgreSQL is.
    pub(super) database: String,
    /// Where RabbitMQ is.
    pub(super) amqp: String,
}

impl Services {
    /// Starts both.
    pub(super) async fn start(script: &Path) -> Result<Self> {
        let script = script.canonicalize().with_context(|| {
            format!(
                "looking for {}: run this from the repository or name it with --services",
                script.display()
            )
        })?;
        let folder = tempfile::Builder::new().prefix("frontdesk-faults-").tempdir()?;
        let mut services = Self { script, folder, database: String::new(), amqp: String::new() };
        services.run(&["up"]).await?;
        let told = services.run(&["env"]).await?;
        services.database = variable(&told, "TEST_DATABASE_URL")?;
        services.amqp = variable(&told, "TEST_AMQP_URL")?;
        Ok(services)
    }

    /// Stops, starts or restarts one of them, as the script's arguments say.
    pub(super) async fn run(&self, arguments: &[&str]) -> Result<String> {
        let mut command = Command::from(self.command());
        let output = command.args(arguments).output().await.context("running scripts/services")?;
        let said = String::from_utf8_lossy(&output.stderr);
        let name = arguments.join(" ");
        ensure!(output.status.success(), "scripts/services {name} ended with {}: {said}", output.status);
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    /// Servers that others use are not to be injured, so those of the environment are not looked at.
    fn command(&self) -> BlockingCommand {
        let mut command = BlockingCommand::new(&self.script);
        command
            .env("FRONTDESK_SERVICES_DIR", self.folder.path())
            .env_remove("TEST_DATABASE_URL")
            .env_remove("TEST_AMQP_URL");
        command
    }
}

impl Drop for Services {
    fn drop(&mut self) {
        match self.command().arg("down").status() {
            Ok(status) if status.success() => {}
            ended => eprintln!("faults: scripts/services down did not work: {ended:?}"),
        }
    }
}

/// The value in a line `export NAME='value'`.
fn variable(told: &str, name: &str) -> Result<String> {
    let prefix = format!("export {name}='");
    let value = told.lines().find_map(|line| line.strip_prefix(&prefix)?.strip_suffix('\''));
    value.map(str::to_owned).with_context(|| format!("scripts/services env did not tell {name}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_from_what_a_shell_would_evaluate() {
        let told = "export TEST_DATABASE_URL='postgres://u:p@h/x'\nexport TEST_AMQP_URL='amqp://u:p@h/%2f'\n";
        assert_eq!(variable(told, "TEST_AMQP_URL").unwrap(), "amqp://u:p@h/%2f");
        assert!(variable(told, "TEST").is_err());
    }
}
