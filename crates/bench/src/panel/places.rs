//! Which addresses are measured. Names of people and numbers of tickets are those that `frontdesk seed` makes up.

use anyhow::{Context as _, Result, ensure};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::form::{Days, Filter, Term, combinations, filters, term};
use super::rounds::{Door, Kind};
use crate::http::Client;

const DAY: SignedDuration = SignedDuration::from_hours(24);

/// What there are long lists of.
const LISTS: [&str; 3] = ["users", "tickets", "notifications"];

/// Lists that stay short.
const OTHERS: [&str; 6] =
    ["/admin/mail", "/admin/quarantine", "/admin/routing", "/admin/bots", "/admin/jobs", "/admin/agents"];

/// Parts of names, addresses and numbers: of many, of a few, of one and of none; the last two are so short that they are
/// looked for at the beginning.
const OF_USERS: [&str; 12] = [
    "garcía",
    "ana",
    "maría lópez",
    "etxeberria",
    "example.org",
    "shop.example",
    "10000421",
    "+3461",
    "nobody at all",
    "zzz",
    "an",
    "g",
];

/// The same of tickets.
const OF_TICKETS: [&str; 10] =
    ["invoice", "factura", "urgent", "annual plan", "t-0004", "4821", "481923", "nothing like it", "wh", "p"];

/// How many days ago deep pages begin.
const DEPTHS: [i64; 2] = [365, 700];

/// So many of what a page of a list shows are looked at.
const SINGLE: usize = 20;

/// The bars of lists, searches, single pages and the dashboard, in milliseconds.
const LIST: f64 = 150.0;
const SEARCH: f64 = 300.0;
const PAGE: f64 = 50.0;
const DASHBOARD: f64 = 200.0;

/// Looks at the panel, and says what there is to measure.
pub(super) async fn kinds(panel: &mut Client, api: &mut Client) -> Result<Vec<Kind>> {
    let days = days()?;
    let (mut kinds, mut searched) = (Vec::new(), Vec::new());
    for what in LISTS {
        let path = format!("/admin/{what}");
        let offered = filters(&text(panel, &path).await?, &days);
        let terms = combinations(&offered);
        kinds.push(Kind::new(&path, Door::Panel, LIST, deep(&path, &terms, &panel_depths()?)));
        let path = format!("/api/v1/{what}");
        let terms: Vec<_> = terms.iter().map(|terms| of_api(terms)).collect();
        let cursor = cursor(api, &path).await?;
        kinds.push(Kind::new(&path, Door::Api, LIST, deep(&path, &terms, &[cursor])));
        searched.extend(searches(what, &offered));
    }
    searched
        .extend(OF_USERS.iter().chain(&OF_TICKETS).map(|part| format!("/admin/search?{}", term("q", part))));
    kinds.push(Kind::new("searches", Door::Panel, SEARCH, searched));
    kinds.push(Kind::new("short lists", Door::Panel, LIST, OTHERS.map(str::to_owned).to_vec()));
    let (shown, given) = (shown_pages(panel).await?, given_pages(api).await?);
    kinds.push(Kind::new("pages of one user, ticket or message", Door::Panel, PAGE, shown));
    kinds.push(Kind::new("the same over the API", Door::Api, PAGE, given));
    kinds.push(Kind::new("dashboard", Door::Panel, DASHBOARD, vec!["/admin".to_owned()]));
    let ledger = format!("/api/v1/ledger/{}", days.recent);
    kinds.push(Kind::new("ledger of a day", Door::Api, DASHBOARD, vec![ledger]));
    Ok(kinds)
}

fn ago(days: i64) -> Result<Timestamp> {
    Timestamp::now().checked_sub(DAY * i32::try_from(days)?).context("counting days")
}

fn days() -> Result<Days> {
    let day = |ago_days| Ok::<_, anyhow::Error>(ago(ago_days)?.strftime("%Y-%m-%d").to_string());
    Ok(Days { old: day(690)?, from: day(400)?, to: day(370)?, recent: day(7)? })
}

/// Terms of pages that begin long ago: ids begin with the milliseconds at which they were made (RFC 9562, section 5.7).
fn panel_depths() -> Result<Vec<Term>> {
    let before = |days: &i64| {
        let milliseconds = ago(*days)?.as_millisecond();
        Ok(format!("before={:08x}-{:04x}-7000-8000-000000000000", milliseconds >> 16, milliseconds & 0xffff))
    };
    DEPTHS.iter().map(before).collect()
}

