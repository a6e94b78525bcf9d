//! The key that protects sessions, kept beside an embedded database.

use std::{
    fmt::Write as _,
    fs::{self, DirBuilder, OpenOptions},
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use application::ports::Entropy;
use secrecy::SecretString;

use super::value;

/// The file with the key, beside the database.
pub fn file_beside(database: &Path) -> PathBuf {
    database.with_file_name("secret.key")
}

/// The key in the file. At the first time it is made, readable for its owner only.
pub fn find_or_make(file: &Path, entropy: &dyn Entropy) -> io::Result<SecretString> {
    match fs::read_to_string(file) {
        Ok(key) => checked(key.trim()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => make(file, &hex(entropy.secret())),
        Err(error) => Err(error),
    }
}

fn checked(key: &str) -> io::Result<SecretString> {
    value::secret_key(key).map(|()| SecretString::from(key)).map_err(|needed| {
        io::Error::new(io::ErrorKind::InvalidData, format!("the key in it is damaged: {needed}"))
    })
}

/// Under another name first, so that no half-written key is ever found.
fn make(file: &Path, key: &str) -> io::Result<SecretString> {
    if let Some(folder) = file.parent() {
        let mut builder = DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(folder)?;
    }
    let draft = file.with_extension("key.new");
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut written = options.open(&draft)?;
    writeln!(written, "{key}")?;
    written.sync_all()?;
    fs::rename(&draft, file)?;
    Ok(SecretString::from(key))
}

fn hex(bytes: [u8; 32]) -> String {
    bytes.iter().fold(String::with_capacity(64), |mut text, byte| {
        write!(text, "{byte:02x}").expect("writing to a text never fails");
        text
    })
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret as _;

    use super::*;
    use crate::environment::SystemEntropy;

    #[test]
    fn a_key_is_made_once_and_for_its_owner_only() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = file_beside(&folder.path().join("data/frontdesk.db"));
        let first = find_or_make(&file, &SystemEntropy).expect("a key");
        let second = find_or_make(&file, &SystemEntropy).expect("a key");
        assert_eq!(first.expose_secret(), second.expose_secret());
        assert_eq!(first.expose_secret().len(), 64);
        #[cfg(unix)]
        {
            let mode = |path: &Path| {
                let permissions = path.metadata().expect("it was made").permissions();
                std::os::unix::fs::PermissionsExt::mode(&permissions) & 0o777
            };
            assert_eq!((mode(&file), mode(file.parent().expect("a folder"))), (0o600, 0o700));
        }
    }

    #[test]
    fn a_damaged_key_is_refused_and_not_replaced() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("secret.key");
        fs::write(&file, "short").expect("a file");
        assert!(find_or_make(&file, &SystemEntropy).is_err());
        assert_eq!(fs::read_to_string(&file).expect("a file"), "short");
    }
}
