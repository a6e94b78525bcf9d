//! Values of fields: read as text, or kept nearly as they are.

use std::borrow::Cow;

use serde_json::{Number, Value};

use super::python_list;

/// What is between the elements of a list that is read as text.
const BETWEEN: &str = ", ";

/// The largest integer up to which every integer has a floating-point number of its own.
const EXACT_INTEGERS: f64 = 9_007_199_254_740_992.0;

/// A value as text, trimmed. None for `null` and for an object.
pub(crate) fn text(value: &Value) -> Option<Cow<'_, str>> {
    match value {
        Value::Null | Value::Object(_) => None,
        Value::Bool(true) => Some("true".into()),
        Value::Bool(false) => Some("false".into()),
        Value::Number(number) => Some(number_text(number).into()),
        Value::String(text) => Some(listed(text.trim())),
        Value::Array(items) => {
            Some(items.iter().filter_map(element).collect::<Vec<_>>().join(BETWEEN).into())
        }
    }
}

fn element(value: &Value) -> Option<Cow<'_, str>> {
    match value {
        Value::Array(_) | Value::Object(_) => Some(value.to_string().into()),
        _ => text(value),
    }
}

fn listed(text: &str) -> Cow<'_, str> {
    python_list::elements(text).map_or(Cow::Borrowed(text), |elements| elements.join(BETWEEN).into())
}

/// Some builders make `42.0` of every 42.
fn number_text(number: &Number) -> String {
    match number.as_f64() {
        Some(float) if number.is_f64() && float.fract() == 0.0 && float.abs() < EXACT_INTEGERS => {
            format!("{float:.0}")
        }
        _ => number.to_string(),
    }
}

/// A value to be kept as it was given, but without NUL, which not every database stores, and no deeper than
/// two levels: what is below is kept as JSON text.
pub(super) fn kept(value: &Value) -> Value {
    match value {
        Value::Array(items) => items.iter().map(flat).collect(),
        Value::Object(members) => {
            members.iter().map(|(name, value)| (without_nul(name), flat(value))).collect()
        }
        other => flat(other),
    }
}

fn flat(value: &Value) -> Value {
    match value {
        Value::String(text) => without_nul(text).into(),
        Value::Array(_) | Value::Object(_) => value.to_string().into(),
        scalar => scalar.clone(),
    }
}

/// The text without the characters that not every database stores.
pub(super) fn without_nul(text: &str) -> String {
    text.replace('\0', "")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn scalars_and_lists_are_read_as_text() {
        for (value, expected) in [
            (json!(" Ana "), "Ana"),
            (json!(34_600_111_222_u64), "34600111222"),
            (json!(123.0), "123"),
            (json!(-1.5), "-1.5"),
            (json!(1e300), "1e+300"),
            (json!(true), "true"),
            (json!(["a", null, 2, ["b"]]), r#"a, 2, ["b"]"#),
            (json!(" ['a', 'b'] "), "a, b"),
            (json!("[urgent] help"), "[urgent] help"),
        ] {
            assert_eq!(text(&value).expect("a text"), expected, "{value}");
        }
        assert_eq!(text(&json!(null)), None);
        assert_eq!(text(&json!({"a": 1})), None);
    }

    #[test]
    fn what_is_kept_is_shallow_and_without_nul() {
        let value = json!({"a\0": [1, {"b": "c"}], "d": "e\0", "f": null});
        assert_eq!(kept(&value), json!({"a": r#"[1,{"b":"c"}]"#, "d": "e", "f": null}));
        assert_eq!(kept(&json!(["x\0", [1]])), json!(["x", "[1]"]));
    }
}
