//! What people search lists by: a part of a name, an address, a number, a text.
//!
//! Texts are compared folded: in lower case and without accents, so that `garcia` finds García. What is stored has two
//! line breaks before each field, which no folded text has within. Three characters or more are looked for anywhere;
//! fewer would be in nearly everything, and are looked for at the beginning of a field, with its line breaks: so what
//! is looked for has always three characters, which is what indexes of trigrams need.

use std::fmt;

use crate::{
    ids::{BotId, TicketId, UserId},
    ticket::{Reference, Ticket},
    user::User,
};

/// So many characters of a ticket's description are searched.
const DESCRIPTION_SEARCHED: usize = 2_000;

/// So many characters are looked for anywhere.
const ANYWHERE: usize = 3;

/// What separates fields.
const BREAK: &str = "\n\n";

/// The folded text that something is found by.
#[derive(Clone, PartialEq, Eq)]
pub struct SearchText(String);

impl SearchText {
    fn of<'t>(fields: impl IntoIterator<Item = &'t str>) -> Self {
        let mut text = String::new();
        for field in fields {
            text.push_str(BREAK);
            fold_into(&mut text, field);
        }
        Self(text)
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SearchText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SearchText(..)")
    }
}

/// What a user is found by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserEntry {
    /// The user.
    pub user_id: UserId,
    /// The bot that registered it.
    pub bot_id: BotId,
    /// Its first source.
    pub origin: Option<String>,
    /// Name, address and phone number.
    pub text: SearchText,
}

impl From<&User> for UserEntry {
    fn from(user: &User) -> Self {
        let fields = [
            user.name.as_deref(),
            user.email.as_ref().map(crate::identity::EmailAddress::as_str),
            user.phone.as_ref().map(crate::identity::PhoneNumber::as_str),
        ];
        Self {
            user_id: user.id,
            bot_id: user.bot_id,
            origin: user.first_origin.source.clone(),
            text: SearchText::of(fields.into_iter().flatten()),
        }
    }
}

/// What a ticket is found by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TicketEntry {
    /// The ticket.
    pub ticket_id: TicketId,
    /// The first source of its user.
    pub origin: Option<String>,
    /// Its reference and the beginning of its description.
    pub text: SearchText,
}

impl TicketEntry {
    /// What a ticket is found by whose user came from `origin` at first.
    pub fn new(ticket: &Ticket, origin: Option<String>) -> Self {
        let reference = ticket.reference.to_string();
        let description = ticket.description.as_str();
        let end =
            description.char_indices().nth(DESCRIPTION_SEARCHED).map_or(description.len(), |(at, _)| at);
        let text = SearchText::of([reference.as_str(), &description[..end]]);
        Self { ticket_id: ticket.id, origin, text }
    }
}

/// What is looked for, at least three characters.
#[derive(Clone, PartialEq, Eq)]
pub struct Needle(String);

impl Needle {
    /// Reads what a person typed to find users; none if it has neither letters nor digits. A phone number may be typed
    /// with spaces and dashes.
    pub fn for_users(typed: &str) -> Option<Self> {
        let folded = fold(typed);
        if is_number(&folded) {
            let digits: String = folded.chars().filter(|c| *c == '+' || c.is_ascii_digit()).collect();
            return Self::of(&digits);
        }
        Self::of(&folded)
    }

    /// Reads what a person typed to find tickets; none if it has neither letters nor digits. A reference may be typed
    /// without its zeros.
    pub fn for_tickets(typed: &str) -> Option<Self> {
        let folded = fold(typed);
        match folded.parse::<Reference>() {
            Ok(reference) if folded.starts_with('t') || folded.len() < ANYWHERE => {
                Some(Self(format!("{BREAK}{}", fold(&reference.to_string()))))
            }
            _ => Self::of(&folded),
        }
    }

    fn of(folded: &str) -> Option<Self> {
        if !folded.contains(char::is_alphanumeric) {
            return None;
        }
        let missing = ANYWHERE.saturating_sub(folded.chars().count());
        Some(Self(format!("{}{folded}", &BREAK[..missing])))
    }

    /// The text that is looked for.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is found in `text`.
    pub fn is_in(&self, text: &SearchText) -> bool {
        text.0.contains(&self.0)
    }
}

impl fmt::Debug for Needle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Needle(..)")
    }
}

/// Whether it is a phone number or the beginning of one, as people type them.
fn is_number(folded: &str) -> bool {
    folded.contains(|c: char| c.is_ascii_digit())
        && folded.chars().all(|c| c.is_ascii_digit() || matches!(c, '+' | ' ' | '-' | '(' | ')' | '.' | '/'))
}

/// A text as it is compared: on one line, trimmed, in lower case, without accents.
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    fold_into(&mut folded, text.trim());
    folded
}

