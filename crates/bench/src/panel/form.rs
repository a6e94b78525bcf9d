//! What a list's page offers to filter by: read from its form, so that a new filter is measured by itself.

use std::fmt::Write as _;

/// What is asked for where a form has a field for a text.
const ORIGINS: [&str; 3] = ["landing", "blog", "no such origin"];

/// What a part of a query asks for, such as `status=open`.
pub(super) type Term = String;

/// A filter, by the terms that it can have.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Filter {
    pub(super) terms: Vec<Term>,
}

/// Days to ask for, as `2026-11-23`.
#[derive(Debug, Clone)]
pub(super) struct Days {
    /// Nearly all is younger.
    pub(super) old: String,
    /// A month long ago.
    pub(super) from: String,
    pub(super) to: String,
    /// Nearly all is older.
    pub(super) recent: String,
}

/// The filters of a page, but for what is searched.
pub(super) fn filters(page: &str, days: &Days) -> Vec<Filter> {
    let form = page.split_once("<form class=\"filters\"").map_or("", |(_, rest)| rest);
    let form = form.split_once("</form>").map_or(form, |(form, _)| form);
    let selects = form.split("<select").skip(1).filter_map(select);
    let inputs = form.split("<input").skip(1).filter_map(|input| self::input(input, days));
    selects.chain(inputs).filter(|filter| !filter.terms.is_empty()).collect()
}

fn select(text: &str) -> Option<Filter> {
    let name = attribute(text, "name")?;
    let text = text.split_once("</select>")?.0;
    let values = text.split("<option").skip(1).filter_map(|option| attribute(option, "value"));
    Some(Filter { terms: values.filter(|value| !value.is_empty()).map(|value| term(name, value)).collect() })
}

/// A date is asked for with the one that ends its span, so that one field tells of both.
fn input(text: &str, days: &Days) -> Option<Filter> {
    let name = attribute(text, "name")?;
    match (attribute(text, "type"), name.strip_suffix("_from")) {
        (Some("date"), Some(what)) => {
            let Days { old, from, to, recent } = days;
            Some(Filter {
                terms: vec![
                    format!("{what}_from={recent}"),
                    format!("{what}_from={from}&{what}_to={to}"),
                    format!("{what}_to={old}"),
                ],
            })
        }
        (None, _) => Some(Filter { terms: ORIGINS.iter().map(|origin| term(name, origin)).collect() }),
        _ => None,
    }
}

fn attribute<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    let tag = text.split_once('>').map_or(text, |(tag, _)| tag);
    let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
    rest.split_once('"').map(|(value, _)| value)
}

/// A name and a value for a query.
pub(super) fn term(name: &str, value: &str) -> Term {
    let mut term = format!("{name}=");
    for byte in value.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' => term.push(byte.into()),
            _ => write!(term, "%{byte:02X}").expect("a String takes everything"),
        }
    }
    term
}

/// Nothing, each term, and each pair of terms of two filters.
pub(super) fn combinations(filters: &[Filter]) -> Vec<Term> {
    let mut all = vec![Term::new()];
    for (index, filter) in filters.iter().enumerate() {
        all.extend(filter.terms.iter().cloned());
        for other in &filters[index + 1..] {
            all.extend(
                filter.terms.iter().flat_map(|one| other.terms.iter().map(move |two| format!("{one}&{two}"))),
            );
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = r#"<form class="other"><input name="csrf"></form>
        <form class="filters" data-auto><input id="f-q" type="search" name="q" value="">
        <select id="f-status" name="status"><option value="">All</option>
        <option value="open" selected>Open</option><option value="closed">Closed</option></select>
        <input id="f-origin" name="origin" value=""><input type="date" name="created_from" value="">
        <input type="date" name="created_to" value=""><button>Show</button></form><select name="change"></select>"#;

    fn days() -> Days {
        let day = str::to_owned;
        Days { old: day("a"), from: day("b"), to: day("c"), recent: day("d") }
    }

    #[test]
    fn filters_are_those_of_the_page() {
        let filters = filters(PAGE, &days());
        let terms: Vec<_> = filters.iter().map(|filter| filter.terms.join(" ")).collect();
        assert_eq!(
            terms,
            [
                "status=open status=closed",
                "origin=landing origin=blog origin=no%20such%20origin",
                "created_from=d created_from=b&created_to=c created_to=a",
            ]
        );
    }

    #[test]
    fn each_term_and_each_pair_of_two_filters_is_asked_for() {
        let filter = |terms: &[&str]| Filter { terms: terms.iter().map(|&term| term.to_owned()).collect() };
        let all = combinations(&[filter(&["a=1", "a=2"]), filter(&["b=1"]), filter(&["c=1"])]);
        assert_eq!(
            all,
            ["", "a=1", "a=2", "a=1&b=1", "a=2&b=1", "a=1&c=1", "a=2&c=1", "b=1", "b=1&c=1", "c=1"]
        );
    }
}
