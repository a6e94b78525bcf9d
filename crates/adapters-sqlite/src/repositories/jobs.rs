//! Periodic jobs.

use application::ports::{JobRepository, StorageError};
use async_trait::async_trait;
use diesel::prelude::*;
use domain::{
    ids::WorkerId,
    job::{Job, JobOutcome, JobRecord, Turn},
};
use jiff::SignedDuration;

use crate::{
    columns::{At, Id, Named},
    error::Failure,
    rows::JobRow,
    schema::jobs,
    unit_of_work::SqliteUnitOfWork,
};

/// A unit of work that writes is alone, so what it reads stays true until it has written.
#[async_trait]
impl JobRepository for SqliteUnitOfWork {
    async fn all(&mut self) -> Result<Vec<JobRecord>, StorageError> {
        self.run(|connection| {
            let rows: Vec<JobRow> = jobs::table.select(JobRow::as_select()).load(connection)?;
            Ok(rows.iter().filter_map(JobRow::record).collect())
        })
        .await
    }

    async fn take(
        &mut self,
        job: Job,
        worker: WorkerId,
        lease: SignedDuration,
    ) -> Result<Option<Turn>, StorageError> {
        let turn = Turn { job, worker, began_at: self.clock.now() };
        self.run(move |connection| {
            let record = find(connection, job)?;
            if record.is_some_and(|record| !record.is_due(turn.began_at)) {
                return Ok(None);
            }
            let taken = (
                jobs::leased_until.eq(Some(At(turn.began_at + lease))),
                jobs::worker_id.eq(Some(Id::from(worker))),
                jobs::began_at.eq(Some(At(turn.began_at))),
            );
            make_known(connection, job, At(turn.began_at))?;
            diesel::update(jobs::table.find(job.as_str())).set(taken).execute(connection)?;
            Ok(Some(turn))
        })
        .await
    }

    async fn extend(&mut self, turn: &Turn, lease: SignedDuration) -> Result<bool, StorageError> {
        let (turn, until) = (*turn, At(self.clock.now() + lease));
        self.run(move |connection| {
            let extended = diesel::update(jobs::table.find(turn.job.as_str()))
                .filter(jobs::worker_id.eq(Id::from(turn.worker)))
                .filter(jobs::began_at.eq(At(turn.began_at)))
                .filter(jobs::leased_until.is_not_null())
                .set(jobs::leased_until.eq(Some(until)));
            Ok(extended.execute(connection)? > 0)
        })
        .await
    }

    async fn finish(&mut self, turn: &Turn, outcome: JobOutcome) -> Result<(), StorageError> {
        let (turn, now) = (*turn, At(self.clock.now()));
        self.run(move |connection| {
            let ended = (
                turn.next_at(outcome).map(|at| jobs::next_at.eq(At(at))),
                jobs::leased_until.eq(None::<At>),
                jobs::ended_at.eq(Some(now)),
                jobs::outcome.eq(Some(Named(outcome))),
            );
            diesel::update(jobs::table.find(turn.job.as_str()))
                .filter(jobs::worker_id.eq(Id::from(turn.worker)))
                .filter(jobs::began_at.eq(At(turn.began_at)))
                .filter(jobs::leased_until.is_not_null())
                .set(ended)
                .execute(connection)?;
            Ok(())
        })
        .await
    }

    async fn request(&mut self, job: Job) -> Result<(), StorageError> {
        let now = At(self.clock.now());
        self.run(move |connection| {
            make_known(connection, job, now)?;
            diesel::update(jobs::table.find(job.as_str())).set(jobs::next_at.eq(now)).execute(connection)?;
            Ok(())
        })
        .await
    }
}

fn find(connection: &mut SqliteConnection, job: Job) -> QueryResult<Option<JobRecord>> {
    let row = jobs::table.find(job.as_str()).select(JobRow::as_select()).get_result(connection).optional()?;
    Ok(row.as_ref().and_then(JobRow::record))
}

/// A job that never ran has no row.
fn make_known(connection: &mut SqliteConnection, job: Job, now: At) -> Result<(), Failure> {
    diesel::insert_into(jobs::table)
        .values((jobs::name.eq(job.as_str()), jobs::next_at.eq(now)))
        .on_conflict_do_nothing()
        .execute(connection)?;
    Ok(())
}
