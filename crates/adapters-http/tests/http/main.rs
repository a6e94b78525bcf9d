//! What the server answers, from outside: real use cases over fakes, real connections over loopback.

mod access;
mod api;
mod bodies;
mod calls;
mod client;
mod desk;
mod docs;
mod faults;
mod guessing;
mod headers;
mod health;
mod hooks;
mod hosts;
mod life_cycle;
mod limits;
mod lookups;
mod panel;
mod slow;
mod watching;
