//! What a team is told, before a service gives it a form: plain texts, none of them escaped yet.

use std::{borrow::Cow, fmt};

use domain::{
    language::Language,
    message::{Content, DigestFacts, Message, Person, TicketFacts},
    reminder::{WaitingTicket, waited},
    ticket::TicketStatus,
};

use super::words::{Languages, Words, fill};

/// What a team is told. Visitors wrote parts of it: whatever becomes of it, it must stay text.
pub(crate) struct Card<'a> {
    /// One line.
    pub(crate) title: String,
    /// Sentences of ours.
    pub(crate) remarks: Vec<String>,
    /// What a visitor wrote, with its lines.
    pub(crate) text: Option<&'a str>,
    /// What is known beside that.
    pub(crate) facts: Vec<Fact<'a>>,
    /// Where to go from here.
    pub(crate) links: Vec<Link<'a>>,
    /// Stands where the end of a text is missing.
    pub(crate) cut: &'a str,
}

/// One thing that is known, on one line.
pub(crate) struct Fact<'a> {
    pub(crate) label: Cow<'a, str>,
    pub(crate) value: Cow<'a, str>,
}

/// A page of Landbot's or of the panel.
pub(crate) struct Link<'a> {
    pub(crate) label: &'a str,
    pub(crate) url: String,
}

/// All of it as text, in the order in which services show it, and uncut.
impl fmt::Display for Card<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let facts = self.facts.iter().map(|fact| format!("{}: {}", fact.label, fact.value));
        let links = self.links.iter().map(|link| format!("{}: {}", link.label, link.url));
        let mut parts = vec![self.title.clone()];
        parts.extend(self.remarks.iter().cloned());
        parts.extend(self.text.map(str::to_owned));
        parts.push(facts.collect::<Vec<_>>().join("\n"));
        parts.push(links.collect::<Vec<_>>().join("\n"));
        parts.retain(|part| !part.is_empty());
        f.write_str(&parts.join("\n\n"))
    }
}

/// Makes cards of messages.
pub(crate) struct CardWriter {
    languages: Languages,
    public_url: Option<String>,
}

impl CardWriter {
    /// Links lead to `public_url`, if there is one.
    pub(crate) fn new(public_url: Option<&str>) -> Self {
        let public_url = public_url.map(|url| url.trim_end_matches('/').to_owned());
        Self { languages: Languages::shipped(), public_url }
    }

    /// None for what is not meant for a team: greetings and replies.
    pub(crate) fn write<'a>(&'a self, message: &'a Message) -> Option<Card<'a>> {
        let words = self.languages.words(team_language(&message.content)?);
        let mut card = match &message.content {
            Content::Welcome { .. } | Content::Reply { .. } | Content::ChatUpdate { .. } => return None,
            Content::TicketOpened { ticket, person } => self.opened(words, ticket, person.as_ref()),
            Content::Escalation { ticket, person } => self.waiting(words, message, ticket, person.as_ref()),
            Content::Digest { digest } => self.digest(words, message, digest),
        };
        card.remarks.extend(message.possible_duplicate.then(|| words.possible_duplicate.clone()));
        Some(card)
    }

