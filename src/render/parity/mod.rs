//! The proof of a plan in words: one sentence with what it assumes, then everybody who may do more or less.

mod can_i;
mod text;

use std::fmt;

pub use can_i::can_i;
pub(super) use text::{ask, changes, theorem_of};

use super::words::count;
use crate::parity::{
    Assumption, Change, Difference, GrantedBy, MissingInput, Parity, Power, PrincipalParity,
};
use crate::rbac::UserInfo;

/// What is proved, with its numbers.
pub(super) fn theorem(parity: &Parity) -> String {
    let summary = &parity.summary;
    let side = |who: usize, permissions: usize, verb: [&str; 2]| match who {
        0 => format!("nobody {}", verb[0]),
        n => format!(
            "{} {} {}",
            count(n, "principal", "principals"),
            if n == 1 { verb[0] } else { verb[1] },
            count(permissions, "permission", "permissions"),
        ),
    };
    let mut parts = vec![
        side(summary.gain, summary.permissions_gained, ["gains", "gain"]),
        side(summary.lose, summary.permissions_lost, ["loses", "lose"]),
    ];
    if summary.differ_in_form > 0 {
        parts.push(format!(
            "{} only in form",
            count(summary.differ_in_form, "principal differs", "principals differ")
        ));
    }
    if summary.unknown > 0 {
        parts.push(format!("{} unknown", count(summary.unknown, "principal", "principals")));
    }
    let equal = count(summary.equal, "principal", "principals");
    let waits = match summary.wait {
        0 => String::new(),
        n => format!(
            ", {n} of them only until {} decided",
            if n == 1 { "its mapping is" } else { "their mappings are" }
        ),
    };
    format!("For all requests, in every scope: {}; {equal} may do the same{waits}.", parts.join("; "))
}

/// What it relies on; nothing, where nobody's rights had to be looked at.
pub(super) fn assuming(parity: &Parity) -> Vec<String> {
    let mut said: Vec<String> = parity.assumptions.iter().map(assumption).collect();
    if !parity.open_accounts.is_empty() {
        let accounts: Vec<&str> = parity.open_accounts.iter().map(String::as_str).collect();
        let of = if accounts.len() == 1 { "account" } else { "accounts" };
        said.push(format!(
            "nobody else in {of} {} needs the access that mapAccounts gives",
            accounts.join(", ")
        ));
    }
    said
}

/// What no verdict speaks of, whatever the plan.
pub(super) const NOT_COVERED: &str = "webhook authorizers, admission, what the Node authorizer allows, users of OIDC \
                                      providers, later changes";

pub(super) fn assumption(assumption: &Assumption) -> String {
    match assumption {
        Assumption::RbacAsRead => "the roles and bindings that were read are all there are".to_owned(),
        Assumption::RbacByDefault { version } => {
            format!("roles and bindings are those of Kubernetes {version} by default, since none were read")
        }
        Assumption::ResourcesAsServed => {
            "the API server serves what it served when its discovery was read".to_owned()
        }
        Assumption::PoliciesAsPublished { seen } => {
            format!("access policies allow what AWS has published of them (read {seen})")
        }
        Assumption::MappingsEffective => {
            "no access entry overrides a mapping today, since only the file was read".to_owned()
        }
        Assumption::GroupsOfType { entry_type } => {
            format!(
                "an entry of type {entry_type} gives the groups that its nodes need (AWS does not document them)"
            )
        }
        Assumption::MastersByPolicy { principals } => format!(
            "nothing but authorizers asks for system:masters, which {} for AmazonEKSClusterAdminPolicy (an admission policy \
             or a priority level may name the group)",
            count(*principals, "principal gives up", "principals give up")
        ),
        Assumption::CreatorStays => {
            "the cluster's creator, unknown to any API, stays an administrator by the entry that EKS creates"
                .to_owned()
        }
        Assumption::SessionsAlike => "sessions that no binding names are alike".to_owned(),
    }
}

/// Whoever loses, gains, or lacks the same is told once.
pub(super) fn alike(parity: &Parity) -> Vec<Vec<&PrincipalParity>> {
    let mut groups: Vec<Vec<&PrincipalParity>> = Vec::new();
    let rows = |change: &Option<Change>| change.as_ref().map(|change| change.rows.clone());
    for principal in &parity.principals {
        let is_alike = |group: &&mut Vec<&PrincipalParity>| {
            group.first().is_some_and(|first| {
                (&first.verdict, &first.missing, first.phase)
                    == (&principal.verdict, &principal.missing, principal.phase)
                    && rows(&first.lost) == rows(&principal.lost)
                    && rows(&first.gained) == rows(&principal.gained)
                    && first.to_come == principal.to_come
            })
        };
        match groups.iter_mut().find(is_alike) {
            Some(group) => group.push(principal),
            None => groups.push(vec![principal]),
        }
    }
    let weight = |group: &Vec<&PrincipalParity>| {
        let rows =
            group.first().into_iter().flat_map(|it| it.lost.iter().chain(&it.gained)).flat_map(|it| &it.rows);
        rows.map(|row| row.consequence).min()
    };
    // the gravest first; what is unknown last
    groups.sort_by_key(|group| weight(group).map_or((1, None), |consequence| (0, Some(consequence))));
    groups
}

