//! Values as they may be shown.

use super::table::{Setting, Shown};

const MASK: &str = "********";

/// A value of this setting without what is secret in it.
pub fn masked(setting: &Setting, value: &str) -> String {
    match setting.shown {
        Shown::Whole => value.to_owned(),
        Shown::WithoutLogin => without_login(value),
        Shown::Hidden => MASK.to_owned(),
    }
}

/// A URL whose login is masked: everything between `://` and the last `@`, because a password may have any character
/// in it if somebody forgot to encode it.
pub fn without_login(url: &str) -> String {
    match (url.split_once("://"), url.rsplit_once('@')) {
        (Some((scheme, _)), Some((_, server))) => format!("{scheme}://{MASK}@{server}"),
        (None, Some(_)) => MASK.to_owned(),
        (_, None) => url.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_part_of_a_login_is_shown() {
        for (url, shown) in [
            ("smtp://localhost:1025", "smtp://localhost:1025"),
            ("smtps://robot:hunter2@host:465", "smtps://********@host:465"),
            ("smtps://robot:hun@ter?2@host:465", "smtps://********@host:465"),
            ("robot:hunter2@host", "********"),
        ] {
            assert_eq!(without_login(url), shown);
        }
    }
}
