//! Files in, values of the library out.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use eksodus::access::assertions::Assertions;
use eksodus::files::{read_bounded, read_to_limit};
use eksodus::journal::RunFolders;
use eksodus::planner::{Decisions, DecisionsError, Layer, Plan};
use eksodus::rbac::Rbac;
use eksodus::reader::{LooksLike, Manifest};
use eksodus::session::{self, Cluster, SessionError};
use eksodus::snapshot::{FolderError as SnapshotError, FolderErrorKind, RbacFile, Snapshot};

#[cfg(feature = "live")]
use super::live::Live;
#[cfg(feature = "live")]
use super::output::Terminal;
use super::output::{CliError, Console, in_one_line};
use super::{Context, simulated};

/// Used when it is there and nothing else is named.
const CONFIG: &str = "eksodus.yaml";

/// More than any ConfigMap, decisions file or plan.
const LIMIT: u64 = 256 << 20;

/// The bytes of a file; `-` is standard input. Neither a device nor a pipe is a file, for both may never end; but one
/// that a shell has opened for us, as with `<(…)`, is.
fn bytes(path: &Path) -> Result<Vec<u8>, CliError> {
    let is_open = ["/dev/fd", "/proc/self/fd"].iter().any(|opened| path.starts_with(opened));
    let read = if path.as_os_str() == "-" || path == Path::new("/dev/stdin") {
        read_to_limit(&mut io::stdin().lock(), LIMIT)
    } else if is_open {
        File::open(path).and_then(|mut file| read_to_limit(&mut file, LIMIT))
    } else {
        read_bounded(path, LIMIT)
    };
    read.map_err(|source| CliError::Read { path: path.to_owned(), source })
}

pub fn text(path: &Path) -> Result<String, CliError> {
    String::from_utf8(bytes(path)?).map_err(|_| CliError::NotText { path: path.to_owned() })
}

/// A saved plan, as it was saved.
pub fn plan_file(path: &Path) -> Result<Plan, CliError> {
    Plan::parse(&text(path)?).map_err(|source| CliError::PlanFile { path: path.to_owned(), source })
}

/// A file that is a saved plan, or an `aws-auth`.
pub enum PlanOrManifest {
    Plan(Box<Plan>),
    Manifest(Manifest),
}

/// Tells a saved plan, of whatever format, from a ConfigMap by its content.
pub fn plan_or_manifest(path: &Path) -> Result<PlanOrManifest, CliError> {
    let bytes = bytes(path)?;
    if let Ok(text) = std::str::from_utf8(&bytes)
        && Plan::is_one(text)
    {
        let plan =
            Plan::parse(text).map_err(|source| CliError::PlanFile { path: path.to_owned(), source })?;
        return Ok(PlanOrManifest::Plan(Box::new(plan)));
    }
    Ok(PlanOrManifest::Manifest(parsed(path, &bytes)?))
}

/// A saved plan: a file, or the one of a run on S3.
pub fn saved_plan(path: &Path, cluster: &impl Cluster) -> Result<Plan, CliError> {
    let on_s3 = path.to_str().is_some_and(|path| path.starts_with("s3://"));
    if on_s3 {
        Ok(session::kept_plan(&cluster.runs().open(path).map_err(SessionError::from)?)?)
    } else {
        plan_file(path)
    }
}

/// What was observed: the folder, with the file in place of its `aws-auth`, or the file alone.
pub fn snapshot(command: &'static str, context: &mut Context<'_>) -> Result<Snapshot, CliError> {
    let global = context.global;
    let mut snapshot = match (&global.cluster, &global.snapshot, &global.aws_auth) {
        (Some(name), _, _) => live(name, context)?,
        (None, Some(folder), _) => with_own_switch(folder, folder_of(folder)?),
        (None, None, Some(_)) => Snapshot::default(),
        (None, None, None) => {
            let instead = "pass --cluster NAME, or --snapshot DIR, --aws-auth FILE, or both of these";
            return Err(CliError::WhichCluster { command, instead });
        }
    };
    if let Some(file) = &global.aws_auth {
        snapshot.aws_auth = Some(manifest(file)?);
    }
    Ok(snapshot)
}

#[cfg(feature = "live")]
fn live(name: &str, context: &mut Context<'_>) -> Result<Snapshot, CliError> {
    let cluster = Live::connect(name, context, false)?;
    Ok(session::look(&cluster, &mut Terminal::new(context.reborrow()))?)
}

#[cfg(not(feature = "live"))]
fn live(_: &str, _: &mut Context<'_>) -> Result<Snapshot, CliError> {
    Err(CliError::NotLive)
}

pub fn folder_of(folder: &Path) -> Result<Snapshot, CliError> {
    Ok(Snapshot::load(folder)?)
}

/// The folder, and whether all of it could be read.
fn readable_folder(folder: &Path, console: &mut Console) -> Result<(Snapshot, bool), CliError> {
    let (snapshot, broken) = Snapshot::load_readable(folder)?;
    // what is another cluster's is no gap in what is known of this one
    let is_other = |error: &SnapshotError| matches!(error.kind, FolderErrorKind::OtherCluster(_));
    let (others, broken): (Vec<_>, Vec<_>) = broken.into_iter().partition(is_other);
    if let Some(error) = others.into_iter().next() {
        return Err(error.into());
    }
    for error in &broken {
        console.warn(&format!("not read: {}", in_one_line(error)));
    }
    Ok((with_own_switch(folder, snapshot), broken.is_empty()))
}

