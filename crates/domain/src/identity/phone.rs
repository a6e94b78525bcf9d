//! Phone numbers.
//!
//! Numbering plans come from the `phonenumber` crate, which carries the tables of Google's libphonenumber.
//! They are loaded at the first parse, which takes about a tenth of a second and 5 MB; each country that is
//! met adds its own patterns.

use std::{borrow::Cow, fmt, str::FromStr};

use phonenumber::{
    Metadata, country,
    metadata::{DATABASE, Database},
};

use super::personal_text;

/// The most digits of a number with its country code (ITU-T E.164, section 6.2.1).
const MAX_DIGITS: usize = 15;

/// The most digits that are looked at: what E.164 allows, after an international prefix and a trunk prefix.
const MAX_WRITTEN_DIGITS: usize = MAX_DIGITS + 6;

/// The most digits of a country code.
const MAX_CODE_DIGITS: usize = 3;

/// A country by its ISO 3166-1 alpha-2 code: where national numbers are from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Country(country::Id);

/// A text is no country with phone numbers of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a country is two letters, such as ES or GB (ISO 3166-1)")]
pub struct CountryError;

impl Country {
    /// Reads a code in any case; outer spaces do not matter.
    pub fn parse(text: &str) -> Result<Self, CountryError> {
        text.trim().to_ascii_uppercase().parse().map(Self).map_err(|_| CountryError)
    }

    /// The code, in capitals.
    pub fn as_str(&self) -> &str {
        self.0.as_ref()
    }
}

impl FromStr for Country {
    type Err = CountryError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

impl fmt::Display for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A phone number as E.164 writes it: `+`, country code, national number.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PhoneNumber(String);

personal_text!(PhoneNumber);

/// A text is not a phone number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PhoneError {
    /// It has other characters than digits and separators, or far too many digits.
    #[error("a phone number is digits, with a plus in front and spaces, dashes, dots or parentheses between")]
    NotANumber,
    /// No numbering plan has such a number.
    #[error("no country has a phone number like this; a country code may be missing")]
    NotInAnyPlan,
}

impl PhoneNumber {
    /// Reads a number as people write it. With a `+` or `00` in front it is international. Otherwise it is
    /// national in the default country if it is a number there, and else international if it is a number that
    /// way.
    pub fn parse(text: &str, default_country: Option<Country>) -> Result<Self, PhoneError> {
        let written = Written::read(text).ok_or(PhoneError::NotANumber)?;
        let digits = written.digits.as_str();
        let national = || default_country.and_then(|country| national(digits, country));
        let number = match digits.strip_prefix("00") {
            Some(rest) => international(rest).or_else(national),
            None if written.plus => international(digits),
            None => national().or_else(|| international(digits)),
        };
        number.map(Self).ok_or(PhoneError::NotInAnyPlan)
    }
}

/// What a written number says, without how it is spaced.
struct Written {
    plus: bool,
    digits: String,
}

impl Written {
    fn read(text: &str) -> Option<Self> {
        let text = text.trim();
        let text = match text.get(..4) {
            Some(scheme) if scheme.eq_ignore_ascii_case("tel:") => &text[4..],
            _ => text,
        };
        let mut written = Self { plus: false, digits: String::with_capacity(MAX_WRITTEN_DIGITS) };
        for c in text.chars() {
            match digit(c) {
                Some(digit) if written.digits.len() < MAX_WRITTEN_DIGITS => written.digits.push(digit),
                None if is_separator(c) => {}
                None if is_plus(c) && !written.plus && written.digits.is_empty() => written.plus = true,
                _ => return None,
            }
        }
        (!written.digits.is_empty()).then_some(written)
    }
}

/// The ASCII digit of a digit in one of the scripts whose keyboards have their own.
fn digit(c: char) -> Option<char> {
    const ZEROS: [char; 4] = ['\u{660}', '\u{6F0}', '\u{966}', '\u{FF10}'];
    let nth = |zero: char| u32::from(c).checked_sub(u32::from(zero)).filter(|n| *n < 10);
    let other = || ZEROS.into_iter().find_map(nth).and_then(|n| char::from_digit(n, 10));
    if c.is_ascii() { Some(c).filter(char::is_ascii_digit) } else { other() }
}

const fn is_plus(c: char) -> bool {
    matches!(c, '+' | '\u{FF0B}')
}

/// Spaces, dashes and the like, also the invisible marks that come along when a number is copied.
fn is_separator(c: char) -> bool {
    let is_dash = matches!(c, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}');
    let is_mark = matches!(c, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}');
    is_dash || is_mark || c.is_whitespace() || matches!(c, '.' | '(' | ')' | '/' | '\u{FEFF}')
}