/// Adds `text` on one line, in lower case, without accents.
fn fold_into(folded: &mut String, text: &str) {
    for c in text.chars().flat_map(char::to_lowercase).filter(|&c| !is_mark(c)) {
        match letter(c) {
            Some(letters) => folded.push_str(letters),
            None if !c.is_whitespace() && !c.is_control() => folded.push(c),
            None if !folded.ends_with([' ', '\n']) => folded.push(' '),
            None => {}
        }
    }
}

/// Combining diacritical marks, which follow their letter.
const fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}')
}

/// What a Latin letter with a mark is without it (Unicode blocks Latin-1 Supplement and Latin Extended-A).
const fn letter(c: char) -> Option<&'static str> {
    Some(match c {
        'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' | 'ā' | 'ă' | 'ą' => "a",
        'æ' => "ae",
        'ç' | 'ć' | 'ĉ' | 'ċ' | 'č' => "c",
        'ď' | 'đ' | 'ð' => "d",
        'è' | 'é' | 'ê' | 'ë' | 'ē' | 'ĕ' | 'ė' | 'ę' | 'ě' => "e",
        'ĝ' | 'ğ' | 'ġ' | 'ģ' => "g",
        'ĥ' | 'ħ' => "h",
        'ì' | 'í' | 'î' | 'ï' | 'ĩ' | 'ī' | 'ĭ' | 'į' | 'ı' => "i",
        'ĵ' => "j",
        'ķ' => "k",
        'ĺ' | 'ļ' | 'ľ' | 'ŀ' | 'ł' => "l",
        'ñ' | 'ń' | 'ņ' | 'ň' => "n",
        'ò' | 'ó' | 'ô' | 'õ' | 'ö' | 'ø' | 'ō' | 'ŏ' | 'ő' => "o",
        'œ' => "oe",
        'ŕ' | 'ŗ' | 'ř' => "r",
        'ś' | 'ŝ' | 'ş' | 'š' => "s",
        'ß' => "ss",
        'ţ' | 'ť' | 'ŧ' => "t",
        'ù' | 'ú' | 'û' | 'ü' | 'ũ' | 'ū' | 'ŭ' | 'ů' | 'ű' | 'ų' => "u",
        'ŵ' => "w",
        'ý' | 'ÿ' | 'ŷ' => "y",
        'ź' | 'ż' | 'ž' => "z",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(fields: &[&str]) -> SearchText {
        SearchText::of(fields.iter().copied())
    }

    fn finds(typed: &str, fields: &[&str]) -> bool {
        Needle::for_users(typed).expect("it looks for something").is_in(&text(fields))
    }

    #[test]
    fn a_part_of_any_field_is_found_whatever_its_case_and_accents() {
        let ana = ["Ana  María\tGarcía", "ana.garcia@example.com", "+34600111222"];
        for typed in ["garcia", "GARCÍA", "a mari", "ria garc", "@example.c", " .com ", "arcı\u{301}a"] {
            assert!(finds(typed, &ana), "{typed}");
        }
        for typed in ["garcias", "com+34", "com 34", "maria ana"] {
            assert!(!finds(typed, &ana), "{typed}");
        }
        assert!(finds("strasse", &["Straße 1"]) && finds("سلام", &["سلام"]));
    }

    #[test]
    fn less_than_three_characters_are_the_beginning_of_a_field() {
        let ana = ["Ana García", "bea@example.com", "+34600111222"];
        for typed in ["a", "an", "b", "be", "+3"] {
            assert!(finds(typed, &ana), "{typed}");
        }
        for typed in ["n", "ga", "ex", "34", "c"] {
            assert!(!finds(typed, &ana), "{typed}");
        }
    }

    #[test]
    fn what_is_looked_for_has_three_characters_at_least() {
        for (typed, needle) in [("a", "\n\na"), ("ñu", "\nnu"), ("ana", "ana"), ("日", "\n\n日")] {
            assert_eq!(Needle::for_users(typed).expect("it is something").as_str(), needle);
        }
        for typed in ["", " ", "--", "@", "%_%"] {
            assert_eq!(Needle::for_users(typed), None, "{typed:?}");
        }
    }

    #[test]
    fn a_phone_number_is_found_as_it_is_dialled() {
        for typed in ["+34 600 111-222", "600 111 222", "(600) 111", "600.111/2"] {
            assert!(finds(typed, &["Ana", "+34600111222"]), "{typed}");
        }
    }

    #[test]
    fn a_ticket_is_found_by_its_reference_and_its_text() {
        let text = text(&["T-000042", "Order 2026-11-23\nis late"]);
        for typed in ["t-42", "T42", "42", "T-000042", "000042", "2026-11", "23 IS late"] {
            assert!(Needle::for_tickets(typed).expect("something").is_in(&text), "{typed}");
        }
        for typed in ["t-4", "4", "T-000421", "late or"] {
            assert!(!Needle::for_tickets(typed).expect("something").is_in(&text), "{typed}");
        }
    }

    #[test]
    fn nothing_personal_is_shown_in_logs() {
        let shown = format!("{:?} {:?}", text(&["ana"]), Needle::for_users("ana"));
        assert!(!shown.contains("ana"), "{shown}");
    }
}
