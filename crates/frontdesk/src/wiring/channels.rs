//! How each kind of channel is delivered.

use std::{collections::HashMap, sync::Arc};

use adapters_chat::{
    AlarmWebhook, ChatApis, ChatSettings, EnvironmentLookup, HttpTimeouts, LandbotChannel, TeamChats,
    WebhookChannel, WebhookSettings,
};
use adapters_mail::{AlarmMail, MailChannel, MailSettings, MimickedChannel};
use application::{
    ports::{AlarmPath, Channel, ChannelSecrets},
    routing::{PreviewRouting, TestChannel, TryMail},
    watchdog::Watch,
};
use domain::channel::{self, ChannelKind, Target};

use super::App;
use crate::settings::Settings;

/// How each kind is delivered.
pub type Channels = HashMap<ChannelKind, Arc<dyn Channel>>;

impl App {
    /// What shows what would become of a call.
    pub fn preview_routing(&self, settings: &Settings, channels: Channels) -> PreviewRouting {
        PreviewRouting {
            storage: Arc::clone(&self.storage),
            clock: Arc::clone(&self.clock) as _,
            ids: Arc::clone(&self.ids),
            rules: self.take_calls.rules,
            channels,
            secrets: Arc::new(settings.clone()),
        }
    }

    /// What tries channels.
    pub fn test_channel(&self, channels: Channels) -> TestChannel {
        TestChannel {
            storage: Arc::clone(&self.storage),
            channels,
            clock: Arc::clone(&self.clock) as _,
            ids: Arc::clone(&self.ids),
        }
    }

    /// What shows and tries mails.
    pub fn try_mail(&self, channels: Channels) -> TryMail {
        TryMail {
            storage: Arc::clone(&self.storage),
            channels,
            clock: Arc::clone(&self.clock) as _,
            ids: Arc::clone(&self.ids),
        }
    }

    /// Every kind. Mail stands in for channels that have no secret.
    pub fn channels(&self, settings: &Settings) -> anyhow::Result<Channels> {
        let mail = Arc::new(MailChannel::new(
            mail_settings(settings),
            Arc::clone(&self.storage),
            Arc::clone(&self.clock) as _,
            environment(settings),
        )?);
        let mimicked: Arc<dyn Channel> = Arc::new(MimickedChannel::new(Arc::clone(&mail)));
        let chats = TeamChats::new(chat_settings(settings), Arc::clone(&mimicked));
        let webhook = WebhookChannel::new(
            &webhook_settings(settings),
            environment(settings),
            Arc::clone(&self.clock) as _,
            Arc::clone(&mimicked),
        );
        let landbot = LandbotChannel::new(settings.landbot.client(), mimicked);
        let (webhook, landbot) = (Arc::new(webhook), Arc::new(landbot));
        let adapter = |kind| match kind {
            ChannelKind::Email => Arc::clone(&mail) as Arc<dyn Channel>,
            ChannelKind::Slack => chats.slack(),
            ChannelKind::Teams => chats.teams(),
            ChannelKind::Discord => chats.discord(),
            ChannelKind::Telegram => chats.telegram(),
            ChannelKind::Webhook => Arc::clone(&webhook) as _,
            ChannelKind::Landbot => Arc::clone(&landbot) as _,
        };
        Ok(ChannelKind::ALL.iter().map(|&kind| (kind, adapter(kind))).collect())
    }
}

impl App {
    /// Tells people past the queue when something is wrong.
    pub fn watch(&self, settings: &Settings) -> anyhow::Result<Watch> {
        let mut paths: Vec<Arc<dyn AlarmPath>> = Vec::new();
        if let Some(url) = settings.watchdog.webhook.clone() {
            let secrets = settings.webhooks.secrets.clone();
            let (timeouts, clock) = (HttpTimeouts::default(), Arc::clone(&self.clock) as _);
            paths.push(Arc::new(AlarmWebhook::new(url, secrets, timeouts, clock)));
        }
        if let (Some(to), Some(smtp)) = (&settings.watchdog.mail_to, settings.mail.smtp.clone()) {
            let clock = Arc::clone(&self.clock) as _;
            paths.push(Arc::new(AlarmMail::new(&settings.mail.from, to, smtp, clock)?));
        }
        Ok(Watch { storage: Arc::clone(&self.storage), clock: Arc::clone(&self.clock) as _, paths })
    }
}

/// Whether mail to the team takes the place of a channel.
pub fn is_mimicked(channel: &channel::Channel, settings: &Settings) -> bool {
    let has_secret = matches!(&channel.target, Target::Env(name) if settings.secret(name).is_some());
    match channel.kind {
        ChannelKind::Email => matches!(channel.target, Target::Env(_)) && !has_secret,
        ChannelKind::Slack | ChannelKind::Teams | ChannelKind::Discord | ChannelKind::Telegram => !has_secret,
        ChannelKind::Webhook => !webhook_settings(settings).reach(&channel.target, &environment(settings)),
        ChannelKind::Landbot => settings.landbot.token.is_none(),
    }
}

fn mail_settings(settings: &Settings) -> MailSettings {
    MailSettings {
        from: settings.mail.from.clone(),
        team_to: settings.mail.team_to.clone(),
        reply_to: settings.mail.reply_to.clone(),
        public_url: public_url(settings),
        smtp: settings.mail.smtp.clone(),
        templates: settings.mail.templates.clone(),
        max_connections: settings.worker.concurrency,
    }
}

fn chat_settings(settings: &Settings) -> ChatSettings {
    ChatSettings {
        public_url: public_url(settings),
        environment: environment(settings),
        timeouts: HttpTimeouts::default(),
        apis: ChatApis::default(),
    }
}

fn webhook_settings(settings: &Settings) -> WebhookSettings {
    WebhookSettings {
        secrets: settings.webhooks.secrets.clone(),
        allow_private: settings.webhooks.allow_private,
        public_url: public_url(settings),
        timeouts: HttpTimeouts::default(),
    }
}

fn public_url(settings: &Settings) -> Option<String> {
    settings.http.public_url.as_ref().map(ToString::to_string)
}

impl ChannelSecrets for Settings {
    fn is_set(&self, name: &str) -> bool {
        self.secret(name).is_some()
    }
}

/// The environment variables that channels name.
fn environment(settings: &Settings) -> EnvironmentLookup {
    let settings = settings.clone();
    Arc::new(move |name| settings.secret(name))
}
