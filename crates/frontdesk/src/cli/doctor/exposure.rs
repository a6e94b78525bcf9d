//! What others can reach and read.

use std::path::Path;

use super::finding::Finding;
use crate::settings::Settings;

const PUBLIC_URL: &str = "public URL";
const SECRET_KEY: &str = "secret key";

/// Bots must reach the server, and their keys must travel encrypted.
pub fn public_url(settings: &Settings) -> Finding {
    match &settings.http.public_url {
        Some(url) if url.is_https() => Finding::ok(PUBLIC_URL, url.to_string()),
        Some(url) => Finding::warn(
            PUBLIC_URL,
            format!("{url}: keys and names travel unencrypted"),
            "put a proxy with a certificate before the server and set an https:// URL",
        ),
        None => Finding::warn(
            PUBLIC_URL,
            "is not set: links lead to this machine",
            "set FRONTDESK__HTTP__PUBLIC_URL to where bots reach this server",
        ),
    }
}

/// Only the owner of the process may read the key.
pub fn secret_key(settings: &Settings) -> Finding {
    match settings.secret_key_file() {
        None if settings.has_secret_key() => Finding::ok(SECRET_KEY, "is a setting"),
        None => Finding::fail(
            SECRET_KEY,
            "is not set, and with PostgreSQL it has to be",
            "set FRONTDESK__SECRET_KEY to the same text in every process",
        ),
        Some(file) if !file.exists() => Finding::ok(SECRET_KEY, "is made by the first start"),
        Some(file) if is_readable_by_others(&file) => Finding::fail(
            SECRET_KEY,
            format!("{} can be read by others", file.display()),
            format!("chmod 600 {}", file.display()),
        ),
        Some(file) => Finding::ok(SECRET_KEY, format!("{} is its owner's only", file.display())),
    }
}

#[cfg(unix)]
fn is_readable_by_others(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    file.metadata().is_ok_and(|metadata| metadata.permissions().mode() & 0o077 != 0)
}

#[cfg(not(unix))]
fn is_readable_by_others(_: &Path) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeMap, fs};

    use super::*;
    use crate::{cli::doctor::finding::Level, settings::Sources};

    fn settings(folder: &Path, pairs: &[(&str, &str)]) -> Settings {
        let mut environment: BTreeMap<_, _> =
            pairs.iter().map(|&(n, v)| (n.to_owned(), v.to_owned())).collect();
        environment.insert("DATABASE_URL".to_owned(), format!("sqlite://{}/desk.db", folder.display()));
        Settings::load(&Sources::gather(environment, folder)).expect("settings")
    }

    #[test]
    fn an_unencrypted_or_missing_public_url_is_a_warning() {
        let folder = tempfile::tempdir().expect("a folder");
        let level =
            |url| public_url(&settings(folder.path(), &[("FRONTDESK__HTTP__PUBLIC_URL", url)])).level();
        assert_eq!(level(""), Level::Warn);
        assert_eq!(level("http://desk.example.com"), Level::Warn);
        assert_eq!(level("https://desk.example.com"), Level::Ok);
    }

    #[cfg(unix)]
    #[test]
    fn a_key_file_that_others_can_read_is_a_failure() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().expect("a folder");
        let settings = settings(folder.path(), &[]);
        assert_eq!(secret_key(&settings).level(), Level::Ok);
        let file = settings.secret_key_file().expect("a file beside the database");
        fs::write(&file, "x").expect("written");
        for (mode, level) in [(0o644, Level::Fail), (0o600, Level::Ok)] {
            fs::set_permissions(&file, fs::Permissions::from_mode(mode)).expect("changed");
            assert_eq!(secret_key(&settings).level(), level);
        }
    }
}
