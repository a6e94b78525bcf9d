//! Topics, channels, and the routes between them.

use application::ports::StorageError;
use domain::{
    channel::{
        CHAT_CHANNEL, CHAT_CHANNEL_ID, Channel, ChannelKind, PERSON_CHANNEL, PERSON_CHANNEL_ID, Target,
    },
    chat_rules::ChatRules,
    ids::ChannelId,
    reminder::Reminders,
    ticket::Ticket,
    topic::{Route, Slug, Topic},
};
use jiff::{SignedDuration, civil::Time};

use super::desk::{Desk, is_conflict};

pub async fn an_empty_storage_has_the_shipped_routing(desk: &Desk<'_>) {
    let channels = desk.read(async |tx| tx.channels().all().await).await;
    let shown: Vec<_> =
        channels.iter().map(|c| (c.name.as_str(), c.kind, c.target.to_string(), c.interval)).collect();
    let second = Some(SignedDuration::from_secs(1));
    assert_eq!(
        shown,
        [
            (PERSON_CHANNEL, ChannelKind::Email, "person".to_owned(), None),
            ("sales-slack", ChannelKind::Slack, "env:SLACK_SALES_WEBHOOK_URL".to_owned(), second),
            ("team-email", ChannelKind::Email, "team".to_owned(), None),
            (CHAT_CHANNEL, ChannelKind::Landbot, "person".to_owned(), None),
        ]
    );
    assert!(channels.iter().all(|channel| channel.paused_at.is_none()));
    assert_eq!((channels[0].id, channels[3].id), (PERSON_CHANNEL_ID, CHAT_CHANNEL_ID));

    let topics = topics(desk).await;
    let shown: Vec<_> = topics.iter().map(|t| (t.slug.as_str(), t.title.as_str(), t.is_default)).collect();
    assert_eq!(
        shown,
        [("sales", "Sales", false), ("pricing", "Pricing", false), ("support", "Support", true)]
    );
    let over = |n: usize| vec![Route { channel_id: channels[n].id, kind: channels[n].kind }];
    assert_eq!(
        topics.iter().map(|topic| topic.routes.clone()).collect::<Vec<_>>(),
        [over(1), over(2), over(2)]
    );
}

pub async fn a_new_channel_reads_back_as_it_was_written(desk: &Desk<'_>) {
    let webhook = Channel {
        interval: Some(SignedDuration::from_millis(250)),
        paused_at: Some(desk.after(-60)),
        fallback: Some(desk.channel("team-email").await.id),
        quiet_hours: "mon-fri 20:00-08:00; sat,sun 00:00-24:00 Europe/Madrid".parse().ok(),
        ..channel(desk, "crm-webhook", ChannelKind::Webhook, Target::Env("CRM_URL".to_owned()))
    };
    let mailbox =
        channel(desk, "büro ☎️", ChannelKind::Email, Target::Address("Büro@example.com".to_owned()));
    desk.write(async |tx| {
        tx.channels().insert(&webhook).await?;
        tx.channels().insert(&mailbox).await
    })
    .await;
    let all = desk.read(async |tx| tx.channels().all().await).await;
    assert_eq!(all[4..], [webhook.clone(), mailbox.clone()]);
    assert_eq!(by_name(desk, "crm-webhook").await, Some(webhook));
    assert_eq!(by_name(desk, "büro ☎️").await, Some(mailbox));
    assert_eq!(by_name(desk, "nowhere").await, None);
}

pub async fn the_name_of_a_channel_is_taken_once(desk: &Desk<'_>) {
    let before = by_name(desk, "team-email").await;
    let namesake = channel(desk, "team-email", ChannelKind::Discord, Target::Team);
    assert!(is_conflict(&desk.try_write(async |tx| tx.channels().insert(&namesake).await).await));
    assert_eq!(by_name(desk, "team-email").await, before);
}

pub async fn pausing_a_channel_is_written_and_undone(desk: &Desk<'_>) {
    let slack = desk.channel("sales-slack").await;
    for since in [Some(desk.after(-1)), None] {
        desk.write(async |tx| tx.channels().set_paused(slack.id, since).await).await;
        assert_eq!(desk.channel("sales-slack").await, Channel { paused_at: since, ..slack.clone() });
        assert_eq!(desk.channel("team-email").await.paused_at, None);
    }
}

pub async fn the_rules_of_one_channel_are_changed(desk: &Desk<'_>) {
    let [slack, team] = [desk.channel("sales-slack").await, desk.channel("team-email").await];
    let strict = Channel {
        target: Target::Env("OTHER_URL".to_owned()),
        interval: Some(SignedDuration::from_millis(1_500)),
        fallback: Some(team.id),
        quiet_hours: "22:00-08:00 UTC".parse().ok(),
        ..slack.clone()
    };
    for changed in [strict, slack] {
        desk.write(async |tx| tx.channels().update(&changed).await).await;
        assert_eq!(desk.channel("sales-slack").await, changed);
        assert_eq!(desk.channel("team-email").await, team);
    }
    let unknown = channel(desk, "nowhere", ChannelKind::Email, Target::Team);
    let outcome = desk.try_write(async |tx| tx.channels().update(&unknown).await).await;
    assert!(matches!(outcome, Err(StorageError::Stale)));
}

