//! `/admin/jobs`: what runs by itself from time to time.

use actix_web::{HttpRequest, HttpResponse, web::Payload};
use application::ports::{StorageError, atomically, consult};
use askama::Template;
use domain::{
    agent::Role,
    job::{Job, JobRecord},
};

use super::{
    act::act,
    frame::{Frame, Section},
    visit::{go, shown, visit},
};

#[derive(Template)]
#[template(path = "panel/jobs.html")]
struct JobsPage {
    frame: Frame,
    jobs: Vec<(Job, Option<JobRecord>)>,
}

pub(super) async fn list(request: HttpRequest) -> HttpResponse {
    visit(&request, Role::Viewer, async |visit| {
        let storage = visit.storage();
        let records = async move { consult(&*storage, async |tx| tx.jobs().all().await).await };
        let records = visit.run(records).await?;
        let record = |job: &Job| (*job, records.iter().find(|record| record.job == *job).copied());
        let jobs = Job::ALL.iter().map(record).collect();
        shown(&JobsPage { frame: visit.frame(visit.t("Jobs"), Section::Jobs), jobs })
    })
    .await
}

pub(super) async fn run_now(request: HttpRequest, payload: Payload) -> HttpResponse {
    act(&request, payload, Role::Admin, async |visit, _| {
        let job: Job = visit.path("job")?;
        let storage = visit.storage();
        let ask = async move {
            atomically::<_, StorageError, _>(&*storage, async |tx| tx.jobs().request(job).await).await
        };
        visit.run(ask).await?;
        Ok(go("/admin/jobs?done=requested"))
    })
    .await
}
