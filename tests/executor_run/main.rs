//! Plans carried out on the simulator.

mod apply;
mod crash;
mod faults;
mod guards;
mod rollback;
mod world;
