//! Every use case, on the fakes of `port-contracts`.

mod access;
mod bots;
mod desk;
mod dispatching;
mod editing;
mod forgetting;
mod indexing;
mod intake_batches;
mod intake_faults;
mod intake_lane;
mod interventions;
mod ledger;
mod lookups;
mod outcomes;
mod quarantine;
mod reclaiming;
mod reminders;
mod retention;
mod routing;
mod settling;
mod sharing_jobs;
mod staff;
mod submitting;
mod users;
