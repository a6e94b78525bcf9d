//! Secrets in files: where `NAME_FILE` is set, the value of `NAME` is what that file holds, as Docker, Kubernetes and
//! systemd hand secrets over. Only what may not be shown as a whole can lie in a file.

use std::{collections::BTreeMap, fs, path::Path};

use secrecy::{ExposeSecret as _, SecretString};

use super::{
    problem::Problem,
    sources::Values,
    table::{self, Setting, Shown},
};

/// What the name of a variable ends with that names a file.
const ENDING: &str = "_FILE";

/// Puts what the named files hold into `values`, and says which cannot be used. Paths are seen from `folder`.
pub(super) fn take(values: &mut Values, folder: &Path) -> Vec<Problem> {
    let secrets = table::settings().filter(|setting| setting.shown != Shown::Whole);
    secrets.filter_map(|setting| take_one(values, setting, folder).err()).collect()
}

fn take_one(values: &mut Values, setting: &Setting, folder: &Path) -> Result<(), Problem> {
    let (name, named) = (setting.name, format!("{}{ENDING}", setting.name));
    let Some(path) = values.remove(&named).filter(|path| !path.trim().is_empty()) else { return Ok(()) };
    if values.get(name).is_some_and(|value| !value.trim().is_empty()) {
        return Err(Problem::new(format!("{named}: {name} is set as well; take one of them away")));
    }
    let path = folder.join(path.trim());
    let text = fs::read_to_string(&path);
    let text = text.map_err(|error| Problem::new(format!("{named}: {}: {error}", path.display())))?;
    values.insert(name.to_owned(), text);
    Ok(())
}

/// What the file holds that `NAME_FILE` names among `secrets`; none if it cannot be read.
pub(super) fn named(secrets: &BTreeMap<String, SecretString>, name: &str) -> Option<SecretString> {
    let path = secrets.get(&format!("{name}{ENDING}"))?;
    let text = fs::read_to_string(path.expose_secret().trim()).ok()?;
    Some(text.trim()).filter(|text| !text.is_empty()).map(SecretString::from)
}
