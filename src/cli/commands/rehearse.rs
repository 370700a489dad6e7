use std::sync::atomic::{AtomicBool, Ordering};

use clap::Args;
use eksodus::eks::simulator::{Behaviour, Fault, Simulator};
use eksodus::executor::journal::{Header, Journal, MemoryStore};
use eksodus::executor::{Ending, Finished, Options, Patience, execute, observe, rollback_plan};
use eksodus::planner::{Phase, Plan, plan};
use pollster::block_on;
use serde::Serialize;

use crate::cli::args::{Format, PhaseArg};
use crate::cli::error::CliError;
use crate::cli::exit::Exit;
use crate::cli::progress::Progress;
use crate::cli::{Context, conclusion, inputs, interrupt};

#[derive(Debug, Args)]
pub struct RehearseArgs {
    /// Break a call on purpose; may be given again
    #[arg(long, value_name = "FAULT")]
    fault: Vec<Fault>,
    /// Undo everything at the end, also when a fault stopped the run, and compare with the beginning
    #[arg(long)]
    rollback: bool,
    /// Stop after this phase
    #[arg(long, value_enum, value_name = "PHASE", default_value = "api-mode")]
    through: PhaseArg,
}
