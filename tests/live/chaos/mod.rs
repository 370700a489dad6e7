//! The real binary while everything around it breaks on purpose: it ends right, or says what to do and then ends right.

mod disk;
mod ground;
mod kill;
mod shape;
