use std::path::{Path, PathBuf};

use eksodus::eks::simulator::{Behaviour, Fault, Simulator};

use super::error::CliError;
use super::inputs;

/// A cluster that is a snapshot folder: read, played, and written back.
pub struct Simulated {
    folder: PathBuf,
    pub world: Simulator,
}

impl Simulated {
    pub fn open(folder: &Path, faults: Vec<Fault>) -> Result<Self, CliError> {
        let snapshot = inputs::folder_of(folder)?;
        let world = Simulator::from_snapshot(&snapshot, Behaviour::default())?;
        world.set_faults(faults);
        Ok(Self { folder: folder.to_owned(), world })
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// What the world has become.
    pub fn save(&self) -> Result<(), CliError> {
        self.world.to_snapshot().save(&self.folder).map_err(CliError::Snapshot)
    }

    /// Where the runs on this cluster keep their journals.
    pub fn runs(&self) -> PathBuf {
        self.folder.join("runs")
    }
}
