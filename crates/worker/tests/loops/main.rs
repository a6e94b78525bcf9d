//! The loops of a worker, on the fakes of `port-contracts` and on paused time: a test waits for what happens, and the
//! clock goes on by itself when there is nothing else to do.

mod capacity;
mod crashes;
mod deliveries;
mod jobs;
mod office;
mod outages;
mod pulse;
mod queues;
mod stopping;
mod wires;
