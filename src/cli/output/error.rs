use std::io;
use std::path::PathBuf;

use eksodus::access::RequestError;
use eksodus::access::assertions::{AssertionsError, AssertionsErrorKind};
use eksodus::export::ExportError;
use eksodus::files::WriteError;
use eksodus::journal::RunFolderError;
use eksodus::planner::{CannotExtend, DecisionsError, PlanFileError};
use eksodus::reader::{LooksLike, ManifestError, Place};
use eksodus::render::Page;
use eksodus::session::{SessionError, in_one_line};
use eksodus::simulator::SimulatorError;
use eksodus::snapshot::FolderError as SnapshotError;

use serde::Serialize;

use super::advice;
use super::exit::Exit;
use super::session_error;
use crate::cli::args::Format;
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
    #[error(transparent)]
    Session(#[from] SessionError),
    #[error("{} is not UTF-8", path.display())]
    NotText { path: PathBuf },
    #[error("{text:?} is not an ARN")]
    NotAnArn { text: String },
    #[error("{text:?} is neither an ARN nor the id of a rule")]
    NeitherArnNorRule { text: String, rule: Option<&'static str> },
    #[error("no such request")]
    Request(#[source] RequestError),
    #[error("{text:?} is not a path")]
    NotAPath { text: String },
    #[error("there is no access policy {name:?}")]
    NoSuchPolicy { name: String, nearest: Option<&'static str> },
    #[error("roles and bindings are not known: {why}")]
    NoRbac { why: &'static str },
    #[error(transparent)]
    Rbac(SnapshotError),
    #[error("{command} needs a cluster")]
    WhichCluster { command: &'static str, instead: &'static str },
    #[cfg(not(feature = "live"))]
    #[error("this build cannot reach a live cluster")]
    NotLive,
    #[cfg(feature = "live")]
    #[error(transparent)]
    Live(#[from] LiveError),
    #[error("{option} is for --to {form}")]
    NotOfForm { option: &'static str, form: &'static str },
    #[error(transparent)]
    Export(#[from] ExportError),
    #[error("{command} has no output in the format {}", format.name())]
    NoSuchFormat { command: String, format: Format, has: &'static [Format] },
    #[error("--out names a file, and - is none")]
    OutIsStdout,
    #[error("--out would replace {}, which is not {what}", path.display())]
    WouldReplace { path: PathBuf, what: &'static str },
    #[error("standard input can be one file")]
    StdinTwice,
    #[error("a digest is of one plan")]
    DigestOfSeveral,
    #[error("a plan has all phases")]
    PruneNone,
    #[error("decide asks questions, and nobody can answer")]
    NobodyToDecide,
    #[error("{name} stays as it is")]
    CannotExtend { name: String, source: Box<CannotExtend> },
    #[error("{} is already there", folder.display())]
    DemoThere { folder: PathBuf },
    #[error("eksodus {command} ended with {code}")]
    DemoWent { command: String, code: u8 },
    #[error("there is no command {name:?}")]
    NoSuchCommand { name: String },
    #[error("in API mode a rollback would lock people out, so there is none to rehearse")]
    NoWayBack,
    #[error("confirmation needed, but there is no terminal")]
    NobodyToAsk,
    #[error("{phases} cannot be undone: confirmation needed, but there is no terminal")]
    NobodyToAgree { phases: String },
    #[error("{name}{}", at(source.place))]
    Manifest { name: String, source: ManifestError, looks: Option<LooksLike> },
    #[error("{}{}", .0.name, at(.0.place))]
    Decisions(#[source] DecisionsError),
    #[error("{}{}", .0.name, at(.0.place))]
    Assertions(#[source] AssertionsError),
    #[error("nobody is known of whom an assertion could be recorded")]
    NothingToRecord,
    #[error("{}", path.display())]
    PlanFile { path: PathBuf, source: PlanFileError },
    #[error("the plan's digest is {found}, not {reviewed}, which was reviewed")]
    OtherDigest { reviewed: String, found: String },
    #[error("{}: what was observed gives another plan", path.display())]
    NotItsSnapshot { path: PathBuf },
    #[error(transparent)]
    Write(#[from] WriteError),
    #[error("the answer cannot be written as JSON")]
    Json(#[source] serde_json::Error),
}

/// `:12:5`, or nothing where the whole text is at fault.
fn at(place: Option<Place>) -> String {
    place.map(|place| format!(":{place}")).unwrap_or_default()
}

const KUBECTL: &str = "pass what `kubectl -n kube-system get configmap aws-auth -o yaml` prints";

/// What to do about a file that is no manifest of `aws-auth`.
fn instead_of(looks: Option<&LooksLike>) -> String {
    let what = match looks {
        None => return KUBECTL.to_owned(),
        Some(LooksLike::NoText { section, line }) => {
            return format!("add `|` after `{section}:` in line {line}: EKS reads a text, not a list");
        }
        Some(LooksLike::Mappings) => {
            return "these are mappings alone: put them below `data:` and `mapRoles: |` of a ConfigMap named aws-auth, or "
                .to_owned()
                + KUBECTL;
        }
        Some(LooksLike::Sections) => {
            return "these are sections alone: put `data:` above them and indent them, or ".to_owned()
                + KUBECTL;
        }
        Some(LooksLike::Template { line }) => {
            return format!("line {line} is of a template: render it first (`helm template`), or {KUBECTL}");
        }
        Some(LooksLike::Nothing { has_comments: false }) => "there is nothing in it",
        Some(LooksLike::Nothing { has_comments: true }) => "all of it is commented out",
        Some(LooksLike::Eksctl) => {
            "this is a configuration of eksctl, which writes its iamIdentityMappings to aws-auth"
        }
        Some(LooksLike::Terraform) => "this is Terraform, which writes aws-auth when it is applied",
        Some(LooksLike::CloudFormation) => "this is a CloudFormation template",
        Some(LooksLike::Kustomization) => {
            "this is a kustomization, of which `kubectl kustomize` makes manifests"
        }
        Some(LooksLike::KubectlError) => "this is an error of kubectl: is there an aws-auth in this cluster?",
        Some(LooksLike::Html) => "this is a web page",
    };
    format!("{what}; {KUBECTL}")
}

impl CliError {
    pub fn exit(&self) -> Exit {
        match self {
            Self::NotAnArn { .. }
            | Self::NeitherArnNorRule { .. }
            | Self::Request(_)
            | Self::NotAPath { .. }
            | Self::NoSuchPolicy { .. }
            | Self::WhichCluster { .. }
            | Self::NotOfForm { .. }
            | Self::NoSuchFormat { .. }
            | Self::OutIsStdout
            | Self::WouldReplace { .. }
            | Self::StdinTwice
            | Self::DigestOfSeveral
            | Self::PruneNone
            | Self::NoSuchCommand { .. }
            | Self::DemoThere { .. }
            | Self::NoWayBack
            | Self::NobodyToAsk
            | Self::NobodyToDecide
            | Self::NobodyToAgree { .. } => Exit::Usage,
            #[cfg(not(feature = "live"))]
            Self::NotLive => Exit::Usage,
            #[cfg(feature = "live")]
            Self::Live(error) => error.exit(),
            Self::Session(error) => session_error::exit(error),
            Self::PlanFile { source: PlanFileError::Edited { .. }, .. }
            | Self::Export(ExportError::OtherCluster { .. })
            | Self::OtherDigest { .. }
            | Self::NotItsSnapshot { .. } => Exit::Refused,
            Self::Stdout(_)
            | Self::Signals(_)
            | Self::Read { .. }
            | Self::NotText { .. }
            | Self::Export(_)
            | Self::NoRbac { .. }
            | Self::Rbac(_)
            | Self::Manifest { .. }
            | Self::Decisions(_)
            | Self::CannotExtend { .. }
            | Self::Assertions(_)
            | Self::NothingToRecord
            | Self::DemoWent { .. }
            | Self::PlanFile { .. }
            | Self::Write(_)
            | Self::Json(_) => Exit::Error,
        }
    }

    /// What kind of error it is, for programs: these names do not change.
    pub fn code(&self) -> &'static str {
        match self {
            _ if self.exit() == Exit::Usage => "usage",
            Self::Read { .. } | Self::NotText { .. } => "unreadable",
            Self::Manifest { .. } => "manifest",
            Self::Decisions(_) | Self::CannotExtend { .. } => "decisions",
            Self::Assertions(_) | Self::NothingToRecord => "assertions",
            Self::NoRbac { .. } | Self::Rbac(_) => "rbac",
            Self::Export(ExportError::OtherCluster { .. }) => "other-plan",
            Self::Export(_) => "export",
            Self::PlanFile { .. } => "plan-file",
            Self::OtherDigest { .. } | Self::NotItsSnapshot { .. } => "other-plan",
            Self::Stdout(_) | Self::Write(_) | Self::Json(_) => "unwritable",
            #[cfg(feature = "live")]
            Self::Live(_) => "cluster",
            Self::Session(_) => "session",
            _ => "error",
        }
    }

    /// One thing to do.
    pub fn hint(&self) -> Option<String> {
        let hint = match self {
            #[cfg(feature = "live")]
            Self::Live(error) => return error.hint(),
            Self::Session(error) => return session_error::hint(error),
            Self::NoSuchPolicy { nearest: Some(nearest), .. } => {
                return Some(format!("did you mean {nearest}?"));
            }
            Self::NoSuchPolicy { nearest: None, .. } => "eksodus policies lists them",
            Self::NoRbac { .. } | Self::Rbac(_) => {
                "pass --rbac FILE with what `kubectl get clusterroles,clusterrolebindings,roles,rolebindings -A -o yaml` prints"
            }
            Self::NeitherArnNorRule { rule: Some(rule), .. } => return Some(format!("did you mean {rule}?")),
            Self::NotAnArn { .. } | Self::NeitherArnNorRule { .. } => {
                "pass the ARN of a role, a user or a session, as `aws sts get-caller-identity` prints it"
            }
            Self::Request(_) => "write it as VERB RESOURCE[.GROUP][/SUBRESOURCE], or as VERB /PATH",
            Self::NotAPath { .. } => "a path begins with a slash, as /metrics does",
            Self::WhichCluster { instead, .. } => instead,
            #[cfg(not(feature = "live"))]
            Self::NotLive => "plan from --snapshot DIR, or install it with the feature `live`",
            Self::NotText { .. } => "is it the right file?",
            Self::Export(error) => return advice::of_export(error).map(str::to_owned),
            Self::NotOfForm { .. } => "leave it out, or choose that form",
            Self::NoSuchFormat { has, .. } => {
                let names: Vec<&str> = has.iter().map(|format| format.name()).collect();
                let names = match names.split_last() {
                    Some((last, [])) => (*last).to_owned(),
                    Some((last, rest)) => format!("{} or {last}", rest.join(", ")),
                    None => String::new(),
                };
                return Some(format!("pass --output {names}"));
            }
            Self::DigestOfSeveral => "show each plan by itself, or leave out --plan-digest",
            Self::PruneNone => "pass --prune none to apply",
            Self::StdinTwice => "save one of them, and pass its name",
            Self::WouldReplace { .. } => "name another file; delete this one first if nobody needs it",
            Self::OutIsStdout => "--output json prints the plan that --out would save",
            Self::DemoThere { .. } => "name another folder, or delete this one",
            Self::DemoWent { .. } => "please report this, with what was printed",
            Self::NoSuchCommand { .. } => "eksodus --help lists them",
            Self::NoWayBack => "rehearse --rollback stops after prune; leave out --through",
            Self::NobodyToAsk => {
                "save the plan with eksodus plan --out, review it, and apply that; or pass --yes"
            }
            Self::NobodyToDecide => "pass --write to put all open questions into the file, or --output json",
            Self::CannotExtend { .. } => {
                "write what is in brackets as lines of its own, or pass another file with --config"
            }
            Self::NobodyToAgree { .. } => "after review, pass --yes",
            Self::Manifest { looks, .. } => return Some(instead_of(looks.as_ref())),
            Self::Read { source, .. } => match source.kind() {
                io::ErrorKind::NotFound => "check the path",
                io::ErrorKind::IsADirectory => "pass a file; a folder of a cluster is given with --snapshot",
                io::ErrorKind::PermissionDenied => "let this user read it",
                _ => return None,
            },
            Self::Decisions(_) => "docs/decisions.md tells what a decisions file may say",
            Self::Assertions(AssertionsError { kind: AssertionsErrorKind::WhoIsPrincipal(_), .. }) => {
                "pass --snapshot DIR or --cluster NAME, or assert of a user and groups"
            }
            Self::Assertions(_) => "docs/assertions.md tells what a file of assertions may say",
            Self::NothingToRecord => "the snapshot needs aws-auth or access entries, and rbac.yaml",
            Self::PlanFile { source, .. } => session_error::of_plan_file(source),
            Self::OtherDigest { .. } => "do not apply it: have this plan reviewed, or find the one that was",
            Self::NotItsSnapshot { .. } => {
                "pass the snapshot that it was made from, or make a new plan of this one"
            }
            Self::Stdout(_) | Self::Signals(_) | Self::Write(_) | Self::Json(_) => {
                return None;
            }
        };
        Some(hint.to_owned())
    }
}

impl From<SnapshotError> for CliError {
    fn from(error: SnapshotError) -> Self {
        SessionError::from(error).into()
    }
}

impl From<SimulatorError> for CliError {
    fn from(error: SimulatorError) -> Self {
        SessionError::from(error).into()
    }
}

impl From<RunFolderError> for CliError {
    fn from(error: RunFolderError) -> Self {
        SessionError::from(error).into()
    }
}

/// An error as programs read it.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct ErrorView {
    error: Told,
}

#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Told {
    /// What kind of error it is: these names do not change.
    code: &'static str,
    message: String,
    /// `null`: nothing but what the message says.
    hint: Option<String>,
}

impl ErrorView {
    pub fn of(error: &CliError) -> Self {
        Self { error: Told { code: error.code(), message: in_one_line(error), hint: error.hint() } }
    }

    /// Of arguments that make no sense: what comes first says what is wrong, and the rest how it is right.
    pub fn of_usage(told: &clap::Error) -> Self {
        let text = told.render().to_string();
        let message = text.lines().next().unwrap_or_default();
        let message = message.strip_prefix("error: ").unwrap_or(message).to_owned();
        Self { error: Told { code: "usage", message, hint: Some("eksodus help COMMAND".to_owned()) } }
    }
}

/// What is wrong with the arguments, or the help that they ask for. Arguments are repeated in it as they are, and scripts
/// pass names that somebody else gave: when one has a hidden character, it is told escaped and without colours.
pub fn tell_usage(told: &clap::Error, has_hidden: bool) {
    // stdout or stderr may be closed, and then nobody is told
    let _ = match has_hidden {
        false => told.print(),
        true => io::Write::write_all(
            &mut io::stderr(),
            Page::from(told.render().to_string()).to_string().as_bytes(),
        ),
    };
}
