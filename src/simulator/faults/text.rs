use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use crate::nearest::nearest;
use crate::simulator::{At, Change, Fault, Operation};

/// The text names no fault; the error lists what does.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UnknownFault {
    #[error("{0:?} is no fault; {instead}", instead = of_forms(.0))]
    Form(String),
    #[error("{0:?} is no operation; {instead}", instead = of_operations(.0))]
    Operation(String),
    #[error("{0:?} is not a call number from 1 upwards")]
    Number(String),
    #[error("{0:?} is not a time such as 5s or 500ms")]
    Time(String),
}

/// The text forms of [`Fault`].
pub(crate) const FORMS: [&str; 19] = [
    "fail:[OPERATION:]N",
    "fail-after:[OPERATION:]N",
    "lost-answer:[OPERATION:]N",
    "half-answer:[OPERATION:]N",
    "throttle:[OPERATION:]N[-M]",
    "throttle-every:K",
    "deny:ACTION",
    "delay:TIME",
    "halt:[OPERATION:]N",
    "halt-after:[OPERATION:]N",
    "fail-update[:N]",
    "edit-aws-auth[:[OPERATION:]N]",
    "foreign-entry[:[OPERATION:]N]",
    "delete-entry[:[OPERATION:]N]",
    "foreign-update[:[OPERATION:]N]",
    "foreign-binding[:[OPERATION:]N]",
    "delete-role[:[OPERATION:]N]",
    "recreate-role[:[OPERATION:]N]",
    "nodes-not-ready[:[OPERATION:]N]",
];

const OPERATIONS: [&str; Operation::ALL.len()] = {
    let mut names = [""; Operation::ALL.len()];
    let mut at = 0;
    while at < names.len() {
        names[at] = Operation::ALL[at].as_str();
        at += 1;
    }
    names
};

/// `lost-answer` of `lost-answer:[OPERATION:]N`.
fn name(form: &'static str) -> &'static str {
    form.split([':', '[']).next().unwrap_or(form)
}

fn of_forms(text: &str) -> String {
    match nearest(text.split(':').next().unwrap_or(text), FORMS.map(name)) {
        Some(meant) => format!("did you mean {meant}?"),
        None => format!("the faults are {}", FORMS.join(", ")),
    }
}

fn of_operations(text: &str) -> String {
    match nearest(text, OPERATIONS) {
        Some(meant) => format!("did you mean {meant}?"),
        None => format!("the operations are {}", OPERATIONS.join(", ")),
    }
}

/// What can be typed as a fault: each that needs no more said, and each with each operation that it can strike, the first
/// call of it.
pub fn fault_forms() -> Vec<String> {
    let each = FORMS.iter().flat_map(|form| -> Vec<String> {
        match name(form) {
            "throttle-every" => vec!["throttle-every:10".to_owned()],
            "delay" => vec!["delay:1s".to_owned()],
            "deny" => OPERATIONS.iter().map(|operation| format!("deny:{operation}")).collect(),
            name if form.contains("[:") => vec![name.to_owned()],
            name => OPERATIONS.iter().map(|operation| format!("{name}:{operation}:1")).collect(),
        }
    });
    each.collect()
}

impl FromStr for Fault {
    type Err = UnknownFault;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (form, rest) = match text.split_once(':') {
            Some((form, rest)) => (form, Some(rest)),
            None => (text, None),
        };
        if let Some((change, first)) = change(form) {
            let at = match rest {
                Some(rest) => rest.parse()?,
                None => At { operation: Some(first), number: 1 },
            };
            return Ok(Self::Change { at, change });
        }
        match (form, rest) {
            ("fail", Some(at)) => Ok(Self::Fail { at: at.parse()? }),
            ("fail-after", Some(at)) => Ok(Self::FailAfter { at: at.parse()? }),
            ("lost-answer", Some(at)) => Ok(Self::LostAnswer { at: at.parse()? }),
            ("half-answer", Some(at)) => Ok(Self::HalfAnswer { at: at.parse()? }),
            ("throttle", Some(range)) => throttle(range),
            ("throttle-every", Some(every)) => Ok(Self::ThrottleEvery { every: number(every)? }),
            ("deny", Some("iam:PassRole")) => Ok(Self::Deny { action: "iam:PassRole".to_owned() }),
            ("deny", Some(action)) => {
                Ok(Self::Deny { action: action.parse::<Operation>()?.as_str().to_owned() })
            }
            ("delay", Some(time)) => Ok(Self::Delay(duration(time)?)),
            ("halt", Some(at)) => Ok(Self::Halt { at: at.parse()? }),
            ("halt-after", Some(at)) => Ok(Self::HaltAfter { at: at.parse()? }),
            ("fail-update", which) => Ok(Self::FailUpdate { number: which.map_or(Ok(1), number)? }),
            _ => Err(UnknownFault::Form(text.to_owned())),
        }
    }
}

