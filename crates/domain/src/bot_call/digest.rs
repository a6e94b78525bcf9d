//! What makes two calls equal.

use sha2::{Digest, Sha256};

use super::{BotCall, PersonFields, TicketFields};
use crate::{
    identity::{CustomerId, EmailAddress, PhoneNumber},
    language::Language,
    user::Origin,
};

/// The first byte that is digested. To be raised with every change of what follows it.
const VERSION: u8 = 1;

/// SHA-256 of the normalised fields, each preceded by its length, so that none can run into its neighbour.
pub(super) fn of(call: &BotCall) -> [u8; 32] {
    let mut digest = FieldsDigest(Sha256::new_with_prefix([VERSION, u8::from(call.ticket.is_some())]));
    digest.person(&call.person);
    if let Some(TicketFields { topic, description }) = &call.ticket {
        digest.text(topic.as_deref());
        digest.text(Some(description));
    }
    digest.0.finalize().into()
}

struct FieldsDigest(Sha256);

impl FieldsDigest {
    fn person(&mut self, person: &PersonFields) {
        let PersonFields {
            name,
            email,
            phone,
            customer_id,
            chat_uuid,
            language,
            consent,
            consent_text,
            origin,
        } = person;
        self.text(name.as_deref());
        self.text(email.as_ref().map(EmailAddress::as_str));
        self.text(phone.as_ref().map(PhoneNumber::as_str));
        self.text(customer_id.as_ref().map(CustomerId::as_str));
        self.text(chat_uuid.as_deref());
        self.text(language.as_ref().map(Language::as_str));
        self.text(consent.map(|given| if given { "yes" } else { "no" }));
        self.text(consent_text.as_deref());
        self.origin(origin);
    }

    fn origin(&mut self, origin: &Origin) {
        let Origin { source, page, referrer, utm_source, utm_medium, utm_campaign } = origin;
        for text in [source, page, referrer, utm_source, utm_medium, utm_campaign] {
            self.text(text.as_deref());
        }
    }

    fn text(&mut self, text: Option<&str>) {
        self.0.update([u8::from(text.is_some())]);
        if let Some(text) = text {
            self.0.update((text.len() as u64).to_be_bytes());
            self.0.update(text);
        }
    }
}
