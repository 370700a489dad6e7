//! Values that a shell offers while a command is typed, from files of this machine alone: nothing is asked over the network.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use clap::{Arg, Command};
use clap_complete::engine::{ArgValueCandidates, CompletionCandidate};
use clap_complete::env::CompleteEnv;
use eksodus::files::read_bounded;
use eksodus::findings::RuleId;
use eksodus::rbac::access_policies;
use eksodus::simulator::fault_forms;
use serde::Deserialize;

use super::args;
use super::host::Host;

/// By which a script of `eksodus completions` says that it wants to know what can follow, and for which shell.
pub const VARIABLE: &str = "EKSODUS_COMPLETE";

/// Answers such a script; `false`: none has asked.
pub fn complete(typed: &[OsString]) -> bool {
    let folder = std::env::current_dir().ok();
    let env = CompleteEnv::with_factory(command).var(VARIABLE);
    // a shell shows nothing where it is told nothing
    env.try_complete(typed.iter().cloned(), folder.as_deref()).unwrap_or(true)
}

fn command() -> Command {
    args::command()
        .mut_subcommands(|command| {
            let name = command.get_name().to_owned();
            command.mut_args(|arg| with_values(arg, &name))
        })
        .mut_args(|arg| with_values(arg, ""))
}

fn with_values(arg: Arg, command: &str) -> Arg {
    let candidates = match (arg.get_id().as_str(), command) {
        ("cluster", _) => ArgValueCandidates::new(|| known(clusters())),
        ("profile", _) => ArgValueCandidates::new(|| known(profiles())),
        ("context", _) => ArgValueCandidates::new(|| known(contexts())),
        ("fault", _) => ArgValueCandidates::new(|| known(fault_forms())),
        ("journal", "rollback") | ("run", "report") => ArgValueCandidates::new(|| known(runs())),
        ("arn", "explain") => ArgValueCandidates::new(|| known(RuleId::ALL.iter().map(ToString::to_string))),
        ("name", "policies") => {
            ArgValueCandidates::new(|| known(access_policies().iter().map(|policy| policy.name.clone())))
        }
        _ => return arg,
    };
    arg.add(candidates)
}

fn known(values: impl IntoIterator<Item = String>) -> Vec<CompletionCandidate> {
    values.into_iter().map(CompletionCandidate::new).collect()
}

/// More than any configuration file.
const LIMIT: u64 = 1 << 20;

/// A regular file of bounded size: whoever presses a key waits for nothing else.
fn text(path: &Path) -> Option<String> {
    String::from_utf8(read_bounded(path, LIMIT).ok()?).ok()
}

fn home(below: &str) -> Option<PathBuf> {
    Some(PathBuf::from(Host::variable("HOME").or_else(|| Host::variable("USERPROFILE"))?).join(below))
}

/// `[profile NAME]` of the configuration, `[NAME]` of the credentials (docs.aws.amazon.com, "Configuration and credential
/// file settings").
fn profiles() -> BTreeSet<String> {
    let file = |variable, usual| Host::variable(variable).map(PathBuf::from).or_else(|| home(usual));
    let files =
        [file("AWS_CONFIG_FILE", ".aws/config"), file("AWS_SHARED_CREDENTIALS_FILE", ".aws/credentials")];
    let texts = files.into_iter().flatten().filter_map(|path| text(&path));
    texts.flat_map(|text| text.lines().filter_map(profile).collect::<Vec<_>>()).collect()
}

fn profile(line: &str) -> Option<String> {
    let section = line.trim().strip_prefix('[')?.strip_suffix(']')?.trim();
    let is_other = section.starts_with("sso-session ") || section.starts_with("services ");
    (!is_other).then(|| section.strip_prefix("profile ").unwrap_or(section).trim().to_owned())
}

#[derive(Debug, Default, Deserialize)]
struct Kubeconfig {
    #[serde(default)]
    contexts: Vec<Named>,
    #[serde(default)]
    clusters: Vec<Named>,
}

#[derive(Debug, Deserialize)]
struct Named {
    name: String,
}

fn kubeconfigs() -> Vec<Kubeconfig> {
    let named = Host::variable("KUBECONFIG").filter(|value| !value.is_empty());
    let files: Vec<PathBuf> = match named {
        Some(files) => std::env::split_paths(&files).collect(),
        None => home(".kube/config").into_iter().collect(),
    };
    let texts = files.into_iter().filter_map(|path| text(&path));
    texts.filter_map(|text| serde_saphyr::from_str(&text).ok()).collect()
}

fn contexts() -> BTreeSet<String> {
    kubeconfigs().into_iter().flat_map(|it| it.contexts).map(|it| it.name).collect()
}

/// Those of kubeconfigs, as `aws eks update-kubeconfig` and eksctl name them, and those that runs were kept of.
fn clusters() -> BTreeSet<String> {
    let configured = kubeconfigs().into_iter().flat_map(|it| it.clusters).filter_map(|it| cluster(&it.name));
    let kept = folders(&folders(&folders(&[PathBuf::from(".eksodus")])));
    configured.chain(kept.iter().filter_map(|path| Some(path.file_name()?.to_str()?.to_owned()))).collect()
}

fn cluster(name: &str) -> Option<String> {
    match name.split_once(":cluster/") {
        Some((arn, _)) => arn.starts_with("arn:").then(|| name.to_owned()),
        None => Some(name.strip_suffix(".eksctl.io")?.split('.').next()?.to_owned()),
    }
}

/// `.eksodus/ACCOUNT/REGION/CLUSTER/RUN`.
fn runs() -> BTreeSet<String> {
    let runs = folders(&folders(&folders(&folders(&[PathBuf::from(".eksodus")]))));
    runs.iter().map(|path| path.display().to_string()).collect()
}

fn folders(of: &[PathBuf]) -> Vec<PathBuf> {
    let entries = of.iter().filter_map(|path: &PathBuf| fs::read_dir::<&Path>(path).ok()).flatten().flatten();
    entries.map(|entry| entry.path()).filter(|path| path.is_dir()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn profiles_and_clusters_are_read_from_the_names_that_tools_give() {
        assert_eq!(profile("[profile prod]"), Some("prod".to_owned()));
        assert_eq!(profile("[default]"), Some("default".to_owned()));
        assert_eq!(profile("[sso-session corp]"), None);
        assert_eq!(profile("region = eu-west-1"), None);
        let arn = "arn:aws:eks:eu-west-1:111122223333:cluster/prod";
        assert_eq!(cluster(arn), Some(arn.to_owned()));
        assert_eq!(cluster("prod.eu-west-1.eksctl.io"), Some("prod".to_owned()));
        assert_eq!(cluster("kind-local"), None);
    }

    #[test]
    fn every_argument_with_values_of_its_own_is_there() {
        let commands = command();
        let has = |name: &str, arg: &str| {
            let found = commands.find_subcommand(name).unwrap();
            found.get_arguments().any(|it| it.get_id() == arg && it.get::<ArgValueCandidates>().is_some())
        };
        for (name, arg) in [
            ("rollback", "journal"),
            ("report", "run"),
            ("explain", "arn"),
            ("policies", "name"),
            ("apply", "fault"),
        ] {
            assert!(has(name, arg), "{name} {arg}");
        }
    }
}
