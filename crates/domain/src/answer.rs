//! What a bot is answered: always the same keys, so that a chatbot builder can save and branch on them.

use serde::{Deserialize, Serialize};

use crate::{
    bot_call::{Field, RefusalCode, Refused},
    channel::ChannelKind,
    ids::{RequestId, UserId},
    language::Language,
    names::named,
    ticket::TicketStatus,
};

named! {
    /// The verdict of an answer; a bot branches on it.
    Verdict {
        /// Done, or already done before.
        Ok = "ok",
        /// Something must be asked again.
        Invalid = "invalid",
        /// It cannot be stored now.
        Retry = "retry",
        /// No key, a wrong one, or a revoked one.
        Denied = "denied",
    }
}

named! {
    /// The sentence for the visitor, by the name under which it stands in the files of each language.
    Sentence {
        /// The person is registered.
        Registered = "registered",
        /// The person was known already.
        Recognised = "recognised",
        /// A ticket was opened.
        TicketOpened = "ticket_opened",
        /// The ticket is open.
        StatusOpen = "status_open",
        /// The ticket waits for the person.
        StatusPending = "status_pending",
        /// The ticket is resolved.
        StatusResolved = "status_resolved",
        /// The ticket is closed.
        StatusClosed = "status_closed",
        /// What a hook delivered was taken.
        Delivered = "delivered",
        /// No ticket can be shown for what was given.
        TicketNotFound = "ticket_not_found",
        /// The person is known.
        UserKnown = "user_known",
        /// The person is not known.
        UserUnknown = "user_unknown",
        /// An email, a phone or a customer id is needed.
        ContactNeeded = "contact_needed",
        /// The email cannot be read.
        EmailUnreadable = "email_unreadable",
        /// The phone cannot be read.
        PhoneUnreadable = "phone_unreadable",
        /// A description is needed.
        DescriptionNeeded = "description_needed",
        /// The call cannot be read at all.
        BodyUnreadable = "body_unreadable",
        /// The body is larger than what is read.
        BodyTooLarge = "body_too_large",
        /// The idempotency key was used for another body.
        KeyReused = "key_reused",
        /// The idempotency key itself is too long.
        KeyUnreadable = "key_unreadable",
        /// Nothing can be stored now.
        TryAgain = "try_again",
        /// Too many calls.
        SlowDown = "slow_down",
        /// No key or a wrong one.
        KeyUnknown = "key_unknown",
        /// The key was revoked.
        KeyRevoked = "key_revoked",
    }
}

/// An answer to a bot. Personal only in `name`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// The verdict.
    pub result: Verdict,
    /// Whether this call made the record that its path names.
    pub created: Option<bool>,
    /// Whether this is the stored answer to an equal call before.
    pub replayed: Option<bool>,
    /// The person.
    pub user_id: Option<UserId>,
    /// The person's stored name.
    pub name: Option<String>,
    /// The ticket's reference.
    pub reference: Option<String>,
    /// The ticket's topic, by its slug.
    pub topic: Option<String>,
    /// Where the ticket stands.
    pub status: Option<TicketStatus>,
    /// The kinds of channels that are told.
    pub channels: Vec<ChannelKind>,
    /// What must be asked again.
    pub field: Option<Field>,
    /// What to say to the visitor.
    pub sentence: Sentence,
    /// In which language.
    pub language: Language,
    /// The call.
    pub request_id: RequestId,
}

impl Answer {
    /// An answer that says nothing but its verdict and a sentence.
    pub const fn new(result: Verdict, sentence: Sentence, language: Language, request_id: RequestId) -> Self {
        Self {
            result,
            created: None,
            replayed: None,
            user_id: None,
            name: None,
            reference: None,
            topic: None,
            status: None,
            channels: Vec::new(),
            field: None,
            sentence,
            language,
            request_id,
        }
    }

    /// The answer to a call that was refused.
    pub fn refused(refused: Refused, language: Language, request_id: RequestId) -> Self {
        let answer = Self::new(Verdict::Invalid, sentence_for(refused.code), language, request_id);
        Self { field: refused.field, ..answer }
    }

    /// This answer, given again to a later equal call.
    #[must_use]
    pub fn replayed(self, request_id: RequestId) -> Self {
        Self { replayed: Some(true), request_id, ..self }
    }
}

impl std::fmt::Debug for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Answer")
            .field("result", &self.result)
            .field("created", &self.created)
            .field("replayed", &self.replayed)
            .field("user_id", &self.user_id)
            .field("reference", &self.reference)
            .field("sentence", &self.sentence)
            .field("request_id", &self.request_id)
            .finish_non_exhaustive()
    }
}

const fn sentence_for(code: RefusalCode) -> Sentence {
    match code {
        RefusalCode::NothingIdentifies => Sentence::ContactNeeded,
        RefusalCode::EmailUnreadable => Sentence::EmailUnreadable,
        RefusalCode::PhoneUnreadable => Sentence::PhoneUnreadable,
        RefusalCode::DescriptionMissing => Sentence::DescriptionNeeded,
        RefusalCode::BodyUnreadable => Sentence::BodyUnreadable,
        RefusalCode::IdempotencyKeyReused => Sentence::KeyReused,
        RefusalCode::IdempotencyKeyUnreadable => Sentence::KeyUnreadable,
    }
}
