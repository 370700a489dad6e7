use std::path::{Path, PathBuf};

#[cfg(debug_assertions)]
use eksodus::journal::{KeptRun, Store};
use eksodus::journal::{RunFolders, Runs, RunsLock};
use eksodus::model::ClusterId;
use eksodus::session::{Cluster, NotEnded, SessionError, Tell, look_at_simulated};
use eksodus::simulator::{Behaviour, Fault, Operation, Simulator};
use eksodus::snapshot::{FolderError, Made, Snapshot};
use eksodus::world::World;
use pollster::block_on;

#[cfg(debug_assertions)]
use super::fault_point;
use super::output::in_one_line;
use super::target::Target;
use eksodus::render::shell_word;

/// A cluster that is a snapshot folder: read, played, and written back.
///
/// A write is answered only once the folder tells of it. When that fails the cluster is lost to this process: what it did
/// since the folder was last written is not seen by anybody.
pub struct Simulated {
    folder: PathBuf,
    faults: Vec<Fault>,
    pub world: Simulator,
    /// Held by those who may change the folder.
    _lock: Option<RunsLock>,
}

impl Simulated {
    /// To look at; a run of somebody else may be under way.
    pub fn open(folder: &Path, faults: &[Fault]) -> Result<Self, SessionError> {
        let snapshot = Snapshot::load(folder)?;
        let world = Simulator::from_snapshot(&snapshot, Behaviour::default())?;
        world.add_made(&Made::load(folder)?);
        world.set_faults(faults.to_vec());
        let (folder, faults) = (folder.to_owned(), faults.to_vec());
        let kept_in = folder.clone();
        world.before_answer(move |world, call| {
            // the look at an update may be the first that sees its end
            let is_kept = call.operation.is_write() || call.operation == Operation::DescribeUpdate;
            if is_kept { save(world, &kept_in).map_err(|error| in_one_line(&error)) } else { Ok(()) }
        });
        Ok(Self { folder, faults, world, _lock: None })
    }
}

/// What the world has become.
fn save(world: &Simulator, folder: &Path) -> Result<(), FolderError> {
    world.to_snapshot().save(folder)?;
    world.made().save(folder)
}

impl World for Simulated {
    type Eks = Simulator;
    type Iam = Simulator;
    type Sts = Simulator;
    type Kube = Simulator;
    type Clock = Simulator;

    fn eks(&self) -> &Simulator {
        &self.world
    }

    fn iam(&self) -> &Simulator {
        &self.world
    }

    fn sts(&self) -> &Simulator {
        &self.world
    }

    fn kube(&self) -> &Simulator {
        &self.world
    }

    fn clock(&self) -> &Simulator {
        &self.world
    }
}

impl Cluster for Simulated {
    fn wait<F: Future>(&self, future: F) -> F::Output {
        block_on(future)
    }

    fn hold(self, _: &mut dyn Tell) -> Result<Self, SessionError> {
        let lock = RunsLock::take(&runs(&self.folder))?;
        // read again, for only from now on it stays as it is
        Ok(Self { _lock: Some(lock), ..Self::open(&self.folder, &self.faults)? })
    }

    fn look(&self, _: &mut dyn Tell) -> Result<Snapshot, SessionError> {
        look_at_simulated(&self.world)
    }

    fn aws_auth_text(&self) -> Result<Option<String>, SessionError> {
        Ok(self.world.to_snapshot().aws_auth.map(|manifest| manifest.source.text))
    }

    fn id(&self) -> Option<ClusterId> {
        self.world.to_snapshot().cluster.map(|cluster| cluster.id)
    }

    fn caller_arn(&self) -> Option<String> {
        self.world.to_snapshot().caller.map(|caller| caller.arn)
    }

    fn live_name(&self) -> Option<&str> {
        None
    }

    fn runs(&self) -> Runs {
        RunFolders::below(runs(&self.folder))
    }

    #[cfg(debug_assertions)]
    fn store(&self, run: &KeptRun) -> Result<Box<dyn Store>, SessionError> {
        Ok(fault_point::on(run.store()?))
    }

    /// What somebody else did to the world after the last call of ours is saved too.
    fn end(&self) -> Result<(), NotEnded> {
        if self.world.answers().is_ok() {
            save(&self.world, &self.folder)?;
        }
        Ok(())
    }
}

impl Target for Simulated {
    fn folder(&self) -> Option<&Path> {
        Some(&self.folder)
    }

    fn options(&self) -> String {
        format!("--simulate {}", shell_word(&self.folder.display().to_string()))
    }
}

/// Where the runs on a snapshot folder keep their journals.
pub fn runs(folder: &Path) -> PathBuf {
    folder.join("runs")
}

#[cfg(test)]
mod tests {
    use eksodus::eks::{AwsErrorKind, EksApi as _};
    use eksodus::model::AuthenticationMode;
    use pollster::block_on;

    use super::*;

    #[test]
    fn a_write_that_cannot_be_saved_is_in_doubt_and_the_cluster_is_lost() {
        let directory = tempfile::tempdir().unwrap();
        let (folder, away) = (directory.path().join("sim"), directory.path().join("away"));
        std::fs::create_dir(&folder).unwrap();
        std::fs::copy("fixtures/quickstart/cluster.json", folder.join("cluster.json")).unwrap();
        let cluster = Simulated::open(&folder, &[]).unwrap();
        std::fs::rename(&folder, &away).unwrap();
        std::fs::File::create(&folder).unwrap();
        let to = AuthenticationMode::ApiAndConfigMap;
        let error = block_on(cluster.eks().update_authentication_mode(to, "token")).unwrap_err();
        assert_eq!(error.kind, AwsErrorKind::Transport);
        assert!(error.to_string().contains("sim"), "{error}");
        std::fs::remove_file(&folder).unwrap();
        std::fs::rename(&away, &folder).unwrap();
        // the folder does not have what this process has seen
        let later = block_on(cluster.eks().describe_cluster()).unwrap_err();
        assert_eq!((later.kind, later.message), (error.kind, error.message));
    }
}
