use std::error::Error;
use std::io;
use std::path::PathBuf;

use eksodus::calls::NoCalls;
use eksodus::executor::NoRollback;
use eksodus::files::WriteError;
#[cfg(feature = "live")]
use eksodus::journal::s3::S3ErrorKind;
use eksodus::journal::{JournalError, RunFolderError, RunsError};
use eksodus::observe::ApiError;
use eksodus::planner::{DecisionsError, PlanFileError};
use eksodus::reader::{ManifestError, Place};
use eksodus::render::Page;
use eksodus::simulator::SimulatorError;
use eksodus::snapshot::{FolderError as SnapshotError, FolderErrorKind};

use super::advice;
use super::exit::Exit;
use crate::cli::args::shell_word;
#[cfg(feature = "live")]
use crate::cli::live::LiveError;

/// Why a command did not do what it was asked to. Advice is in [`CliError::hint`].
#[derive(Debug, thiserror::Error)]
pub enum CliError {
    #[error("stdout cannot be written")]
    Stdout(#[source] io::Error),
    #[error("signals cannot be caught")]
    Signals(#[source] ctrlc::Error),
    #[error("{}", path.display())]
    Read { path: PathBuf, source: io::Error },
    #[error("{} is not UTF-8", path.display())]
    NotText { path: PathBuf },
    #[error("{text:?} is not an ARN")]
    NotAnArn { text: String },
    #[error("{command} needs a cluster")]
    WhichCluster { command: &'static str, instead: &'static str },
    #[cfg(not(feature = "live"))]
    #[error("this build cannot reach a live cluster")]
    NotLive,
    #[cfg(feature = "live")]
    #[error(transparent)]
    Live(#[from] LiveError),
    #[error("{command} has no Markdown output")]
    NoMarkdown { command: &'static str },
    #[error("--out names a file, and - is none")]
    OutIsStdout,
    #[error("a plan has all phases")]
    PruneNone,
    #[error("the plan was made with --prune {planned}")]
    OtherPrune { planned: &'static str },
    #[error("there is no command {name:?}")]
    NoSuchCommand { name: String },
    #[error("in API mode a rollback would lock people out, so there is none to rehearse")]
    NoWayBack,
    #[error("this asks for confirmation, and nobody can answer")]
    NobodyToAsk,
    #[error("AWS has no way back from {phases}: this asks for the cluster's name, and nobody can answer")]
    NobodyToAgree { phases: String },
    #[error("{name}{}", at(source.place))]
    Manifest { name: String, source: ManifestError },
    #[error(transparent)]
    Snapshot(#[from] SnapshotError),
    #[error("{}{}", .0.name, at(.0.place))]
    Decisions(#[source] DecisionsError),
    #[error("{}", path.display())]
    PlanFile { path: PathBuf, source: PlanFileError },
    #[error("the plan's digest is {found}, not {reviewed}, which was reviewed")]
    OtherDigest { reviewed: String, found: String },
    #[error("the plan is for {planned}, this is {found}")]
    OtherCluster { planned: String, found: String },
    #[error("the plan was made without a cluster")]
    NoCluster,
    #[error(transparent)]
    Simulator(#[from] SimulatorError),
    #[error("the cluster cannot be observed")]
    Observe(#[source] ApiError),
    #[error(transparent)]
    Write(#[from] WriteError),
    #[error(transparent)]
    Runs(#[from] RunsError),
    #[error("{place}")]
    Journal { place: String, source: JournalError },
    #[error("{place}: the journal is of plan {journal}, not of {plan} beside it")]
    OtherPlan { place: String, journal: String, plan: String },
    #[error("{place}: the journal is of {found}, not of this cluster")]
    OthersJournal { place: String, found: String },
    #[error("what the run {place} did is not known: {why}")]
    UnknownRun { place: String, why: String },
    #[error("{place}: run {number} was begun, and nothing of it is there")]
    LostRun { number: u32, place: String },
    #[error("runs are kept as an earlier version did, and are not looked for there: {}", places.join(", "))]
    OldForm { places: Vec<String>, to: String },
    #[error("there is no run of this plan in {place}")]
    NothingToResume { place: String },
    #[error("{place}: the run did not begin, and did nothing")]
    NotBegun { place: String },
    #[error("the plan cannot be carried out")]
    Plan(#[source] NoCalls),
    #[error("this cannot be rolled back")]
    NoRollback(#[from] NoRollback),
    #[error("the answer cannot be written as JSON")]
    Json(#[source] serde_json::Error),
}

/// `:12:5`, or nothing where the whole text is at fault.
fn at(place: Option<Place>) -> String {
    place.map(|place| format!(":{place}")).unwrap_or_default()
}

impl CliError {
    /// With its causes, which the text leaves out.
    pub fn in_one_line(&self) -> String {
        in_one_line(self)
    }

    pub fn exit(&self) -> Exit {
        match self {
            Self::NotAnArn { .. }
            | Self::WhichCluster { .. }
            | Self::NoMarkdown { .. }
            | Self::OutIsStdout
            | Self::PruneNone
            | Self::OtherPrune { .. }
            | Self::NoSuchCommand { .. }
            | Self::NoWayBack
            | Self::NobodyToAsk
            | Self::NobodyToAgree { .. } => Exit::Usage,
            #[cfg(not(feature = "live"))]
            Self::NotLive => Exit::Usage,
            #[cfg(feature = "live")]
            Self::Live(error) => error.exit(),
            Self::PlanFile { source: PlanFileError::Edited { .. }, .. }
            | Self::OtherDigest { .. }
            | Self::OtherCluster { .. }
            | Self::NoCluster
            | Self::OtherPlan { .. }
            | Self::OthersJournal { .. }
            | Self::Runs(RunsError::Folder(RunFolderError::Busy { .. }))
            | Self::NoRollback(_) => Exit::Refused,
            Self::Stdout(_)
            | Self::Signals(_)
            | Self::Read { .. }
            | Self::NotText { .. }
            | Self::Manifest { .. }
            | Self::Snapshot(_)
            | Self::Decisions(_)
            | Self::PlanFile { .. }
            | Self::Simulator(_)
            | Self::Observe(_)
            | Self::Write(_)
            | Self::Runs(_)
            | Self::Journal { .. }
            | Self::UnknownRun { .. }
            | Self::LostRun { .. }
            | Self::OldForm { .. }
            | Self::NothingToResume { .. }
            | Self::NotBegun { .. }
            | Self::Plan(_)
            | Self::Json(_) => Exit::Error,
        }
    }

    /// One thing to do.
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            Self::NotAnArn { .. } => {
                "pass the ARN of a role, a user or a session, as `aws sts get-caller-identity` prints it"
                    .to_owned()
            }
            Self::WhichCluster { instead, .. } => (*instead).to_owned(),
            #[cfg(not(feature = "live"))]
            Self::NotLive => "plan from --snapshot DIR, or install it with the feature `live`".to_owned(),
            #[cfg(feature = "live")]
            Self::Live(error) => return error.hint(),
            Self::NotText { .. } => "is it the right file?".to_owned(),
            Self::NoMarkdown { .. } => "pass --output text or json".to_owned(),
            Self::PruneNone => "pass --prune none to apply".to_owned(),
            Self::OtherPrune { .. } => "plan again with the --prune that is meant".to_owned(),
            Self::OutIsStdout => "--output json prints the plan that --out would save".to_owned(),
            Self::NoSuchCommand { .. } => "eksodus --help lists them".to_owned(),
            Self::NoWayBack => "rehearse --rollback stops after prune; leave out --through".to_owned(),
            Self::NobodyToAsk => {
                "pass --yes, or save the plan with eksodus plan --out, read it, and apply that".to_owned()
            }
            Self::NobodyToAgree { .. } => "pass --yes once the plan was read".to_owned(),
            Self::Manifest { .. } => {
                "pass what `kubectl -n kube-system get configmap aws-auth -o yaml` prints".to_owned()
            }
            Self::Decisions(_) => "docs/decisions.md tells what a decisions file may say".to_owned(),
            Self::PlanFile { source: PlanFileError::OtherFormat { .. }, .. } => {
                "use the eksodus that made it, or make a new plan".to_owned()
            }
            Self::PlanFile { source: PlanFileError::Edited { .. }, .. } => {
                "make a new plan; decisions belong in eksodus.yaml".to_owned()
            }
            Self::PlanFile { .. } => "make a plan with eksodus plan --out FILE".to_owned(),
            Self::Snapshot(SnapshotError { kind: FolderErrorKind::OtherCluster(_), .. }) => {
                "dump every document from one cluster, each cluster into a folder of its own".to_owned()
            }
            Self::Snapshot(_) => {
                "the folder holds what `kubectl … -o yaml` and `aws … --output json` print".to_owned()
            }
            Self::OtherDigest { .. } => {
                "do not apply it: have this plan reviewed, or find the one that was".to_owned()
            }
            Self::OtherCluster { .. } => "make a plan for this cluster".to_owned(),
            Self::NoCluster => "plan from a snapshot that has cluster.json".to_owned(),
            Self::Simulator(_) => "the folder needs cluster.json: aws eks describe-cluster".to_owned(),
            Self::OtherPlan { .. } => "name the folder of the run that the journal was written in".to_owned(),
            Self::Runs(error) => return runs_hint(error),
            Self::NothingToResume { .. } => {
                "name the place of its journal with --state; or leave out --resume to begin one".to_owned()
            }
            Self::NotBegun { .. } => "leave out --resume".to_owned(),
            Self::OthersJournal { .. } => {
                "move the run to the folder of its own cluster, .eksodus/ACCOUNT/REGION/CLUSTER".to_owned()
            }
            Self::UnknownRun { .. } => {
                "get its files back from a backup; or name the run to undo: eksodus rollback RUN".to_owned()
            }
            Self::LostRun { .. } => "get it back from the bucket's versions or backup".to_owned(),
            Self::OldForm { places, to } => moving(places, to),
            Self::NoRollback(NoRollback::AwsAuth(_)) => {
                "make a new plan from what is there now; what somebody else wrote into aws-auth stays"
                    .to_owned()
            }
            Self::Observe(error) => return advice::of_call(error).map(str::to_owned),
            Self::Stdout(_)
            | Self::Signals(_)
            | Self::Read { .. }
            | Self::Write(_)
            | Self::Journal { .. }
            | Self::NoRollback(_)
            | Self::Plan(_)
            | Self::Json(_) => return None,
        })
    }
}

/// One command for each run.
fn moving(places: &[String], to: &str) -> String {
    if to.starts_with("s3://") {
        return format!("move each to {to}/, with `aws s3 mv --recursive`");
    }
    let places: Vec<String> = places.iter().map(|place| shell_word(place)).collect();
    format!("mkdir -p {to} && mv {} {to}/", places.join(" "), to = shell_word(to))
}

fn runs_hint(error: &RunsError) -> Option<String> {
    Some(match error {
        RunsError::Folder(RunFolderError::Busy { .. }) => "wait until it has ended".to_owned(),
        RunsError::Folder(_) => return None,
        RunsError::Elsewhere { .. } => "pass the --state that it is under".to_owned(),
        #[cfg(feature = "live")]
        RunsError::S3(error) => return s3_hint(&error.kind).map(str::to_owned),
    })
}

#[cfg(feature = "live")]
fn s3_hint(kind: &S3ErrorKind) -> Option<&'static str> {
    Some(match kind {
        S3ErrorKind::NoBucket => "make the bucket, or name another with --state",
        S3ErrorKind::OtherRegion => "name it: --state 's3://BUCKET/PREFIX?region=REGION'",
        S3ErrorKind::Denied(_) => {
            "allow s3:ListBucket on the bucket, and s3:GetObject, s3:PutObject and s3:DeleteObject on its \
             objects, or name another with --state"
        }
        S3ErrorKind::Credentials(_) => "log in again: `aws sts get-caller-identity` must work",
        S3ErrorKind::Clock(_) => {
            "set the clock of this machine, by NTP for example: S3 takes signatures that are off by 15 minutes at most"
        }
        S3ErrorKind::Conflict => {
            "try again; if it stays, another process is writing: eksodus status tells of it"
        }
        S3ErrorKind::Overtaken => "wait until it has ended; eksodus status tells how far it is",
        S3ErrorKind::NotARun => "eksodus status lists the runs that are there",
        S3ErrorKind::Gap => {
            "get the object back from the bucket's versions or backup: without it nobody knows what was done"
        }
        S3ErrorKind::Unreachable(_) => "try again when S3 answers from here",
        S3ErrorKind::Missing | S3ErrorKind::Cut | S3ErrorKind::NotText | S3ErrorKind::Refused(_) => {
            return None;
        }
    })
}

impl From<RunFolderError> for CliError {
    fn from(error: RunFolderError) -> Self {
        RunsError::from(error).into()
    }
}

/// What is wrong with the arguments, or the help that they ask for. Arguments are repeated in it as they are, and scripts
/// pass names that somebody else gave: when one has a hidden character, it is told escaped and without colours.
pub fn tell_usage(told: &clap::Error, has_hidden: bool) {
    // stdout or stderr may be closed, and then nobody is told
    let _ = match has_hidden {
        false => told.print(),
        true => io::Write::write_all(&mut io::stderr(), Page::from(told.render().to_string()).as_bytes()),
    };
}

/// An error with its causes, which the texts leave out.
pub fn in_one_line(error: &dyn Error) -> String {
    let mut line = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        line.push_str(": ");
        line.push_str(&error.to_string());
        cause = error.source();
    }
    line
}
