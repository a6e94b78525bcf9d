//! Settings in a TOML file: `FRONTDESK__HTTP__BIND` is `bind` in the table `[http]`, and a name without that beginning
//! stands at the top, such as `database_url`. Lower case, lists as arrays.

use toml::{Table, Value};

use super::{
    problem::Problem,
    sources::{Source, Values, unknown},
    table,
};

/// The settings in a file, by the names of their environment variables.
pub fn read(text: &str) -> Result<Values, Vec<Problem>> {
    let parsed: Table = text.parse().map_err(|error: toml::de::Error| vec![broken(text, &error)])?;
    let mut values = Values::new();
    let mut problems = Vec::new();
    flatten("", &parsed, &mut |path, value| match (name_of(path), as_text(value)) {
        (Some(name), Some(text)) => drop(values.insert(name.to_owned(), text)),
        (Some(name), None) => problems.push(Problem::new(format!(
            "{name} (file): a text, a number, true, false or an array of texts is needed"
        ))),
        (None, _) => problems.push(unknown(&own_name(path), Source::File)),
    });
    if problems.is_empty() { Ok(values) } else { Err(problems) }
}

/// Where it is broken, without the text there: it may be a secret.
fn broken(text: &str, error: &toml::de::Error) -> Problem {
    let line = error.span().map_or(1, |span| text[..span.start].matches('\n').count() + 1);
    Problem::new(format!("the TOML file, line {line}: {}", error.message()))
}

fn flatten<'a>(path: &str, table: &'a Table, visit: &mut impl FnMut(&str, &'a Value)) {
    for (key, value) in table {
        let path = if path.is_empty() { key.clone() } else { format!("{path}__{key}") };
        match value {
            Value::Table(inner) => flatten(&path, inner, visit),
            value => visit(&path, value),
        }
    }
}

fn own_name(path: &str) -> String {
    format!("FRONTDESK__{}", path.to_uppercase())
}

fn name_of(path: &str) -> Option<&'static str> {
    let setting = table::find(&own_name(path)).or_else(|| table::find(&path.to_uppercase()));
    setting.map(|setting| setting.name).filter(|name| *name != "FRONTDESK__CONFIG")
}

fn as_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Integer(number) => Some(number.to_string()),
        Value::Boolean(flag) => Some(flag.to_string()),
        Value::Array(members) => {
            members.iter().map(Value::as_str).collect::<Option<Vec<_>>>().map(|all| all.join(","))
        }
        Value::Float(_) | Value::Datetime(_) | Value::Table(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_and_arrays_become_the_names_and_lists_of_the_environment() {
        let text = "database_url = \"sqlite://desk.db\"\n[http]\nallowed_hosts = [\"a\", \"b\"]\n\
                    [intake]\nrate_limit = 7\n[database]\nmigrate = false\n[retry.email]\nwaits = [\"1s\", \"2s\"]";
        let values = read(text).expect("settings");
        let pairs: Vec<_> = values.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        assert_eq!(
            pairs,
            [
                ("DATABASE_URL", "sqlite://desk.db"),
                ("FRONTDESK__DATABASE__MIGRATE", "false"),
                ("FRONTDESK__HTTP__ALLOWED_HOSTS", "a,b"),
                ("FRONTDESK__INTAKE__RATE_LIMIT", "7"),
                ("FRONTDESK__RETRY__EMAIL__WAITS", "1s,2s"),
            ]
        );
    }

    fn problems(text: &str) -> String {
        format!("{:?}", read(text).expect_err("problems"))
    }

    #[test]
    fn unknown_keys_and_unfit_values_are_named() {
        assert!(problems("[http]\nbnd = \"x\"").contains("did you mean FRONTDESK__HTTP__BIND?"));
        assert!(problems("[http]\nbind = 1.5").contains("FRONTDESK__HTTP__BIND"));
        assert!(problems("config = \"other.toml\"").contains("FRONTDESK__CONFIG"));
    }

    #[test]
    fn a_broken_file_is_said_by_its_line_and_shows_no_value() {
        let said = problems("log = \"info\"\nsmtp_url = \"smtps://robot:hunter2@host\nlog = 1");
        assert!(said.contains("line 2") && !said.contains("hunter2"), "{said}");
    }
}
