//! Whose call it is, whether or not it could be understood.

use super::{Fields, ReadingContext, read_lookup};
use crate::{conversation::Delivery, identity::Identity};

/// Whether a call as it arrived gives one of these identities as its bot's calls or hooks do, or mentions one somewhere
/// else.
pub fn names_any(query: &str, body: &[u8], context: &ReadingContext, identities: &[Identity]) -> bool {
    let fields = Fields::read(query, body);
    let given = fields.map(|fields| read_lookup(&fields, context)).unwrap_or_default();
    let text = format!("{query}\n{}", String::from_utf8_lossy(body)).to_lowercase();
    let delivered = |identity: &Identity| match identity {
        Identity::Customer { bot, customer } => *bot == context.bot && Delivery::names(body, customer),
        Identity::Email(_) | Identity::Phone(_) => false,
    };
    let named = |identity| given.contains(identity) || mentions(&text, identity) || delivered(identity);
    identities.iter().any(named)
}

/// Whether a text has a mail address or a phone number in it, and not as a part of something longer. Customer ids are
/// too short to be searched for.
fn mentions(text: &str, identity: &Identity) -> bool {
    let word = match identity {
        Identity::Customer { .. } => return false,
        Identity::Email(email) => email.as_str(),
        Identity::Phone(phone) => phone.as_str(),
    };
    text.match_indices(word).any(|(start, _)| {
        let before = text[..start].chars().next_back();
        let after = text[start + word.len()..].chars().next();
        !before.is_some_and(char::is_alphanumeric) && !after.is_some_and(char::is_alphanumeric)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identity::{EmailAddress, PhoneNumber};

    #[test]
    fn a_mention_is_not_a_part_of_something_longer() {
        let email = Identity::Email(EmailAddress::restore("ana@example.com".to_owned()));
        assert!(mentions("write to <ana@example.com>, please", &email));
        assert!(!mentions("write to diana@example.com, please", &email));
        let phone = Identity::Phone(PhoneNumber::restore("+34600111222".to_owned()));
        assert!(mentions("call +34600111222", &phone));
        assert!(!mentions("call +346001112223", &phone));
    }
}
