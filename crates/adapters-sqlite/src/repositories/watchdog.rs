//! What the watchdog sees and has told. Alarms lie beside the periodic jobs, which are shared in the same way: told is
//! what has the outcome of an alarm, and `next_at` says when it may be told again.

use application::ports::{StorageError, WatchRepository};
use async_trait::async_trait;
use diesel::{dsl::sql, prelude::*, sql_types::Bool};
use domain::{
    job::JobOutcome,
    notification::NotificationStatus,
    watchdog::{Alarm, Backlog, News, TELLING_LEASE, TOLD_AGAIN_AFTER, Undelivered},
};
use jiff::{SignedDuration, Timestamp};

use crate::{
    columns::{At, Id, Named},
    error::Failure,
    rows::ChannelRow,
    schema::{channels, jobs, notifications},
    unit_of_work::SqliteUnitOfWork,
};

/// What the names of alarms begin with, so that they are no jobs.
const PREFIX: &str = "alarm ";

/// A unit of work that writes is alone, so what it reads stays true until it has written.
#[async_trait]
impl WatchRepository for SqliteUnitOfWork {
    async fn backlogs(&mut self, now: Timestamp, limit: usize) -> Result<Vec<Backlog>, StorageError> {
        self.run(move |connection| {
            let running = channels::table.filter(channels::paused_at.is_null());
            let running: Vec<ChannelRow> = running.select(ChannelRow::as_select()).load(connection)?;
            let backlogs = running.iter().map(|channel| backlog(connection, channel, now, limit));
            backlogs.filter_map(Result::transpose).collect()
        })
        .await
    }

    async fn undelivered(&mut self, limit: usize) -> Result<Undelivered, StorageError> {
        self.run(move |connection| {
            Ok(Undelivered {
                failed: standing(connection, NotificationStatus::Failed, limit)?,
                unknown: standing(connection, NotificationStatus::Unknown, limit)?,
            })
        })
        .await
    }

    async fn told(&mut self) -> Result<Vec<Alarm>, StorageError> {
        self.run(|connection| {
            let told = jobs::table.filter(jobs::name.like("alarm %"));
            let told = told.filter(jobs::outcome.eq(JobOutcome::Alarm.as_str())).select(jobs::name);
            let names: Vec<String> = told.load(connection)?;
            Ok(names.iter().filter_map(|name| name.strip_prefix(PREFIX)?.parse().ok()).collect())
        })
        .await
    }

    async fn take(&mut self, alarm: Alarm, news: News, now: Timestamp) -> Result<bool, StorageError> {
        self.run(move |connection| {
            let free = jobs::leased_until.is_null().or(jobs::leased_until.le(At(now)));
            let row = jobs::table.find(name(alarm));
            let leased = jobs::leased_until.eq(Some(later(now, TELLING_LEASE)));
            let taken = match news {
                News::Raised => {
                    make_known(connection, alarm, now)?;
                    let wanted = row.filter(jobs::next_at.le(At(now))).filter(free);
                    diesel::update(wanted).set(leased).execute(connection)?
                }
                News::Over => {
                    let wanted = row.filter(jobs::outcome.eq(JobOutcome::Alarm.as_str())).filter(free);
                    diesel::update(wanted).set(leased).execute(connection)?
                }
            };
            Ok(taken > 0)
        })
        .await
    }

    async fn tell(&mut self, alarm: Alarm, news: News, now: Timestamp) -> Result<(), StorageError> {
        let (outcome, next_at) = match news {
            News::Raised => (JobOutcome::Alarm, later(now, TOLD_AGAIN_AFTER)),
            News::Over => (JobOutcome::Done, At(now)),
        };
        self.run(move |connection| {
            let told = (
                jobs::outcome.eq(Some(outcome.as_str())),
                jobs::next_at.eq(next_at),
                jobs::ended_at.eq(Some(At(now))),
                jobs::leased_until.eq(None::<At>),
            );
            diesel::update(jobs::table.find(name(alarm))).set(told).execute(connection)?;
            Ok(())
        })
        .await
    }

    async fn release(&mut self, alarm: Alarm) -> Result<(), StorageError> {
        self.run(move |connection| {
            let free = jobs::leased_until.eq(None::<At>);
            diesel::update(jobs::table.find(name(alarm))).set(free).execute(connection)?;
            Ok(())
        })
        .await
    }
}

/// What waits is due by its `next_at`; what is handed over has another there, and is found by its claim.
fn backlog(
    connection: &mut SqliteConnection,
    channel: &ChannelRow,
    now: Timestamp,
    limit: usize,
) -> Result<Option<Backlog>, Failure> {
    let of_channel = || notifications::table.filter(notifications::channel_id.eq(channel.id));
    let mut due: Vec<At> = of_channel()
        .filter(notifications::next_at.le(At(now)))
        .order(notifications::next_at)
        .limit(i64::try_from(limit).unwrap_or(i64::MAX))
        .select(notifications::due_at)
        .load(connection)?;
    let handed_over: Vec<(At, Option<At>)> = of_channel()
        .filter(notifications::claimed_by.is_not_null())
        .filter(notifications::due_at.le(At(now)))
        .select((notifications::due_at, notifications::next_at))
        .load(connection)?;
    // What was handed over in vain is among the waiting already. A condition on `next_at` would lead SQLite to the index
    // of all that waits for later.
    let waits = |next_at: Option<At>| next_at.is_some_and(|next_at| next_at.0 <= now);
    due.extend(handed_over.iter().filter(|(_, next_at)| !waits(*next_at)).map(|(due_at, _)| *due_at));
    let Some(oldest_due_at) = due.iter().map(|due_at| due_at.0).min() else { return Ok(None) };
    Ok(Some(Backlog {
        kind: channel.kind.0,
        interval: channel.interval(),
        quiet_hours: channel.quiet_hours()?,
        next_slot_at: channel.next_slot_at.map(|at| at.0),
        due: due.len().min(limit),
        oldest_due_at,
    }))
}

/// How many stand there for good. The condition in plain words is that of the index.
fn standing(
    connection: &mut SqliteConnection,
    status: NotificationStatus,
    limit: usize,
) -> QueryResult<usize> {
    let standing: Vec<Id> = notifications::table
        .filter(notifications::status.eq(Named(status)))
        .filter(sql::<Bool>("status <> 'sent'"))
        .limit(i64::try_from(limit).unwrap_or(i64::MAX))
        .select(notifications::id)
        .load(connection)?;
    Ok(standing.len())
}

/// An alarm that was never told has no row.
fn make_known(connection: &mut SqliteConnection, alarm: Alarm, now: Timestamp) -> QueryResult<()> {
    diesel::insert_into(jobs::table)
        .values((jobs::name.eq(name(alarm)), jobs::next_at.eq(At(now))))
        .on_conflict_do_nothing()
        .execute(connection)?;
    Ok(())
}

fn name(alarm: Alarm) -> String {
    format!("{PREFIX}{alarm}")
}

fn later(now: Timestamp, by: SignedDuration) -> At {
    At(now.checked_add(by).unwrap_or(Timestamp::MAX))
}
