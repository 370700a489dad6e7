//! The real binary while everything around it breaks on purpose: it ends right, or says what to do and then ends right.

mod burst;
mod clock;
mod cluster;
mod disk;
mod ground;
mod kill;
mod kill_9;
mod network;
mod operators;
mod shape;