impl FromStr for At {
    type Err = UnknownFault;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.rsplit_once(':') {
            Some((operation, last)) => {
                Ok(Self { operation: Some(operation.parse()?), number: number(last)? })
            }
            None => Ok(Self { operation: None, number: number(text)? }),
        }
    }
}

/// As it is written on a command line. A change that has no form there is named without its values, and is not read again.
impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fail { at } => write!(f, "fail:{at}"),
            Self::FailAfter { at } => write!(f, "fail-after:{at}"),
            Self::LostAnswer { at } => write!(f, "lost-answer:{at}"),
            Self::HalfAnswer { at } => write!(f, "half-answer:{at}"),
            Self::Throttle { at, last } if *last == at.number => write!(f, "throttle:{at}"),
            Self::Throttle { at, last } => write!(f, "throttle:{at}-{last}"),
            Self::ThrottleEvery { every } => write!(f, "throttle-every:{every}"),
            Self::Deny { action } => write!(f, "deny:{action}"),
            Self::Delay(time) if time.subsec_millis() == 0 => write!(f, "delay:{}s", time.as_secs()),
            Self::Delay(time) => write!(f, "delay:{}ms", time.as_millis()),
            Self::Halt { at } => write!(f, "halt:{at}"),
            Self::HaltAfter { at } => write!(f, "halt-after:{at}"),
            Self::FailUpdate { number } => write!(f, "fail-update:{number}"),
            Self::Change { at, change } => write!(f, "{}:{at}", form_of(change)),
        }
    }
}

/// What somebody else does, in one word.
const fn form_of(change: &Change) -> &'static str {
    match change {
        Change::AddLine | Change::AwsAuth(_) => "edit-aws-auth",
        Change::TouchEntry(_) | Change::Associate(..) | Change::Disassociate(..) => "foreign-entry",
        Change::DeleteEntry(_) => "delete-entry",
        Change::StartUpdate => "foreign-update",
        Change::CreateBinding(_) | Change::DeleteBinding(_) => "foreign-binding",
        Change::DeletePrincipal(_) => "delete-role",
        Change::RecreatePrincipal(_) => "recreate-role",
        Change::NodesNotReady => "nodes-not-ready",
    }
}

/// What somebody else does, and the call that it disturbs when none is named.
fn change(form: &str) -> Option<(Change, Operation)> {
    match form {
        "edit-aws-auth" => Some((Change::AddLine, Operation::ReplaceAwsAuth)),
        "foreign-entry" => Some((Change::TouchEntry(None), Operation::CreateAccessEntry)),
        "delete-entry" => Some((Change::DeleteEntry(None), Operation::AssociateAccessPolicy)),
        "foreign-update" => Some((Change::StartUpdate, Operation::UpdateClusterConfig)),
        "foreign-binding" => Some((Change::CreateBinding(None), Operation::CreateBinding)),
        "delete-role" => Some((Change::DeletePrincipal(None), Operation::CreateAccessEntry)),
        "recreate-role" => Some((Change::RecreatePrincipal(None), Operation::CreateAccessEntry)),
        "nodes-not-ready" => Some((Change::NodesNotReady, Operation::UpdateClusterConfig)),
        _ => None,
    }
}

fn throttle(range: &str) -> Result<Fault, UnknownFault> {
    let (first, last) = match range.rsplit_once('-') {
        Some((first, last)) => (first, Some(number(last)?)),
        None => (range, None),
    };
    let at: At = first.parse()?;
    let last = last.unwrap_or(at.number);
    if last < at.number {
        return Err(UnknownFault::Number(range.to_owned()));
    }
    Ok(Fault::Throttle { at, last })
}

