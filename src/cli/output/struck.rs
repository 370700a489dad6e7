//! Which calls the faults of a rehearsal struck, and what became of that: in words, and as JSON.

use eksodus::session::{Aftermath, FaultReport, Struck};
use eksodus::simulator::{Break, Change, Effect, Fault, Missed, NoEffect, Strike};
use serde::Serialize;

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FaultJson {
    /// As it is typed.
    fault: String,
    strikes: Vec<StrikeJson>,
    /// `null`: it struck.
    missed: Option<MissedJson>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct StrikeJson {
    operation: &'static str,
    /// Which call of its operation.
    nth: u32,
    target: String,
    effect: EffectJson,
    aftermath: AftermathJson,
}

#[derive(Debug, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
enum EffectJson {
    Denied,
    Throttled,
    ServerError { done: bool },
    LostAnswer { done: bool },
    HalfAnswer { done: bool },
    Halted { done: bool },
    Delayed,
    UpdateFails,
    Changed,
}

#[derive(Debug, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
enum AftermathJson {
    FoundDone,
    MadeAgain {
        times: u32,
    },
    Continued,
    Stopped {
        /// `null`: it was not resumed.
        resumed: Option<bool>,
    },
}

#[derive(Debug, Serialize)]
struct MissedJson {
    kind: &'static str,
    message: String,
}

impl FaultJson {
    pub fn of(report: &FaultReport) -> Self {
        let strike = |Struck { strike, aftermath }: &Struck| StrikeJson {
            operation: strike.operation.as_str(),
            nth: strike.nth,
            target: strike.target.clone(),
            effect: effect_json(strike.effect),
            aftermath: match *aftermath {
                Aftermath::FoundDone => AftermathJson::FoundDone,
                Aftermath::MadeAgain { times } => AftermathJson::MadeAgain { times },
                Aftermath::Continued => AftermathJson::Continued,
                Aftermath::Stopped { resumed } => AftermathJson::Stopped { resumed },
            },
        };
        Self {
            fault: report.fault.to_string(),
            strikes: report.strikes.iter().map(strike).collect(),
            missed: report
                .missed
                .as_ref()
                .map(|why| MissedJson { kind: kind_of(why), message: why.to_string() }),
        }
    }
}

fn effect_json(effect: Effect) -> EffectJson {
    match effect {
        Effect::Broken { how: Break::Denied, .. } => EffectJson::Denied,
        Effect::Broken { how: Break::Throttled, .. } => EffectJson::Throttled,
        Effect::Broken { how: Break::Server, done } => EffectJson::ServerError { done },
        Effect::Broken { how: Break::Transport, done } => EffectJson::LostAnswer { done },
        Effect::Broken { how: Break::Half, done } => EffectJson::HalfAnswer { done },
        Effect::Halted { done } => EffectJson::Halted { done },
        Effect::Delayed => EffectJson::Delayed,
        Effect::UpdateFails => EffectJson::UpdateFails,
        Effect::Changed => EffectJson::Changed,
    }
}

fn kind_of(missed: &Missed) -> &'static str {
    match missed {
        Missed::TooFewCalls { .. } => "too-few-calls",
        Missed::NotNeeded { .. } => "not-needed",
        Missed::NothingWritten => "nothing-written",
        Missed::TooFewUpdates { .. } => "too-few-updates",
        Missed::Preempted => "preempted",
        Missed::NoEffect(NoEffect::AboutNoEntry) => "about-no-entry",
        Missed::NoEffect(NoEffect::AboutNoPrincipal) => "about-no-principal",
        Missed::NoEffect(NoEffect::NoEntry { .. }) => "no-entry",
        Missed::NoEffect(NoEffect::NoPrincipal { .. }) => "no-principal",
        Missed::NoEffect(NoEffect::Updating) => "updating",
        Missed::NoEffect(NoEffect::NoNodes) => "no-nodes",
        Missed::NoEffect(NoEffect::NobodyLooked) => "nobody-looked",
        Missed::NoEffect(NoEffect::Refused { .. }) => "refused",
    }
}