pub async fn a_new_topic_reads_back_with_aliases_and_routes_in_order(desk: &Desk<'_>) {
    let added = channel(desk, "after-sales", ChannelKind::Teams, Target::Env("TEAMS_URL".to_owned()));
    desk.write(async |tx| tx.channels().insert(&added).await).await;
    let [team, slack] = [desk.channel("team-email").await, desk.channel("sales-slack").await];
    let topic = Topic {
        aliases: ["zurück", "devoluciones", "$0", "החזרות"].map(str::to_owned).to_vec(),
        routes: [&added, &team, &slack].map(route).to_vec(),
        ..topic("returns", "Returns ↩️")
    };
    insert(desk, &topic).await.expect("the slug is free");
    let all = topics(desk).await;
    assert_eq!(all.len(), 4);
    assert_eq!(all[3], topic);
}

pub async fn the_slug_of_a_topic_is_taken_once(desk: &Desk<'_>) {
    let before = topics(desk).await;
    let namesake = Topic { is_default: true, ..topic("sales", "Other") };
    assert!(is_conflict(&insert(desk, &namesake).await));
    assert_eq!(topics(desk).await, before);
}

pub async fn a_new_default_topic_takes_the_place_of_the_old(desk: &Desk<'_>) {
    let plain = topic("plain", "Plain");
    insert(desk, &plain).await.expect("the slug is free");
    assert_eq!(defaults(desk).await, ["support"]);
    let default = Topic { is_default: true, ..topic("reception", "Reception") };
    insert(desk, &default).await.expect("the slug is free");
    assert_eq!(defaults(desk).await, ["reception"]);
}

pub async fn the_routes_of_one_topic_are_replaced(desk: &Desk<'_>) {
    let [team, slack] = [desk.channel("team-email").await, desk.channel("sales-slack").await];
    let before = topics(desk).await;
    for channels in [vec![&slack, &team], vec![&team, &slack], vec![&team], vec![]] {
        let ids: Vec<_> = channels.iter().map(|channel| channel.id).collect();
        desk.write(async |tx| tx.topics().set_routes(&before[0].slug, &ids).await).await;
        let after = topics(desk).await;
        let routes = channels.into_iter().map(route).collect();
        assert_eq!(after[0], Topic { routes, ..before[0].clone() });
        assert_eq!(after[1..], before[1..]);
    }
}

pub async fn an_unknown_topic_has_no_routes_to_replace(desk: &Desk<'_>) {
    let team = desk.channel("team-email").await;
    let unknown = Slug::restore("nowhere".to_owned());
    let outcome = desk.try_write(async |tx| tx.topics().set_routes(&unknown, &[team.id]).await).await;
    assert!(matches!(outcome, Err(StorageError::Stale)));
}

pub async fn the_reminders_of_one_topic_are_changed(desk: &Desk<'_>) {
    let before = topics(desk).await;
    assert_eq!(before[1].reminders, Reminders::default(), "they are off unless set");
    let late = Time::constant(23, 59, 0, 0);
    for (digest_at, escalate_after) in [
        (Some(Time::midnight()), Some(SignedDuration::from_mins(1))),
        (Some(late), None),
        (None, Some(SignedDuration::from_hours(10_000))),
        (None, None),
    ] {
        let reminders = Reminders { digest_at, escalate_after };
        desk.write(async |tx| tx.topics().set_reminders(&before[1].slug, reminders).await).await;
        let after = topics(desk).await;
        assert_eq!(after[1], Topic { reminders, ..before[1].clone() });
        assert_eq!((&after[0], &after[2..]), (&before[0], &before[2..]));
    }
    let unknown = Slug::restore("nowhere".to_owned());
    let outcome = desk.try_write(async |tx| tx.topics().set_reminders(&unknown, Reminders::default()).await);
    assert!(matches!(outcome.await, Err(StorageError::Stale)));
}

pub async fn what_a_topic_does_in_chats_is_changed(desk: &Desk<'_>) {
    let before = topics(desk).await;
    assert_eq!(before[1].chat_rules, ChatRules::default(), "it does nothing unless set");
    for (reference, status, resume_at) in [
        (Some("ticket_ref"), Some("ticket_status"), Some("1010178/Nkqgn6xkf")),
        (Some("ticket_ref"), None, Some("1010178")),
        (None, None, None),
    ] {
        let chat_rules = ChatRules {
            reference_field: reference.and_then(|name| name.parse().ok()),
            status_field: status.and_then(|name| name.parse().ok()),
            resume_at: resume_at.and_then(|point| point.parse().ok()),
        };
        desk.write(async |tx| tx.topics().set_chat_rules(&before[1].slug, &chat_rules).await).await;
        let after = topics(desk).await;
        assert_eq!(after[1], Topic { chat_rules, ..before[1].clone() });
        assert_eq!((&after[0], &after[2..]), (&before[0], &before[2..]));
    }
    let unknown = Slug::restore("nowhere".to_owned());
    let rules = ChatRules::default();
    let outcome = desk.try_write(async |tx| tx.topics().set_chat_rules(&unknown, &rules).await);
    assert!(matches!(outcome.await, Err(StorageError::Stale)));
}

