//! Periodic jobs.

use diesel::prelude::*;
use domain::job::{Job, JobOutcome, JobRecord};

use crate::{
    columns::{At, Id},
    schema::jobs,
};

/// Names are texts here: a later version may have written some that this one does not know.
#[derive(Queryable, Selectable)]
#[diesel(table_name = jobs)]
pub(crate) struct JobRow {
    name: String,
    next_at: At,
    leased_until: Option<At>,
    worker_id: Option<Id>,
    began_at: Option<At>,
    ended_at: Option<At>,
    outcome: Option<String>,
}

impl JobRow {
    /// None for a job that this version does not know.
    pub(crate) fn record(&self) -> Option<JobRecord> {
        let outcome = |name: &String| name.parse::<JobOutcome>().ok();
        Some(JobRecord {
            job: self.name.parse::<Job>().ok()?,
            next_at: self.next_at.0,
            leased_until: self.leased_until.map(|at| at.0),
            worker: self.worker_id.map(Into::into),
            began_at: self.began_at.map(|at| at.0),
            ended_at: self.ended_at.map(|at| at.0),
            outcome: self.outcome.as_ref().and_then(outcome),
        })
    }
}