    fn opened<'a>(&self, words: &'a Words, ticket: &'a TicketFacts, person: Option<&'a Person>) -> Card<'a> {
        let mut facts = Vec::new();
        facts.extend(fact(&words.topic_asked, ticket.topic_asked.as_deref()));
        facts.extend(person.into_iter().flat_map(|person| about(person, words)));
        facts.extend(fact(&words.bot, Some(ticket.bot.as_str())));
        facts.extend(fact(&words.opened, Some(ticket.opened_at.strftime("%Y-%m-%d %H:%M UTC").to_string())));
        Card {
            title: title(&words.ticket_opened, ticket),
            remarks: person.is_none().then(|| words.nobody.clone()).into_iter().collect(),
            text: Some(ticket.description.as_str()).filter(|text| !text.trim().is_empty()),
            facts,
            links: self.links(ticket, words),
            cut: &words.cut,
        }
    }

    fn waiting<'a>(
        &self,
        words: &'a Words,
        message: &Message,
        ticket: &'a TicketFacts,
        person: Option<&'a Person>,
    ) -> Card<'a> {
        let waited = waited(ticket.opened_at, message.due_at);
        let mut card = self.opened(words, ticket, person);
        card.title = title(&words.ticket_waits, ticket);
        card.remarks.insert(0, fill(&words.nobody_answered, &[("waited", &waited)]));
        card
    }

    fn digest<'a>(&self, words: &'a Words, message: &Message, digest: &'a DigestFacts) -> Card<'a> {
        let backlog = &digest.backlog;
        let counts = [(&words.waits_for_team, backlog.open), (&words.waits_for_visitor, backlog.pending)];
        let counts = counts.into_iter().filter_map(|(label, count)| fact(label, Some(count.to_string())));
        let tickets = backlog.oldest.iter().map(|ticket| waiting_fact(ticket, message, words));
        let url = self.public_url.as_ref().map(|url| format!("{url}/admin/tickets"));
        Card {
            title: fill(&words.digest, &[("topic", &digest.topic)]),
            remarks: Vec::new(),
            text: None,
            facts: counts.chain(tickets).collect(),
            links: url.map(|url| Link { label: &words.open_tickets, url }).into_iter().collect(),
            cut: &words.cut,
        }
    }

    fn links<'a>(&self, ticket: &TicketFacts, words: &'a Words) -> Vec<Link<'a>> {
        let chat = ticket.chat.inbox_url().map(|url| Link { label: &words.open_chat, url });
        let panel = self.public_url.as_ref().map(|public| {
            let url = format!("{public}/admin/tickets/{}", ticket.reference);
            Link { label: &words.open_ticket, url }
        });
        [chat, panel].into_iter().flatten().collect()
    }
}

/// The language that a team is written to in; none for what is not meant for a team.
fn team_language(content: &Content) -> Option<&Language> {
    match content {
        Content::Welcome { .. } | Content::Reply { .. } | Content::ChatUpdate { .. } => None,
        Content::TicketOpened { ticket, .. } | Content::Escalation { ticket, .. } => {
            Some(&ticket.team_language)
        }
        Content::Digest { digest } => Some(&digest.team_language),
    }
}

fn title(sentence: &str, ticket: &TicketFacts) -> String {
    fill(sentence, &[("reference", &ticket.reference.to_string()), ("topic", &ticket.topic)])
}

fn about<'a>(person: &'a Person, words: &'a Words) -> impl Iterator<Item = Fact<'a>> {
    let origin = &person.origin;
    [
        fact(&words.name, person.name.as_deref()),
        fact(&words.email, person.email.as_deref()),
        fact(&words.phone, person.phone.as_deref()),
        fact(&words.source, origin.source.as_deref()),
        fact(&words.page, origin.page.as_deref()),
        fact(&words.referrer, origin.referrer.as_deref()),
        fact(&words.campaign, origin.campaign()),
    ]
    .into_iter()
    .flatten()
}

fn waiting_fact<'a>(ticket: &WaitingTicket, message: &Message, words: &Words) -> Fact<'a> {
    let sentence = match ticket.status {
        TicketStatus::Open => &words.waited_for_team,
        _ => &words.waited_for_visitor,
    };
    let waited = waited(ticket.opened_at, message.due_at);
    Fact { label: ticket.reference.to_string().into(), value: fill(sentence, &[("waited", &waited)]).into() }
}

/// What is known says something.
fn fact<'a>(label: &'a str, value: Option<impl Into<Cow<'a, str>>>) -> Option<Fact<'a>> {
    let value = value?.into();
    (!value.trim().is_empty()).then(|| Fact { label: label.into(), value })
}