/// The number with these digits, country code first.
fn international(digits: &str) -> Option<String> {
    let digits = without_old_mobile_prefix(digits.trim_start_matches("00"));
    let (code_length, plans) = (1..=MAX_CODE_DIGITS).find_map(|length| {
        let code: u16 = digits.get(..length)?.parse().ok()?;
        DATABASE.by_code(&code).map(|plans| (length, plans))
    })?;
    if digits.len() <= MAX_DIGITS && is_in_any(&plans, &digits[code_length..]) {
        return Some(format!("+{digits}"));
    }
    // It may have a trunk prefix, as in +44 (0) 20 7946 0018.
    let country = plans.first()?.id().parse().ok();
    through_plan(country, &format!("+{digits}"))
}

/// Mexico had a 1 between its code and mobile numbers until 2019; messengers still write it.
fn without_old_mobile_prefix(digits: &str) -> Cow<'_, str> {
    match digits.strip_prefix("521") {
        Some(number) if number.len() == 10 => format!("52{number}").into(),
        _ => digits.into(),
    }
}

fn national(digits: &str, country: Country) -> Option<String> {
    DATABASE.by_id(country.as_str())?;
    through_plan(Some(country.0), digits)
}

/// The number that the rules of the country make of `written`, if one of its plans has it.
fn through_plan(country: Option<country::Id>, written: &str) -> Option<String> {
    let database: &Database = &DATABASE;
    let parsed = phonenumber::parse_with(database, country, written).ok()?;
    let code = parsed.code().value();
    let national = parsed.national().to_string();
    let number = format!("+{code}{national}");
    (number.len() <= MAX_DIGITS + 1 && is_in_any(&database.by_code(&code)?, &national)).then_some(number)
}

/// The general pattern of a plan is enough: the patterns by type (mobile, premium, ...) lag behind what
/// operators hand out, and cost many times the memory.
fn is_in_any(plans: &[&Metadata], national: &str) -> bool {
    plans.iter().any(|plan| plan.descriptors().general().is_match(national))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, country: &str) -> Result<String, PhoneError> {
        PhoneNumber::parse(text, Country::parse(country).ok()).map(|number| number.to_string())
    }

    #[test]
    fn a_number_is_read_however_it_is_written() {
        for text in [
            "+34600111222",
            " +34 600 11-12.22 ",
            "tel:+34600111222",
            "TEL:+34-600-111-222",
            "(+34) 600/111/222",
            "0034 600 111 222",
            "+0034600111222",
            "34600111222",
            "\u{202a}+34\u{a0}600\u{2011}111\u{2011}222\u{202c}",
            "+٣٤٦٠٠١١١٢٢٢",
            "＋３４６００１１１２２２",
        ] {
            assert_eq!(read(text, ""), Ok("+34600111222".to_owned()), "{text}");
        }
    }

    #[test]
    fn national_numbers_are_read_with_the_default_country() {
        for (text, country, number) in [
            ("600 111 222", "es", "+34600111222"),
            ("34600111222", "ES", "+34600111222"),
            ("0034600111222", "US", "+34600111222"),
            ("011 34 600 111 222", "US", "+34600111222"),
            ("(202) 555-0143", "US", "+12025550143"),
            ("1 202 555 0143", "US", "+12025550143"),
            ("020 7946 0018", "GB", "+442079460018"),
            ("06 1234 5678", "IT", "+390612345678"),
            ("06 12 34 56 78", "FR", "+33612345678"),
            ("011 15-2345-6789", "AR", "+5491123456789"),
            ("8 (912) 345-67-89", "RU", "+79123456789"),
            ("442079460018", "ES", "+442079460018"),
        ] {
            assert_eq!(read(text, country), Ok(number.to_owned()), "{text} in {country}");
        }
    }

    #[test]
    fn international_numbers_do_not_need_to_be_known_well() {
        for (text, number) in [
            ("+44 (0) 20 7946 0018", "+442079460018"),
            ("+41524204242", "+41524204242"),
            ("+1 (555) 555-0123", "+15555550123"),
            ("+52 1 55 1234 5678", "+525512345678"),
            ("5215512345678", "+525512345678"),
            ("+800 1234 5678", "+80012345678"),
        ] {
            assert_eq!(read(text, ""), Ok(number.to_owned()), "{text}");
        }
    }

    #[test]
    fn what_no_country_has_is_refused() {
        for text in ["600111222", "0600111222", "+34 123", "+999123456789", "00", "123456", "1111111111"] {
            assert_eq!(read(text, ""), Err(PhoneError::NotInAnyPlan), "{text}");
        }
        assert_eq!(read("12", "ES"), Err(PhoneError::NotInAnyPlan));
        assert_eq!(read("1234567890123456789012", ""), Err(PhoneError::NotANumber));
        for text in ["", "+", "call me", "600111222 ext 5", "+34+600111222", "34+600111222", "+34600111222\0"]
        {
            assert_eq!(read(text, ""), Err(PhoneError::NotANumber), "{text}");
        }
    }

    #[test]
    fn a_country_is_an_iso_code() {
        assert_eq!(Country::parse(" es ").map(|country| country.to_string()), Ok("ES".to_owned()));
        for text in ["", "UK", "Spain", "E5", "ESP"] {
            assert_eq!(Country::parse(text), Err(CountryError), "{text}");
        }
    }
}
