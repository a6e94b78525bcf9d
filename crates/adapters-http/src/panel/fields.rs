//! What a form or a query string brings.

use std::{fmt::Display, str::FromStr};

use actix_web::HttpRequest;
use application::ports::{Page, Span};
use domain::ledger::{begin_of, end_of};
use jiff::civil::Date;
use uuid::Uuid;

use super::error::PanelError;

/// Rows of a list on one page.
pub(super) const ROWS: u16 = 50;

/// The name of the field that says where a page of a list begins.
const BEFORE: &str = "before";

/// What an address tells beside a filter: where a page begins, and what was done.
const NO_FILTERS: [&str; 4] = [BEFORE, "done", "changed", "left"];

/// Names and values, in their order.
#[derive(Clone, Default)]
pub(super) struct Fields(Vec<(String, String)>);

impl Fields {
    /// What was sent as `application/x-www-form-urlencoded`.
    pub(super) fn of_form(body: &[u8]) -> Self {
        Self(form_urlencoded::parse(body).into_owned().collect())
    }

    /// These names and values.
    pub(super) fn of_pairs(pairs: impl IntoIterator<Item = (String, String)>) -> Self {
        Self(pairs.into_iter().collect())
    }

    /// What an address brings.
    pub(super) fn of_query(request: &HttpRequest) -> Self {
        Self::of_form(request.query_string().as_bytes())
    }

    /// A text, without outer spaces; none if it is empty.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.all(name).next()
    }

    /// A text as it was typed, such as a password.
    pub(super) fn raw(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(given, _)| given == name).map(|(_, value)| value.as_str())
    }

    /// Every text under this name that is not empty.
    pub(super) fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        let named = self.0.iter().filter(move |(given, _)| given == name);
        named.map(|(_, value)| value.trim()).filter(|value| !value.is_empty())
    }

    /// Whether a box was ticked.
    pub(super) fn is_ticked(&self, name: &str) -> bool {
        self.text(name).is_some()
    }

    /// A text that has to be there.
    pub(super) fn needed(&self, name: &'static str) -> Result<&str, PanelError> {
        self.text(name).ok_or_else(|| PanelError::field(name, "a value is needed"))
    }

    /// A value of a type.
    pub(super) fn value<T: FromStr<Err: Display>>(&self, name: &str) -> Result<Option<T>, PanelError> {
        let read = |text: &str| text.parse().map_err(|error: T::Err| PanelError::field(name, error));
        self.text(name).map(read).transpose()
    }

    /// The UTC days `<name>_from` to `<name>_to`, both whole.
    pub(super) fn days(&self, name: &str) -> Result<Span, PanelError> {
        Ok(Span {
            from: self.value::<Date>(&format!("{name}_from"))?.map(begin_of),
            until: self.value::<Date>(&format!("{name}_to"))?.map(end_of),
        })
    }

    /// Which part of a list is asked for: one row more than is shown, to know whether it goes on.
    pub(super) fn page(&self) -> Result<Page, PanelError> {
        Ok(Page { before: self.value(BEFORE)?, limit: ROWS + 1 })
    }

    /// The fields of an address, without where its page begins and what was done.
    pub(super) fn filter(&self) -> Self {
        let kept = |(name, value): &&(String, String)| {
            !NO_FILTERS.contains(&name.as_str()) && !value.trim().is_empty()
        };
        Self(self.0.iter().filter(kept).cloned().collect())
    }

    /// Only the fields of these names.
    pub(super) fn only(&self, names: &[&str]) -> Self {
        let kept =
            |(name, value): &&(String, String)| names.contains(&name.as_str()) && !value.trim().is_empty();
        Self(self.0.iter().filter(kept).cloned().collect())
    }

    /// The same fields, but this one alone under its name.
    pub(super) fn with(mut self, name: &str, value: impl Display) -> Self {
        self.0.retain(|(given, _)| given != name);
        self.0.push((name.to_owned(), value.to_string()));
        self
    }

    /// Whether there is anything.
    pub(super) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All of it, for hidden fields of a form.
    pub(super) fn pairs(&self) -> &[(String, String)] {
        &self.0
    }

    /// As the query of an address, with its question mark.
    pub(super) fn query(&self) -> String {
        let mut query = form_urlencoded::Serializer::for_suffix(String::from("?"), 1);
        query.extend_pairs(&self.0);
        query.finish()
    }
}

/// Cuts what was found for a page to what it shows. Answers the address of the next page, if there is one.
pub(super) fn older<T>(
    found: &mut Vec<T>,
    asked: &Fields,
    path: &str,
    id: impl Fn(&T) -> Uuid,
) -> Option<String> {
    let goes_on = found.len() > usize::from(ROWS);
    found.truncate(usize::from(ROWS));
    let last = found.last().filter(|_| goes_on)?;
    Some(format!("{path}{}", asked.filter().with(BEFORE, id(last)).query()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_survives_the_way_through_an_address() {
        let fields = Fields::of_form(b"q=a+b%26c&status=open&status=pending&before=1&done=saved&empty=+");
        assert_eq!(fields.filter().query(), "?q=a+b%26c&status=open&status=pending");
        assert_eq!(fields.all("status").collect::<Vec<_>>(), ["open", "pending"]);
        assert_eq!(fields.filter().with("status", "closed").query(), "?q=a+b%26c&status=closed");
        assert_eq!(fields.only(&["status", "empty"]).query(), "?status=open&status=pending");
    }

    #[test]
    fn a_value_that_cannot_be_read_names_its_field() {
        let fields = Fields::of_form(b"before=yesterday&day_from=2026-02-30");
        assert!(matches!(fields.page(), Err(PanelError::Field { field, .. }) if field == "before"));
        assert!(matches!(fields.days("day"), Err(PanelError::Field { field, .. }) if field == "day_from"));
    }

    #[test]
    fn a_list_goes_on_while_there_is_more_than_a_page_shows() {
        let asked = Fields::of_form(b"q=ana&before=x");
        let id = |n: &u128| Uuid::from_u128(*n);
        let mut found: Vec<u128> = (0..=u128::from(ROWS)).collect();
        let next = older(&mut found, &asked, "/admin/users", id).expect("another page");
        assert!(next.starts_with("/admin/users?q=ana&before=") && found.len() == usize::from(ROWS));
        assert_eq!(older(&mut found, &asked, "/admin/users", id), None);
    }
}