/// A folder on which a run has worked has its journals.
fn with_own_switch(folder: &Path, snapshot: Snapshot) -> Snapshot {
    let runs = RunFolders::below(simulated::runs(folder));
    let own_switch = snapshot.cluster.as_ref().and_then(|cluster| {
        session::own_switch(&runs, &cluster.id, |id| {
            snapshot.updates.iter().flatten().find(|update| update.id == id)?.created_at()
        })
    });
    Snapshot { own_switch, ..snapshot }
}

/// What was observed, for a command that needs `aws-auth` alone.
pub struct Observed {
    pub snapshot: Snapshot,
    /// Every document that is there could be read; of a part no plan is made.
    pub is_whole: bool,
}

/// As [`snapshot`]; but what of a folder besides `aws-auth` cannot be read is told, and unknown.
pub fn observed(
    command: &'static str,
    named: Option<Manifest>,
    context: &mut Context<'_>,
) -> Result<Observed, CliError> {
    let global = context.global;
    let named = match (named, &global.aws_auth) {
        (None, Some(file)) => Some(manifest(file)?),
        (named, _) => named,
    };
    let (mut snapshot, is_whole) = match (&global.cluster, &global.snapshot, &named) {
        (Some(name), _, _) => (live(name, context)?, true),
        (None, Some(folder), _) => readable_folder(folder, context.console)?,
        (None, None, Some(_)) => (Snapshot::default(), true),
        (None, None, None) => {
            let instead = "pass --aws-auth FILE, --snapshot DIR or --cluster NAME";
            return Err(CliError::WhichCluster { command, instead });
        }
    };
    if named.is_some() {
        snapshot.aws_auth = named;
    }
    Ok(Observed { snapshot, is_whole })
}

fn manifest(file: &Path) -> Result<Manifest, CliError> {
    parsed(file, &bytes(file)?)
}

fn parsed(file: &Path, bytes: &[u8]) -> Result<Manifest, CliError> {
    let name = file.display().to_string();
    Manifest::parse(&name, bytes).map_err(|source| {
        let looks = LooksLike::of(bytes, &source);
        CliError::Manifest { name, source, looks }
    })
}

/// `--config`, or `EKSODUS_CONFIG`, the most general file first; empty where the file is to be found.
pub fn named_configs<'c>(context: &Context<'c>) -> &'c [PathBuf] {
    match context.global.config.as_slice() {
        [] => &context.host.config,
        named => named,
    }
}

/// The file of decisions beside the snapshot, or in the working directory, if there is one.
fn found_config(folder: Option<&Path>) -> Option<PathBuf> {
    let beside = || folder.map(|folder| folder.join(CONFIG)).filter(|path| path.exists());
    let here = || Some(PathBuf::from(CONFIG)).filter(|path| path.exists());
    beside().or_else(here)
}

/// What the files of decisions say; none of them is no decisions.
pub fn decisions(context: &mut Context<'_>, folder: Option<&Path>) -> Result<Decisions, CliError> {
    let named = named_configs(context);
    if let Some(last) = named.last() {
        return layered(named, text(last)?);
    }
    let Some(path) = found_config(folder) else { return Ok(Decisions::default()) };
    context.console.note(&format!("decisions from {}", path.display()));
    layered(&[], text(&path)?).map_err(|error| match error {
        CliError::Decisions(error) => {
            CliError::Decisions(DecisionsError { name: path.display().to_string(), ..error })
        }
        error => error,
    })
}

/// The decisions of the files that are named, of which the last has this text; without names, of the one that was found.
pub fn layered(named: &[PathBuf], of_last: String) -> Result<Decisions, CliError> {
    let Some((last, shared)) = named.split_last() else {
        let layer = Layer::parse(CONFIG, &of_last).map_err(CliError::Decisions)?;
        return Ok(Decisions::layered([(String::new(), layer)]));
    };
    let mut layers = Vec::with_capacity(named.len());
    for path in shared {
        layers.push((path, text(path)?));
    }
    layers.push((last, of_last));
    // in whatever folder it is: the plan stays the same
    let is_usual = shared.is_empty() && last.file_name().is_some_and(|name| name == CONFIG);
    let parsed = layers.into_iter().map(|(path, text)| {
        let name = path.display().to_string();
        let layer = Layer::parse(&name, &text).map_err(CliError::Decisions)?;
        Ok((if is_usual { String::new() } else { name }, layer))
    });
    Ok(Decisions::layered(parsed.collect::<Result<Vec<_>, CliError>>()?))
}

/// The file that holds this cluster's own decisions, whether it is there or not, and its text.
pub fn own_decisions(context: &Context<'_>, folder: Option<&Path>) -> Result<(PathBuf, String), CliError> {
    let path = named_configs(context).last().cloned().or_else(|| found_config(folder));
    let path = path.unwrap_or_else(|| PathBuf::from(CONFIG));
    let text = match path.exists() {
        true => text(&path)?,
        false => String::new(),
    };
    Ok((path, text))
}

/// A file of assertions.
pub fn assertions(path: &Path) -> Result<Assertions, CliError> {
    Assertions::parse(&path.display().to_string(), &text(path)?).map_err(CliError::Assertions)
}

/// Roles and bindings as kubectl prints them; what of them gives other than it seems is told.
pub fn rbac(path: &Path, console: &mut Console) -> Result<Rbac, CliError> {
    let RbacFile { rbac, problems } = RbacFile::of(path, bytes(path)?).map_err(CliError::Rbac)?;
    for problem in &problems {
        console.warn(&format!("{}: {problem}", path.display()));
    }
    Ok(rbac)
}

/// A value as pretty JSON with a final newline.
pub fn json(value: &impl serde::Serialize) -> Result<String, CliError> {
    eksodus::json::pretty(value).map_err(CliError::Json)
}