pub(super) fn by(by: &GrantedBy) -> String {
    match by {
        GrantedBy::Masters => "the group system:masters".to_owned(),
        GrantedBy::NodeAuthorizer => "the Node authorizer".to_owned(),
        GrantedBy::AccessPolicy { policy, scope } => format!("access policy {} ({scope})", policy.name()),
        GrantedBy::Binding { binding, subject } => {
            format!("{binding} to {} {}", String::from(subject.kind.clone()), subject.name)
        }
    }
}

/// `get, list secrets in namespace shop`.
pub(super) fn row(row: &Difference) -> String {
    if row.by == GrantedBy::NodeAuthorizer {
        return "what the Node authorizer allows a node: its own Node, and what its pods use".to_owned();
    }
    format!("{} {}", row.rule, row.reach)
}

/// What tells the sides apart in form alone: whether it is lost, and what.
pub(super) fn to_come(of: &PrincipalParity) -> Vec<(bool, String)> {
    let rows = |rows: &[Difference], is_lost: bool| -> Vec<(bool, String)> {
        rows.iter().map(|it| (is_lost, format!("{}, by {}", row(it), by(&it.by)))).collect()
    };
    [rows(&of.to_come.lost, true), rows(&of.to_come.gained, false)].concat()
}

pub(super) const TO_COME: &str = "only in form, on nothing that the API server serves today:";

pub(super) fn who(of: &PrincipalParity) -> String {
    match &of.session {
        Some(session) => format!("{} as session {session}", of.principal),
        None => of.principal.clone(),
    }
}

/// What comes near on the side that lacks it.
pub(super) fn near(row: &Difference) -> Option<String> {
    let near = row.near.as_ref()?;
    Some(format!("{} has {}, not this", by(&near.by), near.rule))
}

/// A question for kubectl, and what it answers on each side.
pub(super) struct Question {
    pub command: String,
    /// `before: yes; after: no`.
    pub answers: String,
}

impl fmt::Display for Question {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}  # {}", self.command, self.answers)
    }
}

/// The question that tells the sides apart, and its answers, as kubectl gives them; who has it by an access policy is not seen
/// by kubectl's `--as` (EKS user guide, "access policies").
pub(super) fn questions(
    row: &Difference,
    before: Option<&UserInfo>,
    after: Option<&UserInfo>,
    is_lost: bool,
) -> Vec<Question> {
    let by_policy = matches!(row.by, GrantedBy::AccessPolicy { .. });
    if row.by == GrantedBy::NodeAuthorizer {
        return Vec::new();
    }
    let answer = |has: bool| match (has, by_policy) {
        (true, true) => "yes, when it asks itself: --as does not see access policies",
        (true, false) => "yes",
        (false, _) => "no",
    };
    let ask = |who: &UserInfo| can_i(&row.request, who);
    match (before, after) {
        (Some(before), Some(after)) if before == after => {
            let answers = format!("before: {}; after: {}", answer(is_lost), answer(!is_lost));
            vec![Question { command: ask(before), answers }]
        }
        (before, after) => {
            let side = |who: Option<&UserInfo>, when: &str, has: bool| {
                who.map(|who| Question { command: ask(who), answers: format!("{when}: {}", answer(has)) })
            };
            [side(before, "before", is_lost), side(after, "after", !is_lost)].into_iter().flatten().collect()
        }
    }
}

/// An input that is missing, and the command that supplies it, if one does.
pub(super) struct Missing {
    pub what: String,
    pub command: Option<&'static str>,
}

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.command {
            Some(command) => write!(f, "{}: {command}", self.what),
            None => f.write_str(&self.what),
        }
    }
}

pub(super) fn missing(missing: &MissingInput) -> Missing {
    match missing {
        MissingInput::Rbac => Missing {
            what: "roles and bindings were not read".to_owned(),
            command: Some(
                "kubectl get clusterroles,clusterrolebindings,roles,rolebindings -A -o yaml > rbac.yaml",
            ),
        },
        MissingInput::PolicyRules { policy } => Missing {
            what: format!("AWS has not published everything that {} allows", policy.name()),
            command: None,
        },
        MissingInput::AccessEntries => Missing {
            what: "access entries were not read, and one may be what is effective: eksodus snapshot reads them with \
                   the right eks:ListAccessEntries"
                .to_owned(),
            command: None,
        },
    }
}

pub(super) fn power(power: Power) -> &'static str {
    match power {
        Power::ClusterAdmin => "do everything",
        Power::Escalate => "escalate its own permissions",
        Power::ReadSecrets => "read secrets",
        Power::Exec => "exec into Pods",
    }
}

/// What of that which matters most changes: `can no longer: exec`, `can now: read secrets`.
pub(super) fn powers(of: &PrincipalParity) -> Option<String> {
    let (before, after) = (&of.powers.before, &of.powers.after);
    let list = |said: &str, powers: &mut dyn Iterator<Item = &Power>| {
        let powers: Vec<&str> = powers.map(|it| power(*it)).collect();
        (!powers.is_empty()).then(|| format!("{said}: {}", powers.join(", ")))
    };
    let ends = list("can no longer", &mut before.difference(after));
    let begins = list("can now", &mut after.difference(before));
    let said: Vec<String> = ends.into_iter().chain(begins).collect();
    (!said.is_empty()).then(|| said.join("; "))
}
