//! Every use case, on the fakes of `port-contracts`.

mod access;
mod bots;
mod desk;
mod dispatching;
mod housekeeping;
mod intake_batches;
mod intake_faults;
mod intake_lane;
mod interventions;
mod lookups;
mod outcomes;
mod quarantine;
mod reclaiming;
mod routing;
mod settling;
mod staff;
mod submitting;
mod users;
