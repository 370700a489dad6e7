//! `action.yml`: its steps' scripts, run as the runner runs them, with a `gh` that keeps comments in a folder.

mod comments;
mod hostile;
mod inputs;
mod runner;
mod steps;
