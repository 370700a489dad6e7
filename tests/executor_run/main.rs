//! Plans carried out on the simulator.

mod apply;
mod crash;
mod world;
