//! Which way an answer goes.

use jiff::{SignedDuration, Timestamp};

use crate::{
    channel::{CHAT_CHANNEL_ID, PERSON_CHANNEL_ID},
    ids::ChannelId,
    names::named,
    text::multi_line,
};

/// The most characters of a reply.
pub const REPLY_MAX: usize = 10_000;

/// The most characters of the key by which a client tells a reply from the next one.
pub const REPLY_KEY_MAX: usize = 255;

/// `WhatsApp` takes free text for so long after the person's last message
/// (<https://developers.facebook.com/docs/whatsapp/cloud-api/guides/send-messages#customer-service-windows>).
const WHATSAPP_WINDOW: SignedDuration = SignedDuration::from_hours(24);

named! {
    /// Why an answer does not go to a chat.
    WhyMail {
        /// The ticket was not opened from a chat.
        NoChat = "no_chat",
        /// Frontdesk has no token for Landbot.
        NotConnected = "not_connected",
        /// The person last wrote on `WhatsApp` more than 24 hours ago.
        WindowClosed = "window_closed",
    }
}

/// Which way an answer goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// To the chat that the ticket was opened from.
    Chat,
    /// By mail, for this reason.
    Mail(WhyMail),
}

impl Way {
    /// The channel that it goes over.
    pub const fn channel_id(self) -> ChannelId {
        match self {
            Self::Chat => CHAT_CHANNEL_ID,
            Self::Mail(_) => PERSON_CHANNEL_ID,
        }
    }
}

/// An answer cannot reach the person: not the chat, for this reason, and no mail address is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{}, and no mail address of the person is known", .0.in_words())]
pub struct NoWay(pub WhyMail);

impl WhyMail {
    /// What an agent is told.
    pub const fn in_words(self) -> &'static str {
        match self {
            Self::NoChat => "the ticket was not opened from a chat",
            Self::NotConnected => "no token for Landbot is set",
            Self::WindowClosed => "the person last wrote on WhatsApp more than 24 hours ago",
        }
    }
}

/// What the person wrote last in a chat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastHeard {
    /// When.
    pub at: Timestamp,
    /// What Landbot calls the channel of the chat, lower-case.
    pub channel: Option<String>,
}

impl LastHeard {
    fn is_too_long_ago(&self, now: Timestamp) -> bool {
        let is_whatsapp = self.channel.as_deref().is_some_and(|channel| channel.contains("whatsapp"));
        is_whatsapp && now.duration_since(self.at) > WHATSAPP_WINDOW
    }
}

/// What is known of the ways to a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reach {
    /// Whether the ticket was opened from a chat whose customer is known.
    pub has_chat: bool,
    /// Whether Frontdesk can write to Landbot's chats.
    pub is_connected: bool,
    /// What the person wrote last there; nothing that was heard of, if none.
    pub last_heard: Option<LastHeard>,
    /// Whether a mail address is known.
    pub has_address: bool,
}

impl Reach {
    /// The chat if that can be, else mail.
    pub fn way(&self, now: Timestamp) -> Result<Way, NoWay> {
        match self.why_mail(now) {
            None => Ok(Way::Chat),
            Some(why) if self.has_address => Ok(Way::Mail(why)),
            Some(why) => Err(NoWay(why)),
        }
    }

    fn why_mail(&self, now: Timestamp) -> Option<WhyMail> {
        if !self.has_chat {
            Some(WhyMail::NoChat)
        } else if !self.is_connected {
            Some(WhyMail::NotConnected)
        } else if self.last_heard.as_ref().is_some_and(|heard| heard.is_too_long_ago(now)) {
            Some(WhyMail::WindowClosed)
        } else {
            None
        }
    }
}

/// A text cannot be a reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ReplyTextError {
    /// It says nothing.
    #[error("a reply needs a text")]
    Empty,
    /// It is too long, and never sent without its end.
    #[error("a reply has at most {REPLY_MAX} characters")]
    TooLong,
}

/// The text of a reply as it is sent: trimmed, with its lines, without control characters.
pub fn read_text(text: &str) -> Result<String, ReplyTextError> {
    let cleaned = multi_line(text, REPLY_MAX);
    match cleaned.text {
        _ if cleaned.cut => Err(ReplyTextError::TooLong),
        text if text.is_empty() => Err(ReplyTextError::Empty),
        text => Ok(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::constant(1_769_585_440, 0);

    fn chat(channel: &str, hours_ago: i64) -> Reach {
        let at = NOW - SignedDuration::from_hours(hours_ago);
        let last_heard = Some(LastHeard { at, channel: Some(channel.to_owned()) });
        Reach { has_chat: true, is_connected: true, last_heard, has_address: true }
    }

    #[test]
    fn an_answer_goes_to_the_chat_if_there_is_one_that_can_be_reached() {
        assert_eq!(chat("landbot", 1).way(NOW), Ok(Way::Chat));
        assert_eq!(Reach { last_heard: None, ..chat("landbot", 1) }.way(NOW), Ok(Way::Chat));
        let no_chat = Reach { has_chat: false, ..chat("landbot", 1) };
        assert_eq!(no_chat.way(NOW), Ok(Way::Mail(WhyMail::NoChat)));
        let no_token = Reach { is_connected: false, ..chat("landbot", 1) };
        assert_eq!(no_token.way(NOW), Ok(Way::Mail(WhyMail::NotConnected)));
    }

    #[test]
    fn whatsapp_takes_free_text_for_a_day_and_other_chats_for_ever() {
        assert_eq!(chat("whatsapp", 24).way(NOW), Ok(Way::Chat));
        assert_eq!(chat("whatsapp_360", 25).way(NOW), Ok(Way::Mail(WhyMail::WindowClosed)));
        assert_eq!(chat("webchat", 1_000).way(NOW), Ok(Way::Chat));
    }

    #[test]
    fn without_an_address_there_is_no_other_way() {
        let closed = Reach { has_address: false, ..chat("whatsapp", 25) };
        assert_eq!(closed.way(NOW), Err(NoWay(WhyMail::WindowClosed)));
        assert_eq!(Reach { has_address: false, ..chat("whatsapp", 1) }.way(NOW), Ok(Way::Chat));
    }

    #[test]
    fn a_reply_is_sent_whole_or_not_at_all() {
        assert_eq!(read_text(" Hello\r\nAna\0 "), Ok("Hello\nAna".to_owned()));
        assert_eq!(read_text(" \n "), Err(ReplyTextError::Empty));
        assert_eq!(read_text(&"x".repeat(REPLY_MAX + 1)), Err(ReplyTextError::TooLong));
        assert!(read_text(&"x".repeat(REPLY_MAX)).is_ok());
    }
}