fn number(text: &str) -> Result<u32, UnknownFault> {
    match text.parse() {
        Ok(number) if number > 0 => Ok(number),
        _ => Err(UnknownFault::Number(text.to_owned())),
    }
}

fn duration(text: &str) -> Result<Duration, UnknownFault> {
    let invalid = || UnknownFault::Time(text.to_owned());
    let parse = |digits: &str| digits.parse::<u64>().map_err(|_| invalid());
    match text.strip_suffix("ms") {
        Some(millis) => Ok(Duration::from_millis(parse(millis)?)),
        None => Ok(Duration::from_secs(parse(text.strip_suffix('s').ok_or_else(invalid)?)?)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_reads() {
        let at = |operation, number| At { operation, number };
        let create = Some(Operation::CreateAccessEntry);
        for (text, fault) in [
            ("fail:eks:CreateAccessEntry:2", Fault::Fail { at: at(create, 2) }),
            ("fail-after:3", Fault::FailAfter { at: at(None, 3) }),
            (
                "lost-answer:eks:AssociateAccessPolicy:1",
                Fault::LostAnswer { at: at(Some(Operation::AssociateAccessPolicy), 1) },
            ),
            ("throttle:eks:CreateAccessEntry:1-3", Fault::Throttle { at: at(create, 1), last: 3 }),
            ("throttle:4", Fault::Throttle { at: at(None, 4), last: 4 }),
            ("throttle-every:10", Fault::ThrottleEvery { every: 10 }),
            ("deny:iam:PassRole", Fault::Deny { action: "iam:PassRole".to_owned() }),
            ("delay:5s", Fault::Delay(Duration::from_secs(5))),
            ("delay:500ms", Fault::Delay(Duration::from_millis(500))),
            ("halt:7", Fault::Halt { at: at(None, 7) }),
            ("halt-after:eks:CreateAccessEntry:7", Fault::HaltAfter { at: at(create, 7) }),
            ("fail-update", Fault::FailUpdate { number: 1 }),
            ("foreign-entry", Fault::Change { at: at(create, 1), change: Change::TouchEntry(None) }),
            ("edit-aws-auth:9", Fault::Change { at: at(None, 9), change: Change::AddLine }),
        ] {
            assert_eq!(text.parse(), Ok(fault.clone()), "{text}");
            assert_eq!(fault.to_string().parse(), Ok(fault), "{text}");
        }
    }

    #[test]
    fn each_documented_form_is_known_and_the_rest_is_refused_by_name() {
        for form in FORMS {
            let text = form
                .replace("[:[OPERATION:]N]", ":eks:CreateAccessEntry:2")
                .replace("[OPERATION:]N[-M]", "2-3")
                .replace("[OPERATION:]N", "2")
                .replace("[:N]", ":2")
                .replace("ACTION", "eks:CreateAccessEntry")
                .replace("TIME", "1s")
                .replace('K', "3");
            let fault: Fault = text.parse().unwrap();
            assert_eq!(fault.to_string(), text, "{form}");
        }
        let error = |text: &str| text.parse::<Fault>().unwrap_err();
        assert!(error("lost-anwser:2").to_string().ends_with("did you mean lost-answer?"));
        let misspelt = error("fail:eks:CreateAccesEntry:1").to_string();
        assert!(misspelt.ends_with("did you mean eks:CreateAccessEntry?"), "{misspelt}");
        assert!(fault_forms().iter().all(|form| form.parse::<Fault>().is_ok()));
        assert_eq!(error("explode"), UnknownFault::Form("explode".to_owned()));
        assert!(error("explode").to_string().contains("lost-answer:[OPERATION:]N"));
        assert_eq!(error("fail:eks:Nothing:1"), UnknownFault::Operation("eks:Nothing".to_owned()));
        assert_eq!(error("halt:0"), UnknownFault::Number("0".to_owned()));
        assert_eq!(error("throttle:3-1"), UnknownFault::Number("3-1".to_owned()));
        assert_eq!(error("delay:5"), UnknownFault::Time("5".to_owned()));
    }
}
