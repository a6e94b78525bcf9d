//! Periodic jobs.

use application::ports::{JobRepository, StorageError};
use async_trait::async_trait;
use diesel::{
    QueryableByName,
    prelude::*,
    sql_types::{BigInt, Nullable, Text, Timestamptz, Uuid},
};
use diesel_async::RunQueryDsl;
use domain::{
    ids::WorkerId,
    job::{Job, JobOutcome, JobRecord, Turn},
};
use jiff::SignedDuration;

use crate::{
    columns::{At, Id, Named},
    rows::JobRow,
    schema::jobs,
    statement::statement,
    unit_of_work::PgUnitOfWork,
};

#[derive(QueryableByName)]
struct Taken {
    #[diesel(sql_type = Timestamptz)]
    began_at: At,
}

#[async_trait]
impl JobRepository for PgUnitOfWork {
    async fn all(&mut self) -> Result<Vec<JobRecord>, StorageError> {
        self.run(async |connection| {
            let rows: Vec<JobRow> = jobs::table.select(JobRow::as_select()).load(connection).await?;
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
        self.run(async |connection| {
            // Whoever finds the row locked waits, and then sees that it is not due any more.
            let take = statement(
                "INSERT INTO jobs AS job (name, next_at, leased_until, worker_id, began_at)
                 SELECT $1, now, now + $3 * interval '1 microsecond', $2, now FROM clock_timestamp() AS now
                 ON CONFLICT (name) DO UPDATE
                 SET leased_until = excluded.leased_until, worker_id = $2, began_at = excluded.began_at
                 WHERE job.next_at <= excluded.began_at
                   AND (job.leased_until IS NULL OR job.leased_until <= excluded.began_at)
                 RETURNING began_at",
            );
            let taken: Option<Taken> = take
                .bind::<Text, _>(job.as_str())
                .bind::<Uuid, _>(Id::from(worker))
                .bind::<BigInt, _>(microseconds(lease))
                .get_result(connection)
                .await
                .optional()?;
            Ok(taken.map(|taken| Turn { job, worker, began_at: taken.began_at.0 }))
        })
        .await
    }

    async fn extend(&mut self, turn: &Turn, lease: SignedDuration) -> Result<bool, StorageError> {
        self.run(async |connection| {
            let extended = statement(
                "UPDATE jobs SET leased_until = clock_timestamp() + $4 * interval '1 microsecond'
                 WHERE name = $1 AND worker_id = $2 AND began_at = $3 AND leased_until IS NOT NULL",
            );
            let extended = extended
                .bind::<Text, _>(turn.job.as_str())
                .bind::<Uuid, _>(Id::from(turn.worker))
                .bind::<Timestamptz, _>(At(turn.began_at))
                .bind::<BigInt, _>(microseconds(lease))
                .execute(connection)
                .await?;
            Ok(extended > 0)
        })
        .await
    }

    async fn finish(&mut self, turn: &Turn, outcome: JobOutcome) -> Result<(), StorageError> {
        self.run(async |connection| {
            statement(
                "UPDATE jobs
                 SET next_at = coalesce($4, next_at), leased_until = NULL, ended_at = clock_timestamp(), outcome = $5
                 WHERE name = $1 AND worker_id = $2 AND began_at = $3 AND leased_until IS NOT NULL",
            )
            .bind::<Text, _>(turn.job.as_str())
            .bind::<Uuid, _>(Id::from(turn.worker))
            .bind::<Timestamptz, _>(At(turn.began_at))
            .bind::<Nullable<Timestamptz>, _>(turn.next_at(outcome).map(At))
            .bind::<Text, _>(Named(outcome))
            .execute(connection)
            .await?;
            Ok(())
        })
        .await
    }

    async fn request(&mut self, job: Job) -> Result<(), StorageError> {
        self.run(async |connection| {
            statement(
                "INSERT INTO jobs (name, next_at) VALUES ($1, clock_timestamp())
                 ON CONFLICT (name) DO UPDATE SET next_at = excluded.next_at",
            )
            .bind::<Text, _>(job.as_str())
            .execute(connection)
            .await?;
            Ok(())
        })
        .await
    }
}

fn microseconds(lease: SignedDuration) -> i64 {
    i64::try_from(lease.as_micros()).unwrap_or(i64::MAX)
}
