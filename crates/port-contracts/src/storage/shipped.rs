//! What an empty database has: the channels, topics and routes that are shipped.

use std::sync::Arc;

use domain::{
    channel::{CHAT_CHANNEL, Channel, ChannelKind, PERSON_CHANNEL, PERSON_CHANNEL_ID, Target},
    chat_rules::ChatRules,
    ids::ChannelId,
    reminder::Reminders,
    topic::{Route, Slug, Topic},
};
use jiff::Timestamp;
use uuid::Uuid;

use super::state::{ChannelRow, State};

pub(super) fn state(at: Timestamp) -> State {
    let slack_url = Target::Env("SLACK_SALES_WEBHOOK_URL".to_owned());
    let [person, slack, team, chat] = [
        (0, PERSON_CHANNEL, ChannelKind::Email, Target::Person),
        (1, "sales-slack", ChannelKind::Slack, slack_url),
        (2, "team-email", ChannelKind::Email, Target::Team),
        (3, CHAT_CHANNEL, ChannelKind::Landbot, Target::Person),
    ]
    .map(|(position, name, kind, target)| {
        let interval = kind.default_interval();
        let id = shipped_id(position);
        let channel = Channel {
            id,
            name: name.to_owned(),
            kind,
            target,
            interval,
            paused_at: None,
            fallback: None,
            quiet_hours: None,
            created_at: at,
        };
        ChannelRow { channel, next_slot_at: None, failures: 0, is_archived: false }
    });
    let topics = vec![
        topic("sales", "Sales", &["ventas"], &slack),
        topic("pricing", "Pricing", &["precios"], &team),
        Topic { is_default: true, ..topic("support", "Support", &["soporte", "ayuda"], &team) },
    ];
    let channels = Arc::new(vec![person, slack, team, chat]);
    State { channels, topics: Arc::new(topics), ..State::default() }
}

/// The channel of persons by mail is the first; the others have the ids after it.
const fn shipped_id(position: u128) -> ChannelId {
    ChannelId::from_uuid(Uuid::from_u128(PERSON_CHANNEL_ID.as_uuid().as_u128() + position))
}

fn topic(slug: &str, title: &str, aliases: &[&str], to: &ChannelRow) -> Topic {
    Topic {
        slug: Slug::restore(slug.to_owned()),
        title: title.to_owned(),
        aliases: aliases.iter().map(|&alias| alias.to_owned()).collect(),
        is_default: false,
        routes: vec![Route { channel_id: to.channel.id, kind: to.channel.kind }],
        reminders: Reminders::default(),
        chat_rules: ChatRules::default(),
    }
}
