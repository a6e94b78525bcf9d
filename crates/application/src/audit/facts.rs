//! What is kept of things that change: what a person can read, and what undoing needs.

use domain::{
    agent::StaffMember,
    audit::Facts,
    bot::Bot,
    channel::Channel,
    topic::{Route, Topic},
};
use serde_json::{Value, json};

/// One fact.
pub(crate) fn fact(name: &str, value: impl Into<Value>) -> Facts {
    Facts::from_iter([(name.to_owned(), value.into())])
}

fn facts(value: Value) -> Facts {
    let Value::Object(facts) = value else { unreachable!("only objects are described") };
    facts
}

/// What a topic is like. Channels are named: `channels` are all that there are.
pub(crate) fn topic_facts(topic: &Topic, channels: &[Channel]) -> Facts {
    let name = |route: &Route| channels.iter().find(|one| one.id == route.channel_id).map(|one| &one.name);
    facts(json!({
        "title": topic.title,
        "aliases": topic.aliases,
        "default": topic.is_default,
        "channels": topic.routes.iter().filter_map(name).collect::<Vec<_>>(),
        "digest_at": topic.reminders.digest_at.map(|time| time.to_string()),
        "escalate_after": topic.reminders.escalate_after.map(|wait| wait.to_string()),
        "reference_field": topic.chat_rules.reference_field.as_ref().map(ToString::to_string),
        "status_field": topic.chat_rules.status_field.as_ref().map(ToString::to_string),
        "resume_at": topic.chat_rules.resume_at.as_ref().map(ToString::to_string),
    }))
}

/// What a channel is like. Its target names no secret: a URL with one stands in a variable of the environment.
pub(crate) fn channel_facts(channel: &Channel, channels: &[Channel]) -> Facts {
    let fallback = channels.iter().find(|other| Some(other.id) == channel.fallback);
    facts(json!({
        "kind": channel.kind.as_str(),
        "target": channel.target.to_string(),
        "fallback": fallback.map(|fallback| &fallback.name),
        "quiet_hours": channel.quiet_hours.as_ref().map(ToString::to_string),
    }))
}

/// What a bot is like, without its keys.
pub(crate) fn bot_facts(bot: &Bot) -> Facts {
    facts(json!({
        "name": bot.name,
        "default_origin": bot.default_origin,
        "default_language": bot.default_language.to_string(),
        "default_country": bot.default_country.map(|country| country.to_string()),
    }))
}

/// What a member of staff may do.
pub(crate) fn agent_facts(member: &StaffMember) -> Facts {
    facts(json!({ "email": member.email, "role": member.role.as_str(), "active": member.is_active() }))
}