pub async fn the_names_of_one_topic_are_changed(desk: &Desk<'_>) {
    let before = topics(desk).await;
    for (title, aliases) in [("Prices 💶", vec!["zwei", "eins"]), ("Prices", vec![]), ("Costs", vec!["eins"])]
    {
        let aliases = aliases.into_iter().map(str::to_owned).collect();
        let changed = Topic { title: title.to_owned(), aliases, ..before[1].clone() };
        desk.write(async |tx| tx.topics().update(&changed).await).await;
        let after = topics(desk).await;
        assert_eq!(after[1], changed);
        assert_eq!((&after[0], &after[2..]), (&before[0], &before[2..]));
    }
    let outcome = desk.try_write(async |tx| tx.topics().update(&topic("nowhere", "Nowhere")).await).await;
    assert!(matches!(outcome, Err(StorageError::Stale)));
}

pub async fn the_default_moves_to_the_topic_that_is_made_it(desk: &Desk<'_>) {
    let before = topics(desk).await;
    let made = Topic { is_default: true, ..before[0].clone() };
    desk.write(async |tx| tx.topics().update(&made).await).await;
    assert_eq!(defaults(desk).await, ["sales"]);
    desk.write(async |tx| tx.topics().update(&before[0]).await).await;
    assert_eq!(defaults(desk).await, ["sales"], "there always is one");
}

pub async fn a_topic_that_was_removed_is_gone_and_its_tickets_keep_its_slug(desk: &Desk<'_>) {
    let before = topics(desk).await;
    let slug = before[0].slug.clone();
    let ticket = Ticket { topic: slug.clone(), ..desk.ticket(1, None) };
    desk.write(async |tx| {
        tx.tickets().insert(std::slice::from_ref(&ticket)).await?;
        assert!(tx.topics().hold(&slug).await?);
        tx.topics().delete(&slug).await?;
        assert!(!tx.topics().hold(&slug).await?);
        Ok(())
    })
    .await;
    assert_eq!(topics(desk).await, before[1..]);
    assert_eq!(desk.read(async |tx| tx.tickets().find(ticket.id).await).await, Some(ticket));
    insert(desk, &topic(slug.as_str(), "Another")).await.expect("the slug is free again");
}

pub async fn a_channel_that_was_put_away_is_in_no_list_and_its_name_is_free(desk: &Desk<'_>) {
    let before = desk.read(async |tx| tx.channels().all().await).await;
    let added = channel(desk, "vip", ChannelKind::Slack, Target::Env("VIP_URL".to_owned()));
    desk.write(async |tx| {
        tx.channels().insert(&added).await?;
        tx.channels().archive(&added, desk.now()).await
    })
    .await;
    assert_eq!(desk.read(async |tx| tx.channels().all().await).await, before);
    assert_eq!(desk.read(async |tx| tx.channels().by_name("vip").await).await, None);
    let next = channel(desk, "vip", ChannelKind::Teams, Target::Env("VIP_URL".to_owned()));
    desk.write(async |tx| tx.channels().insert(&next).await).await;
    assert_eq!(desk.channel("vip").await, next);
}

fn channel(desk: &Desk<'_>, name: &str, kind: ChannelKind, target: Target) -> Channel {
    let id = ChannelId::from_uuid(desk.id());
    Channel {
        id,
        name: name.to_owned(),
        kind,
        target,
        interval: None,
        paused_at: None,
        fallback: None,
        quiet_hours: None,
        created_at: desk.now(),
    }
}

fn topic(slug: &str, title: &str) -> Topic {
    let slug = Slug::restore(slug.to_owned());
    let (title, reminders, chat_rules) = (title.to_owned(), Reminders::default(), ChatRules::default());
    Topic { slug, title, aliases: Vec::new(), is_default: false, routes: Vec::new(), reminders, chat_rules }
}

const fn route(channel: &Channel) -> Route {
    Route { channel_id: channel.id, kind: channel.kind }
}

async fn insert(desk: &Desk<'_>, topic: &Topic) -> Result<(), StorageError> {
    desk.try_write(async |tx| tx.topics().insert(topic, desk.now()).await).await
}

async fn by_name(desk: &Desk<'_>, name: &str) -> Option<Channel> {
    desk.read(async |tx| tx.channels().by_name(name).await).await
}

async fn topics(desk: &Desk<'_>) -> Vec<Topic> {
    desk.read(async |tx| tx.topics().routing().await).await.topics().to_vec()
}

async fn defaults(desk: &Desk<'_>) -> Vec<String> {
    let all = topics(desk).await;
    all.iter().filter(|topic| topic.is_default).map(|topic| topic.slug.to_string()).collect()
}
