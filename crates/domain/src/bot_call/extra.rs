//! What is kept beside the fields: as much of it as fits.

use serde_json::{Map, Value};

use crate::text::FIELDS_MAX_BYTES;

/// The name under which it is said which of the kept fields were cut.
pub const CUT: &str = "_cut";

/// The most bytes that the names of what was cut take up.
const CUT_MAX_BYTES: usize = 1024;

/// The most characters of one such name.
const CUT_NAME_MAX: usize = 64;

/// Stands for the names that found no room.
const MORE: &str = "...";

/// Adds what a later call gave to what is kept, within the limit. What is kept already has precedence where
/// room is short; under one name, the later value counts.
pub fn merge_extra(kept: &mut Map<String, Value>, given: &Map<String, Value>) {
    if given.is_empty() {
        return;
    }
    let mut cut = take_cut(kept);
    for (name, value) in given {
        if name == CUT {
            cut.extend(names_in(value));
        } else {
            kept.insert(name.clone(), value.clone());
        }
    }
    *kept = limited(std::mem::take(kept), cut);
}

/// The same fields, at most [`FIELDS_MAX_BYTES`] as JSON. Those that fit whole go first, then the beginnings
/// of texts.
pub(super) fn limited(all: Map<String, Value>, mut cut: Vec<String>) -> Map<String, Value> {
    let braces = 2;
    if cut.is_empty()
        && braces + all.iter().map(|(name, value)| entry_len(name, value)).sum::<usize>() <= FIELDS_MAX_BYTES
    {
        return all;
    }
    let mut kept = Map::new();
    let mut room = FIELDS_MAX_BYTES - CUT_MAX_BYTES - braces;
    let mut too_long = Vec::new();
    for (name, value) in all {
        let needed = entry_len(&name, &value);
        if needed <= room {
            room -= needed;
            kept.insert(name, value);
        } else {
            too_long.push((name, value));
        }
    }
    for (name, value) in too_long {
        if let Some(beginning) = beginning(&name, &value, room) {
            room -= entry_len(&name, &beginning);
            kept.insert(name.clone(), beginning);
        }
        cut.push(name);
    }
    kept.insert(CUT.to_owned(), cut_names(cut));
    kept
}

/// The names of what was cut before.
fn take_cut(kept: &mut Map<String, Value>) -> Vec<String> {
    kept.shift_remove(CUT).as_ref().map(names_in).unwrap_or_default()
}

fn names_in(value: &Value) -> Vec<String> {
    let names = value.as_array().map(Vec::as_slice).unwrap_or_default();
    names.iter().filter_map(Value::as_str).map(str::to_owned).collect()
}

fn cut_names(cut: Vec<String>) -> Value {
    let mut room = CUT_MAX_BYTES - entry_len(CUT, &Value::Array(Vec::new())) - text_len(MORE) - 1;
    let mut names: Vec<Value> = Vec::new();
    for name in cut {
        let name: String = name.chars().take(CUT_NAME_MAX).collect();
        if names.iter().any(|other| *other == name) {
            continue;
        }
        let needed = text_len(&name) + 1;
        if needed > room {
            names.push(MORE.into());
            break;
        }
        room -= needed;
        names.push(name.into());
    }
    Value::Array(names)
}

/// As much of a text as fits into `room` bytes together with its name; none of other values.
fn beginning(name: &str, value: &Value, room: usize) -> Option<Value> {
    let text = value.as_str()?;
    let mut left = room.checked_sub(entry_len(name, &Value::from("")))?;
    let fits = |c: &char| {
        let needed = char_len(*c);
        let fits = needed <= left;
        left = left.saturating_sub(needed);
        fits
    };
    let beginning: String = text.chars().take_while(fits).collect();
    (!beginning.is_empty()).then(|| beginning.into())
}

/// How many bytes `"name":value,` takes up.
fn entry_len(name: &str, value: &Value) -> usize {
    let value = match value {
        Value::String(text) => text_len(text),
        other => other.to_string().len(),
    };
    text_len(name) + value + 2
}

fn text_len(text: &str) -> usize {
    2 + text.chars().map(char_len).sum::<usize>()
}

/// How many bytes a character takes up in JSON as `serde_json` writes it (RFC 8259, section 7).
const fn char_len(c: char) -> usize {
    match c {
        '"' | '\\' | '\n' | '\r' | '\t' | '\u{8}' | '\u{c}' => 2,
        '\0'..='\u{1f}' => 6,
        c => c.len_utf8(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn map(value: Value) -> Map<String, Value> {
        let Value::Object(map) = value else { panic!("an object is needed") };
        map
    }

    fn json_len(map: &Map<String, Value>) -> usize {
        serde_json::to_string(map).expect("JSON").len()
    }

    #[test]
    fn what_fits_stays_as_it_is() {
        let all = map(json!({"plan": "gold", "seats": 3, "long": "x".repeat(8 * 1024 - 40)}));
        assert_eq!(limited(all.clone(), Vec::new()), all);
    }

    #[test]
    fn a_long_text_is_cut_before_others_lose_their_place() {
        let all = map(json!({"name": "\"\u{1}ñ".repeat(5_000), "plan": "gold", "list": vec![0; 9_000]}));
        let kept = limited(all, Vec::new());
        assert_eq!(kept["plan"], "gold");
        assert_eq!(kept[CUT], json!(["name", "list"]));
        assert!(kept["name"].as_str().expect("a text").len() > 2_000);
        assert!(!kept.contains_key("list"));
        assert!((7_000..=FIELDS_MAX_BYTES).contains(&json_len(&kept)), "{}", json_len(&kept));
    }

    #[test]
    fn thousands_of_names_stay_within_the_limit() {
        let all: Map<String, Value> = (0..5_000).map(|n| (format!("field \"{n}\""), n.into())).collect();
        let kept = limited(all, Vec::new());
        assert!(json_len(&kept) <= FIELDS_MAX_BYTES, "{}", json_len(&kept));
        assert_eq!(kept[CUT].as_array().and_then(|names| names.last()), Some(&json!(MORE)));
    }

    #[test]
    fn the_later_value_counts_and_what_was_cut_stays_said() {
        let mut kept = map(json!({"plan": "gold", "seats": 3, CUT: ["name"]}));
        merge_extra(&mut kept, &map(json!({"plan": "silver", CUT: ["name", "page"]})));
        assert_eq!(kept, map(json!({"plan": "silver", "seats": 3, CUT: ["name", "page"]})));
        merge_extra(&mut kept, &map(json!({"big": "x".repeat(9_000)})));
        assert_eq!(kept["seats"], 3);
        assert_eq!(kept[CUT], json!(["name", "page", "big"]));
        assert!(json_len(&kept) <= FIELDS_MAX_BYTES);
    }
}
