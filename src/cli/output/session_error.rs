//! What the errors of the use cases end in, and what to do about them.

use eksodus::executor::NoRollback;
#[cfg(feature = "live")]
use eksodus::journal::s3::S3ErrorKind;
use eksodus::journal::{RunFolderError, RunsError};
use eksodus::lease::NotTaken;
use eksodus::planner::PlanFileError;
use eksodus::session::SessionError;
use eksodus::snapshot::{FolderError as SnapshotError, FolderErrorKind};

use super::advice;
use super::exit::Exit;
use eksodus::render::shell_word;

pub fn exit(error: &SessionError) -> Exit {
    match error {
        SessionError::OtherPrune { .. } => Exit::Usage,
        SessionError::KeptPlan { source: PlanFileError::Edited { .. }, .. }
        | SessionError::OtherCluster { .. }
        | SessionError::NoCluster
        | SessionError::NotTaken(NotTaken::Held(_))
        | SessionError::OtherPlan { .. }
        | SessionError::OthersJournal { .. }
        | SessionError::Runs(RunsError::Folder(RunFolderError::Busy { .. }))
        | SessionError::NoRollback(_) => Exit::Refused,
        SessionError::Snapshot(_)
        | SessionError::Simulator(_)
        | SessionError::Observe(_)
        | SessionError::NotTaken(_)
        | SessionError::Runs(_)
        | SessionError::Journal { .. }
        | SessionError::KeptPlan { .. }
        | SessionError::UnknownRun { .. }
        | SessionError::LostRun { .. }
        | SessionError::OldForm { .. }
        | SessionError::NothingToResume { .. }
        | SessionError::NotBegun { .. }
        | SessionError::Plan(_) => Exit::Error,
    }
}

/// One thing to do.
pub fn hint(error: &SessionError) -> Option<String> {
    let hint = match error {
        SessionError::Observe(error) => return advice::of_call(error).map(str::to_owned),
        SessionError::Runs(error) => return of_runs(error).map(str::to_owned),
        SessionError::OldForm { places, to } => return Some(moving(places, to)),
        SessionError::NotTaken(NotTaken::Held(_)) => "wait until it is done, or ask who runs it",
        SessionError::NotTaken(NotTaken::Forbidden(_)) => {
            "grant the Role for leases in docs/permissions.md, or pass --no-lock if nobody else runs eksodus on this cluster"
        }
        SessionError::Snapshot(SnapshotError { kind: FolderErrorKind::OtherCluster(_), .. }) => {
            "use a separate folder for each cluster"
        }
        SessionError::Snapshot(_) => {
            "the folder contains the output of `kubectl … -o yaml` and `aws … --output json`"
        }
        SessionError::OtherPrune { .. } => "plan again with the right --prune",
        SessionError::OtherCluster { .. } => "make a plan for this cluster",
        SessionError::NoCluster => "plan from a snapshot that has cluster.json",
        SessionError::Simulator(_) => {
            "cluster.json is missing; create it with `aws eks describe-cluster --name CLUSTER --output json`"
        }
        SessionError::KeptPlan { source, .. } => of_plan_file(source),
        SessionError::OtherPlan { .. } => "pass the folder of the run that wrote the journal",
        SessionError::NothingToResume { .. } => "pass its --state; or omit --resume to start a run",
        SessionError::NotBegun { .. } => "omit --resume",
        SessionError::OthersJournal { .. } => {
            "move the run to the folder of its own cluster, .eksodus/ACCOUNT/REGION/CLUSTER"
        }
        SessionError::UnknownRun { .. } => {
            "restore its files from a backup; or pass the run to undo: eksodus rollback RUN"
        }
        SessionError::LostRun { .. } => "restore it from the bucket's versions or a backup",
        SessionError::NoRollback(NoRollback::AwsAuth(_)) => {
            "make a new plan from what is there now; what somebody else wrote to aws-auth stays"
        }
        SessionError::NotTaken(_)
        | SessionError::Journal { .. }
        | SessionError::NoRollback(_)
        | SessionError::Plan(_) => return None,
    };
    Some(hint.to_owned())
}

pub fn of_plan_file(error: &PlanFileError) -> &'static str {
    match error {
        PlanFileError::OtherFormat { .. } => "use the version that made it, or make a new plan",
        PlanFileError::Edited { .. } => "make a new plan; decisions belong in eksodus.yaml",
        PlanFileError::Json(_) => "make a plan with eksodus plan --out FILE",
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

fn of_runs(error: &RunsError) -> Option<&'static str> {
    Some(match error {
        RunsError::Folder(RunFolderError::Busy { .. }) => "wait until it has ended",
        RunsError::Folder(_) => return None,
        RunsError::Elsewhere { .. } => "pass its --state",
        #[cfg(feature = "live")]
        RunsError::S3(error) => return of_s3(&error.kind),
    })
}

#[cfg(feature = "live")]
fn of_s3(kind: &S3ErrorKind) -> Option<&'static str> {
    Some(match kind {
        S3ErrorKind::NoBucket => "create the bucket, or pass another with --state",
        S3ErrorKind::OtherRegion => "pass its Region: --state 's3://BUCKET/PREFIX?region=REGION'",
        S3ErrorKind::Denied(_) => {
            "allow s3:ListBucket on the bucket, and s3:GetObject, s3:PutObject and s3:DeleteObject on its \
             objects, or name another with --state"
        }
        S3ErrorKind::Credentials(_) => "log in again: `aws sts get-caller-identity` must work",
        S3ErrorKind::Clock(_) => {
            "set this machine's clock, for example by NTP: S3 rejects signatures more than 15 minutes off"
        }
        S3ErrorKind::Conflict => "try again; if it persists, another process is writing: see eksodus status",
        S3ErrorKind::Overtaken => "wait until it has ended; eksodus status shows its progress",
        S3ErrorKind::NotARun => "eksodus status lists the runs",
        S3ErrorKind::Gap => {
            "restore the object from the bucket's versions or a backup: without it, what was done is unknown"
        }
        S3ErrorKind::Unreachable(_) => "try again when S3 is reachable",
        S3ErrorKind::Missing | S3ErrorKind::Cut | S3ErrorKind::NotText | S3ErrorKind::Refused(_) => {
            return None;
        }
    })
}