/// Where a page of the API begins that is deep in a list.
async fn cursor(api: &mut Client, path: &str) -> Result<Term> {
    let span = if path.ends_with("notifications") { "due" } else { "created" };
    let address = format!("{path}?limit=1&{span}_before={}", ago(DEPTHS[0])?);
    let page: Value = serde_json::from_str(&text(api, &address).await?)?;
    let cursor = page["next_cursor"].as_str().with_context(|| format!("{address} has no next page"))?;
    Ok(term("cursor", cursor))
}

/// A filter of the panel, as the API has it.
fn of_api(terms: &str) -> Term {
    let midnight = |part: &str| match part.split_once("_from=").map(|(name, day)| (name, "after", day)) {
        Some((name, end, day)) => format!("{name}_{end}={day}T00:00:00Z"),
        None => part
            .split_once("_to=")
            .map_or_else(|| part.to_owned(), |(name, day)| format!("{name}_before={day}T00:00:00Z")),
    };
    terms.split('&').map(midnight).collect::<Vec<_>>().join("&")
}

/// Each combination on its first page and on deep ones.
fn deep(path: &str, combinations: &[Term], depths: &[Term]) -> Vec<String> {
    let mut addresses = Vec::new();
    for terms in combinations {
        let pages =
            std::iter::once(terms.clone()).chain(depths.iter().map(|depth| format!("{terms}&{depth}")));
        addresses.extend(pages.map(|terms| format!("{path}?{}", terms.trim_start_matches('&'))));
    }
    addresses
}

/// Each needle alone, deep, and with each filter.
fn searches(what: &str, offered: &[Filter]) -> Vec<String> {
    let needles: &[&str] = match what {
        "users" => &OF_USERS,
        "tickets" => &OF_TICKETS,
        _ => &[],
    };
    let depths = panel_depths().unwrap_or_default();
    let terms = offered.iter().flat_map(|filter| &filter.terms).chain(&depths);
    let terms: Vec<_> = terms.collect();
    let mut addresses = Vec::new();
    for needle in needles {
        let address = format!("/admin/{what}?{}", term("q", needle));
        addresses.extend(terms.iter().map(|term| format!("{address}&{term}")));
        addresses.push(address);
    }
    addresses
}

/// What first and deep pages of the panel's lists lead to.
async fn shown_pages(panel: &mut Client) -> Result<Vec<String>> {
    let mut pages = Vec::new();
    for what in LISTS {
        for depth in std::iter::once(Term::new()).chain(panel_depths()?) {
            let list = text(panel, &format!("/admin/{what}?{depth}")).await?;
            let links = list.split("<a class=\"row\" href=\"").skip(1);
            pages.extend(
                links.filter_map(|link| link.split_once('"')).map(|(path, _)| path.to_owned()).take(SINGLE),
            );
        }
    }
    ensure!(!pages.is_empty(), "the lists are empty");
    Ok(pages)
}

/// The newest of each list of the API, and what happened to them.
async fn given_pages(api: &mut Client) -> Result<Vec<String>> {
    let mut pages = Vec::new();
    for what in LISTS {
        let list: Value = serde_json::from_str(&text(api, &format!("/api/v1/{what}?limit={SINGLE}")).await?)?;
        for item in list["items"].as_array().context("a list has items")? {
            let path = format!("/api/v1/{what}/{}", item["id"].as_str().context("an item has an id")?);
            if what != "notifications" {
                pages.push(format!("{path}/timeline"));
            }
            pages.push(path);
        }
    }
    Ok(pages)
}

async fn text(client: &mut Client, address: &str) -> Result<String> {
    let answer = client.get(address).await?;
    ensure!(answer.status == 200, "{address} was answered {}: {}", answer.status, answer.text());
    Ok(answer.text())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_of_the_panel_is_one_of_the_api() {
        let api = of_api("status=open&created_from=2026-01-02&created_to=2026-01-03");
        assert_eq!(api, "status=open&created_after=2026-01-02T00:00:00Z&created_before=2026-01-03T00:00:00Z");
        assert_eq!(of_api(""), "");
    }

    #[test]
    fn every_combination_has_a_first_and_deep_pages() {
        let [terms, depths] = [["", "a=1"], ["before=x", "before=y"]].map(|all| all.map(str::to_owned));
        let addresses = deep("/l", &terms, &depths);
        assert_eq!(
            addresses,
            ["/l?", "/l?before=x", "/l?before=y", "/l?a=1", "/l?a=1&before=x", "/l?a=1&before=y"]
        );
    }
}
