//! What the watchdog sees and has told. Alarms lie beside the periodic jobs, which are shared in the same way: told is
//! what has the outcome of an alarm, and `next_at` says when it may be told again.

use application::ports::{StorageError, WatchRepository};
use async_trait::async_trait;
use diesel::{
    QueryableByName,
    prelude::*,
    sql_types::{BigInt, Nullable, Text, Timestamptz},
};
use diesel_async::RunQueryDsl;
use domain::{
    channel::ChannelKind,
    job::JobOutcome,
    notification::NotificationStatus,
    watchdog::{Alarm, Backlog, News, TELLING_LEASE, TOLD_AGAIN_AFTER, Undelivered},
};
use jiff::{SignedDuration, Timestamp};

use crate::{
    columns::{At, Named},
    error::Failure,
    rows::quiet_hours,
    schema::jobs,
    statement::statement,
    unit_of_work::PgUnitOfWork,
};

/// What the names of alarms begin with, so that they are no jobs.
const PREFIX: &str = "alarm ";

#[derive(QueryableByName)]
struct BacklogRow {
    #[diesel(sql_type = Text)]
    kind: Named<ChannelKind>,
    #[diesel(sql_type = Nullable<BigInt>)]
    interval_us: Option<i64>,
    #[diesel(sql_type = Nullable<Text>)]
    quiet_hours: Option<String>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    next_slot_at: Option<At>,
    #[diesel(sql_type = BigInt)]
    due: i64,
    #[diesel(sql_type = Timestamptz)]
    oldest_due_at: At,
}

#[derive(QueryableByName)]
struct UndeliveredRow {
    #[diesel(sql_type = BigInt)]
    failed: i64,
    #[diesel(sql_type = BigInt)]
    unknown: i64,
}

#[async_trait]
impl WatchRepository for PgUnitOfWork {
    async fn backlogs(&mut self, now: Timestamp, limit: usize) -> Result<Vec<Backlog>, StorageError> {
        self.run(async |connection| {
            let rows: Vec<BacklogRow> = statement(
                "SELECT kind, interval_us, quiet_hours, next_slot_at, due, oldest_due_at
                 FROM channels
                 CROSS JOIN LATERAL (
                     SELECT count(*) AS due, min(next_at) AS oldest_due_at FROM (
                         SELECT next_at FROM notifications
                         WHERE notifications.channel_id = channels.id AND next_at <= $1
                         ORDER BY next_at LIMIT $2
                     ) AS first_due
                 ) AS backlog
                 WHERE paused_at IS NULL AND due > 0",
            )
            .bind::<Timestamptz, _>(At(now))
            .bind::<BigInt, _>(bounded(limit))
            .load(connection)
            .await?;
            rows.iter().map(Backlog::try_from).collect()
        })
        .await
    }

    async fn undelivered(&mut self, limit: usize) -> Result<Undelivered, StorageError> {
        self.run(async |connection| {
            let row: UndeliveredRow = statement(
                "SELECT (SELECT count(*) FROM (SELECT FROM notifications
                             WHERE status = $1 AND status <> 'sent' LIMIT $3) AS counted) AS failed,
                        (SELECT count(*) FROM (SELECT FROM notifications
                             WHERE status = $2 AND status <> 'sent' LIMIT $3) AS counted) AS unknown",
            )
            .bind::<Text, _>(Named(NotificationStatus::Failed))
            .bind::<Text, _>(Named(NotificationStatus::Unknown))
            .bind::<BigInt, _>(bounded(limit))
            .get_result(connection)
            .await?;
            Ok(Undelivered { failed: counted(row.failed), unknown: counted(row.unknown) })
        })
        .await
    }

    async fn told(&mut self) -> Result<Vec<Alarm>, StorageError> {
        self.run(async |connection| {
            let told = jobs::table.filter(jobs::name.like("alarm %"));
            let told = told.filter(jobs::outcome.eq(JobOutcome::Alarm.as_str())).select(jobs::name);
            let names: Vec<String> = told.load(connection).await?;
            Ok(names.iter().filter_map(|name| name.strip_prefix(PREFIX)?.parse().ok()).collect())
        })
        .await
    }

    async fn take(&mut self, alarm: Alarm, news: News, now: Timestamp) -> Result<bool, StorageError> {
        // Whoever finds the row locked waits, and then sees that somebody else has the right.
        let take = match news {
            News::Raised => {
                "INSERT INTO jobs AS alarm (name, next_at, leased_until) VALUES ($1, $2, $3)
                 ON CONFLICT (name) DO UPDATE SET leased_until = $3
                 WHERE alarm.next_at <= $2 AND (alarm.leased_until IS NULL OR alarm.leased_until <= $2)"
            }
            News::Over => {
                "UPDATE jobs SET leased_until = $3
                 WHERE name = $1 AND outcome = 'alarm' AND (leased_until IS NULL OR leased_until <= $2)"
            }
        };
        self.run(async |connection| {
            let taken = statement(take)
                .bind::<Text, _>(name(alarm))
                .bind::<Timestamptz, _>(At(now))
                .bind::<Timestamptz, _>(later(now, TELLING_LEASE))
                .execute(connection)
                .await?;
            Ok(taken > 0)
        })
        .await
    }

    async fn tell(&mut self, alarm: Alarm, news: News, now: Timestamp) -> Result<(), StorageError> {
        let (outcome, next_at) = match news {
            News::Raised => (JobOutcome::Alarm, later(now, TOLD_AGAIN_AFTER)),
            News::Over => (JobOutcome::Done, At(now)),
        };
        self.run(async |connection| {
            statement(
                "UPDATE jobs SET outcome = $2, next_at = $3, ended_at = $4, leased_until = NULL WHERE name = $1",
            )
            .bind::<Text, _>(name(alarm))
            .bind::<Text, _>(Named(outcome))
            .bind::<Timestamptz, _>(next_at)
            .bind::<Timestamptz, _>(At(now))
            .execute(connection)
            .await?;
            Ok(())
        })
        .await
    }

    async fn release(&mut self, alarm: Alarm) -> Result<(), StorageError> {
        self.run(async |connection| {
            let release = statement("UPDATE jobs SET leased_until = NULL WHERE name = $1");
            release.bind::<Text, _>(name(alarm)).execute(connection).await?;
            Ok(())
        })
        .await
    }
}

fn name(alarm: Alarm) -> String {
    format!("{PREFIX}{alarm}")
}

fn later(now: Timestamp, by: SignedDuration) -> At {
    At(now.checked_add(by).unwrap_or(Timestamp::MAX))
}

fn bounded(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}

fn counted(rows: i64) -> usize {
    usize::try_from(rows).unwrap_or_default()
}

impl TryFrom<&BacklogRow> for Backlog {
    type Error = Failure;

    fn try_from(row: &BacklogRow) -> Result<Self, Failure> {
        Ok(Self {
            kind: row.kind.0,
            interval: row.interval_us.map(SignedDuration::from_micros),
            quiet_hours: quiet_hours(row.quiet_hours.as_deref())?,
            next_slot_at: row.next_slot_at.map(|at| at.0),
            due: counted(row.due),
            oldest_due_at: row.oldest_due_at.0,
        })
    }
}
