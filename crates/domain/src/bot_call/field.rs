//! The fields of a call, and the names that bots give them.

use crate::names::named;

named! {
    /// A field of a call.
    Field {
        /// What the person is called.
        Name = "name",
        /// The first part of a name in two parts.
        FirstName = "first_name",
        /// The second part.
        LastName = "last_name",
        /// Mail address.
        Email = "email",
        /// Phone number.
        Phone = "phone",
        /// Landbot's id of the customer.
        CustomerId = "customer_id",
        /// The chat in Landbot's inbox.
        ChatUuid = "chat_uuid",
        /// The language of the person.
        Language = "language",
        /// Whether the person agreed.
        Consent = "consent",
        /// To which words.
        ConsentText = "consent_text",
        /// Where the person comes from, in free text.
        Origin = "origin",
        /// The page with the chat.
        OriginPage = "origin_page",
        /// The page before that.
        OriginReferrer = "origin_referrer",
        /// The campaign's source.
        UtmSource = "utm_source",
        /// The campaign's medium.
        UtmMedium = "utm_medium",
        /// The campaign's name.
        UtmCampaign = "utm_campaign",
        /// What a ticket is about.
        Topic = "topic",
        /// What the person wrote.
        Description = "description",
        /// The `Idempotency-Key` header; no field of a body.
        IdempotencyKey = "idempotency_key",
    }
}

/// Every name by which a field of a body is known, without separators. When a call gives a field under more
/// than one of its names, the one that stands first here counts.
const SPELLINGS: &[(&str, Field)] = &[
    ("name", Field::Name),
    ("fullname", Field::Name),
    ("firstname", Field::FirstName),
    ("lastname", Field::LastName),
    ("email", Field::Email),
    ("mail", Field::Email),
    ("phone", Field::Phone),
    ("phonenumber", Field::Phone),
    ("tel", Field::Phone),
    ("mobile", Field::Phone),
    ("customerid", Field::CustomerId),
    ("landbotid", Field::CustomerId),
    ("landbotuserid", Field::CustomerId),
    ("chatuuid", Field::ChatUuid),
    ("language", Field::Language),
    ("locale", Field::Language),
    ("lang", Field::Language),
    ("consent", Field::Consent),
    ("consenttext", Field::ConsentText),
    ("origin", Field::Origin),
    ("source", Field::Origin),
    ("originpage", Field::OriginPage),
    ("originreferrer", Field::OriginReferrer),
    ("utmsource", Field::UtmSource),
    ("utmmedium", Field::UtmMedium),
    ("utmcampaign", Field::UtmCampaign),
    ("topic", Field::Topic),
    ("description", Field::Description),
    ("message", Field::Description),
    ("question", Field::Description),
    ("text", Field::Description),
];

/// A field, and how early the name it was given stands among its names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Known {
    pub(super) field: Field,
    pub(super) rank: usize,
}

/// The field that `name` means. The name of a nested value is written with a dot: `customer.name` is the
/// name, and `customer.id` the customer id.
pub(super) fn known(name: &str) -> Option<Known> {
    spelled(name).or_else(|| spelled(name.split_once('.')?.1))
}

fn spelled(name: &str) -> Option<Known> {
    let rank = SPELLINGS.iter().position(|(spelling, _)| folded(name).eq(spelling.bytes()))?;
    Some(Known { field: SPELLINGS[rank].1, rank })
}

/// Whether two names mean the same: case and separators do not matter.
pub(super) fn same_name(one: &str, other: &str) -> bool {
    folded(one).eq(folded(other))
}

fn folded(name: &str) -> impl Iterator<Item = u8> {
    name.bytes().filter(|b| !matches!(b, b'-' | b'_' | b' ' | b'.')).map(|b| b.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(name: &str) -> Option<Field> {
        known(name).map(|known| known.field)
    }

    #[test]
    fn names_ignore_case_and_separators() {
        for name in
            ["phone_number", "phoneNumber", "Phone-Number", "PHONE NUMBER", " phone ", "tel", "Mobile"]
        {
            assert_eq!(field(name), Some(Field::Phone), "{name}");
        }
    }

    #[test]
    fn every_field_is_known_by_its_own_name() {
        for &own in Field::ALL {
            let expected = (own != Field::IdempotencyKey).then_some(own);
            assert_eq!(field(own.as_str()), expected, "{own}");
        }
    }

    #[test]
    fn a_nested_name_is_known_whole_or_by_its_end() {
        assert_eq!(field("customer.id"), Some(Field::CustomerId));
        assert_eq!(field("customer.full_name"), Some(Field::Name));
        assert_eq!(field("utm.source"), Some(Field::UtmSource));
        assert_eq!(field("customer.country"), None);
        assert_eq!(field("id"), None);
        assert_eq!(field(""), None);
    }
}