/// Of each fault that struck, its first strike; how many more there were is counted.
pub fn line(report: &FaultReport, account: Option<&str>) -> Option<String> {
    let FaultReport { fault, strikes, missed: _ } = report;
    // where one of many stopped the run, that one is told of
    let told = strikes.iter().find(|it| matches!(it.aftermath, Aftermath::Stopped { .. }));
    let Struck { strike, aftermath } = told.or(strikes.first())?;
    let more = match strikes.len() - 1 {
        0 => String::new(),
        1 => "; and 1 call more".to_owned(),
        more => format!("; and {more} calls more"),
    };
    Some(format!("⚡ {fault}: {} → {}{more}", struck(fault, strike, account), became(*aftermath)))
}

/// What a fault did, without what came of it.
pub fn struck(fault: &Fault, strike: &Strike, account: Option<&str>) -> String {
    let operation = strike.operation.as_str();
    let operation = operation.split_once(':').map_or(operation, |(_, name)| name);
    let about = short(&strike.target, account);
    let about = if about.is_empty() { String::new() } else { format!(" ({about})") };
    format!("{operation} #{}{about} {}", strike.nth, did(fault, strike.effect))
}

fn did(fault: &Fault, effect: Effect) -> String {
    let done = |done| if done { "took effect" } else { "was not done" };
    match effect {
        Effect::Broken { how: Break::Denied, .. } => "was denied".to_owned(),
        Effect::Broken { how: Break::Throttled, .. } => "was throttled".to_owned(),
        Effect::Broken { how: Break::Server, done: it } => format!("{}, a server error came back", done(it)),
        Effect::Broken { how: Break::Transport, done: it } => format!("{}, its answer was lost", done(it)),
        Effect::Broken { how: Break::Half, done: it } => {
            format!("{}, half of its answer came back", done(it))
        }
        Effect::Halted { done: it } => format!("{}, and the connection broke for good", done(it)),
        Effect::Delayed => "took effect, and is seen late".to_owned(),
        Effect::UpdateFails => "was accepted, and its update will fail".to_owned(),
        Effect::Changed => format!("came right after somebody else had {}", changed(fault)),
    }
}

fn changed(fault: &Fault) -> &'static str {
    let Fault::Change { change, .. } = fault else { return "changed something" };
    match change {
        Change::AddLine => "added a mapping to aws-auth",
        Change::AwsAuth(_) => "replaced aws-auth",
        Change::TouchEntry(_) | Change::Associate(..) | Change::Disassociate(..) => "written an access entry",
        Change::DeleteEntry(_) => "deleted its access entry",
        Change::StartUpdate => "started another update of the cluster",
        Change::CreateBinding(_) => "created a binding",
        Change::DeleteBinding(_) => "deleted a binding",
        Change::DeletePrincipal(_) => "deleted its role or user",
        Change::RecreatePrincipal(_) => "recreated its role or user",
        Change::NodesNotReady => "made every node not ready",
    }
}

fn became(aftermath: Aftermath) -> String {
    match aftermath {
        Aftermath::FoundDone => "checked: it is there → continued".to_owned(),
        Aftermath::MadeAgain { times: 1 } => "made again → continued".to_owned(),
        Aftermath::MadeAgain { times } => format!("made again {times} times → continued"),
        Aftermath::Continued => "continued".to_owned(),
        Aftermath::Stopped { resumed: None } => "stopped".to_owned(),
        Aftermath::Stopped { resumed: Some(true) } => "stopped → resumed → done".to_owned(),
        Aftermath::Stopped { resumed: Some(false) } => "stopped → resumed → stopped again".to_owned(),
    }
}

/// An ARN of the cluster's own account without its beginning; of what there is one of, nothing.
fn short<'t>(target: &'t str, account: Option<&str>) -> &'t str {
    let of_account = account.and_then(|account| target.split_once(&format!("::{account}:")));
    match of_account {
        Some((_, name)) => name,
        None if matches!(target, "cluster" | "configmap/kube-system/aws-auth") => "",
        None => target,
    }
}

/// A fault that never struck: why.
pub fn missed(report: &FaultReport) -> Option<String> {
    let why = report.missed.as_ref()?;
    Some(format!("fault {} never struck: {why}", report.fault))
}
