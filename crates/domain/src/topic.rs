//! Topics, and which channels are told about a ticket on one.

use std::fmt;

use crate::{channel::ChannelKind, chat_rules::ChatRules, ids::ChannelId, names::named, reminder::Reminders};

/// The short name of a topic in paths and stored rows: lower-case letters, digits and dashes, at most 64.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Slug(String);

/// A text cannot be the slug of a topic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a slug is 1 to 64 lower-case letters, digits and dashes")]
pub struct SlugError;

impl Slug {
    /// Reads a slug as a person typed it: outer spaces and case do not matter.
    pub fn parse(text: &str) -> Result<Self, SlugError> {
        let slug = text.trim().to_lowercase();
        let fits = (1..=64).contains(&slug.len())
            && slug.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        if fits { Ok(Self(slug)) } else { Err(SlugError) }
    }

    /// A slug read from storage.
    pub const fn restore(text: String) -> Self {
        Self(text)
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Slug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A topic leads to a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Route {
    /// The channel that is told.
    pub channel_id: ChannelId,
    /// How that channel reaches its target: what the bot is told about the route.
    pub kind: ChannelKind,
}

/// What a ticket can be about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Topic {
    /// Its short name.
    pub slug: Slug,
    /// What people read, on the buttons of the chat too.
    pub title: String,
    /// Other texts that mean this topic.
    pub aliases: Vec<String>,
    /// Whether tickets on no known topic are about this one.
    pub is_default: bool,
    /// Who is told, in order.
    pub routes: Vec<Route>,
    /// When its team is told again.
    pub reminders: Reminders,
    /// What is done in the chats of its tickets.
    pub chat_rules: ChatRules,
}

impl Topic {
    /// Whether `asked` means this topic by slug, title or alias; case and outer spaces do not matter.
    pub fn is_called(&self, asked: &str) -> bool {
        self.called(&fold(asked)).is_some()
    }

    fn called(&self, folded: &str) -> Option<TopicMatch> {
        if self.slug.as_str() == folded {
            Some(TopicMatch::Slug)
        } else if fold(&self.title) == folded {
            Some(TopicMatch::Title)
        } else {
            self.aliases.iter().any(|alias| fold(alias) == folded).then_some(TopicMatch::Alias)
        }
    }
}

named! {
    /// Why a ticket is on a topic.
    TopicMatch {
        /// Its slug was asked for.
        Slug = "slug",
        /// Its title was.
        Title = "title",
        /// One of its aliases was.
        Alias = "alias",
        /// Nothing was asked for, or nothing that is known.
        Default = "default",
    }
}

/// All topics, as they are when a ticket is opened.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Routing {
    topics: Vec<Topic>,
}

impl Routing {
    /// Gathers the topics. The first default topic counts; without one, the first topic does.
    pub const fn new(topics: Vec<Topic>) -> Self {
        Self { topics }
    }

    /// The topic that `asked` means by slug, title or alias (case and outer spaces do not matter), else the
    /// default. None only when there are no topics at all.
    pub fn topic_for(&self, asked: Option<&str>) -> Option<&Topic> {
        self.match_for(asked).map(|(topic, _)| topic)
    }

    /// Like [`topic_for`](Self::topic_for), and why it is that topic.
    pub fn match_for(&self, asked: Option<&str>) -> Option<(&Topic, TopicMatch)> {
        let by_default = || Some((self.default_topic()?, TopicMatch::Default));
        asked.and_then(|text| self.find(text)).or_else(by_default)
    }

    /// Every topic, in the order in which they are offered.
    pub fn topics(&self) -> &[Topic] {
        &self.topics
    }

    fn find(&self, asked: &str) -> Option<(&Topic, TopicMatch)> {
        let folded = fold(asked);
        self.topics.iter().find_map(|topic| Some((topic, topic.called(&folded)?)))
    }

    fn default_topic(&self) -> Option<&Topic> {
        self.topics.iter().find(|topic| topic.is_default).or_else(|| self.topics.first())
    }
}

fn fold(text: &str) -> String {
    text.trim().to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn topic(slug: &str, title: &str, aliases: &[&str], is_default: bool) -> Topic {
        Topic {
            slug: Slug::parse(slug).expect("a slug"),
            title: title.to_owned(),
            aliases: aliases.iter().map(|&alias| alias.to_owned()).collect(),
            is_default,
            routes: Vec::new(),
            reminders: Reminders::default(),
            chat_rules: ChatRules::default(),
        }
    }

    fn shipped() -> Routing {
        Routing::new(vec![
            topic("sales", "Sales", &["Ventas", "$0"], false),
            topic("support", "Support", &[], true),
        ])
    }

    fn slug_for(asked: Option<&str>) -> String {
        shipped().topic_for(asked).expect("a topic").slug.to_string()
    }

    #[test]
    fn a_topic_answers_to_slug_title_and_alias_in_any_case() {
        for asked in ["sales", " SALES ", "Sales", "ventas", "$0"] {
            assert_eq!(slug_for(Some(asked)), "sales", "{asked}");
        }
    }

    #[test]
    fn an_unknown_or_missing_topic_is_the_default_one() {
        assert_eq!(slug_for(Some("refunds")), "support");
        assert_eq!(slug_for(None), "support");
    }

    #[test]
    fn a_match_says_what_it_was_by() {
        let routing = shipped();
        let matched = |asked| routing.match_for(asked).map(|(_, by)| by);
        assert_eq!(matched(Some("SUPPORT")), Some(TopicMatch::Slug));
        let renamed = Routing::new(vec![topic("sales", "Buying", &[], true)]);
        assert_eq!(renamed.match_for(Some(" buying ")).map(|(_, by)| by), Some(TopicMatch::Title));
        assert_eq!(matched(Some("ventas")), Some(TopicMatch::Alias));
        assert_eq!(
            (matched(Some("refunds")), matched(None)),
            (Some(TopicMatch::Default), Some(TopicMatch::Default))
        );
    }

    #[test]
    fn without_topics_there_is_none() {
        assert_eq!(Routing::default().topic_for(Some("sales")), None);
    }

    #[test]
    fn slugs_are_read_leniently_and_kept_strictly() {
        assert_eq!(Slug::parse(" After-Sales ").map(|slug| slug.to_string()), Ok("after-sales".to_owned()));
        assert_eq!(Slug::parse("after sales"), Err(SlugError));
        assert_eq!(Slug::parse(""), Err(SlugError));
    }
}
