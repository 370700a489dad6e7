use std::collections::BTreeSet;

use crate::facts::{Service, service_of};
use crate::model::{IamArn, PrincipalArn, UsernameRefusal, parse_any_case};
use crate::planner::{Blocker, Gain, Line, LinePlace, Phase};

impl Blocker {
    /// The rule's id, a heading of `docs/rules.md`.
    pub fn rule(&self) -> &'static str {
        match self {
            Self::UnresolvedRole { .. } => "unresolved-role",
            Self::AmbiguousRole { .. } => "ambiguous-role",
            Self::ServiceLinkedRole => "service-linked-role",
            Self::Username { refusal, .. } => match refusal {
                UsernameRefusal::NoColonBeforeSessionName => "session-name-without-colon",
                UsernameRefusal::UnsupportedToken(_) => "username-placeholder",
                UsernameRefusal::ReservedPrefix(_) | UsernameRefusal::Empty => "reserved-username",
            },
            Self::Groups { .. } => "system-group",
            Self::Group { .. } => "group-placeholder",
            Self::NotQuiteANode { .. } => "half-a-node",
            Self::NodePrincipal { .. } => "node-principal",
            Self::NodeAndMasters => "node-and-masters",
            Self::Random { .. } => "random-duplicate",
            Self::Existing { .. } => "entry-in-the-way",
            Self::NodeRole { .. } => "node-role",
            Self::Gains { .. } => "name-in-use",
            Self::PolicyUnavailable { .. } => "policy-unavailable",
            Self::Account { .. } => "account-mapping",
            Self::NoPrincipal { .. } => "not-a-principal",
            Self::Root => "root-arn",
            Self::Decision { .. } => "impossible-decision",
            Self::OfAccount { principal: _, by } => by.rule(),
        }
    }

    /// The first phase that waits for the decision. What `aws-auth` alone can hold only keeps it from being switched off.
    pub fn phase(&self) -> Phase {
        match self {
            Self::Account { .. } | Self::NoPrincipal { .. } | Self::Root | Self::ServiceLinkedRole => {
                Phase::ApiMode
            }
            // EKS may make its entry in the moment in which the mode changes
            Self::NodeRole { .. } => Phase::DualMode,
            Self::OfAccount { principal: _, by } => by.phase(),
            _ => Phase::Entries,
        }
    }

    /// What the server does today, and why that cannot be carried over.
    pub fn message(&self, line: &Line) -> String {
        match self {
            Self::UnresolvedRole { account } => format!(
                "aws-auth names the role without its path, and the roles of account {account} were not looked at; an entry needs the whole ARN"
            ),
            Self::AmbiguousRole { candidates } => {
                let names: Vec<String> = candidates.iter().map(ToString::to_string).collect();
                format!("IAM has several roles it could be: {}", names.join(", "))
            }
            Self::ServiceLinkedRole => {
                "EKS refuses entries for services' own roles; the service makes its own, and this mapping stays until that is seen"
                    .to_owned()
            }
            Self::Username { refusal, proposal: _ } => {
                format!("an entry cannot have the username {:?}: {refusal}", line.username)
            }
            Self::Groups { groups } => {
                let each: Vec<String> = groups
                    .iter()
                    .map(|(group, bindings)| match bindings.as_slice() {
                        [] => format!("{group} (no binding names it)"),
                        bindings => format!("{group} (by {})", bindings.join("; ")),
                    })
                    .collect();
                format!("EKS refuses groups that begin with \"system:\", and the line has {}", each.join(", "))
            }
            Self::Group { group, refusal } => format!("an entry cannot carry the group {group:?}: {refusal}"),
            Self::NotQuiteANode { why } | Self::NodePrincipal { why } | Self::NoPrincipal { why } => {
                why.clone()
            }
            Self::NodeAndMasters => {
                "the role is both node and cluster administrator today, and an entry is one or the other"
                    .to_owned()
            }
            Self::Random { with } => {
                let others: Vec<String> = with.iter().map(place).collect();
                format!(
                    "the same ARN in another case stands at {}; each login gets either line at random",
                    others.join(", ")
                )
            }
            Self::Existing { why } => format!("its access entry cannot become what the line says: {why}"),
            Self::NodeRole { used_by, needs } => format!(
                "{} run under this role and need an access entry of type {needs}, which gives nothing of what the mapping says; where EKS makes that entry by itself, it overrides the mapping",
                used_by.join(", ")
            ),
            Self::PolicyUnavailable { policy, why, nearest: _ } => {
                format!("the access policy {policy} cannot be associated: {why}")
            }
            Self::Gains { gains } => {
                let each: Vec<String> = gains.iter().map(|gain| gain.message(&line.arn)).collect();
                format!("a name that it would get gives somebody more than today: {}", each.join("; "))
            }
            Self::Account { account, unresolved } if unresolved.is_empty() => format!(
                "everybody of account {account} is let in by the name of their ARN; no entry does that, and who else uses it is not known"
            ),
            Self::Account { account, unresolved } => format!(
                "bindings name these principals of account {account}, and its IAM was not looked at: {}",
                unresolved.join(", ")
            ),
            Self::Root => {
                "the account's root user is let in by this line, not everyone in the account; no entry stands for either"
                    .to_owned()
            }
            Self::Decision { why } => why.clone(),
            Self::OfAccount { principal, by } => {
                format!("{principal} of the account: {}", by.message(&of_account(line, principal)))
            }
        }
    }

    /// What to do: one thing, or several to choose from, as keys of the decisions file.
    pub fn options(&self, line: &Line) -> Vec<String> {
        let arn = &line.arn;
        let for_principal = |rest: &str| format!("in eksodus.yaml, for principal {arn}: {rest}");
        match self {
            Self::UnresolvedRole { account } => vec![
                format!("add the output of `aws iam list-roles` of account {account} to iam-roles.json"),
                for_principal("`arn: <the role's real ARN>`"),
                for_principal("`skip: <why>`"),
            ],
            Self::AmbiguousRole { .. } => {
                vec![for_principal("`arn: <the real one>`"), for_principal("`skip: <why>`")]
            }
            Self::ServiceLinkedRole => {
                vec![way_out(arn).to_owned(), for_principal("`skip: <why>`")]
            }
            Self::NoPrincipal { .. } | Self::Root => vec![for_principal("`skip: <why>`")],
            Self::Username { refusal: _, proposal: Some(name) } => vec![
                for_principal(&format!("`username: {:?}`", name.as_str())),
                "`proposed-usernames: accept` takes every proposal of this kind".to_owned(),
                for_principal("`username: default`, EKS's own"),
                for_principal("`skip: <why>`"),
            ],
            Self::Username { refusal: _, proposal: None } => {
                vec![
                    for_principal("`username: <another>` or `username: default`"),
                    for_principal("`skip: <why>`"),
                ]
            }
            Self::Groups { groups } => groups
                .keys()
                .flat_map(|group| {
                    [
                        format!("in eksodus.yaml, `groups: {{{group:?}: {{rename: <new name>}}}}` repeats its bindings"),
                        format!("in eksodus.yaml, `groups: {{{group:?}: drop}}` gives up what its bindings give"),
                    ]
                })
                .chain([for_principal("`skip: <why>`")])
                .collect(),
            Self::Group { .. } => {
                vec![for_principal("`groups: [<written out>]`"), for_principal("`skip: <why>`")]
            }
            Self::NotQuiteANode { .. } | Self::NodeAndMasters => vec![
                for_principal("`type: EC2_LINUX` (or another node type) if it is for nodes"),
                for_principal("`type: STANDARD` with a `username` and `groups` if it is not"),
                for_principal("`skip: <why>`"),
            ],
            Self::NodePrincipal { .. } => vec![
                for_principal("`type: STANDARD` with a `username` and `groups`"),
                for_principal("`skip: <why>`"),
            ],
            Self::Random { .. } => vec!["delete all but one of these lines from aws-auth".to_owned()],
            Self::Existing { .. } => vec![for_principal("`skip: <why>` leaves the entry as it is")],
            Self::NodeRole { used_by: _, needs } => vec![
                for_principal(&format!("`type: {needs}` gives up what the mapping gives")),
                "give the people of this mapping, or the nodes, a role of their own".to_owned(),
                for_principal("`skip: <why>`"),
            ],
            Self::PolicyUnavailable { policy: _, why: _, nearest } => match nearest {
                Some(near) => vec![format!("did you mean {near}? Correct `policies` in eksodus.yaml")],
                None => vec![
                    "choose another access policy: `aws eks list-access-policies` names those of the Region".to_owned(),
                    for_principal("`skip: <why>`"),
                ],
            },
            Self::Gains { gains } => {
                let names: BTreeSet<&str> = gains.iter().map(|gain| gain.name.as_str()).collect();
                let accept = names
                    .iter()
                    .map(|name| format!("in eksodus.yaml, `accept-gains: {{{name:?}: <why>}}` if that is meant"));
                let another = names.iter().map(|name| format!("choose another name than {name:?}"));
                another.chain(accept).chain([for_principal("`skip: <why>`")]).collect()
            }
            Self::Account { account, unresolved: _ } => vec![format!(
                "in eksodus.yaml, `accounts: {{{account:?}: {{principals: [<ARNs>], skip-others: <why>}}}}`"
            )],
            Self::Decision { .. } => vec!["change the decision".to_owned()],
            Self::OfAccount { principal, by } => by.options(&of_account(line, principal)),
        }
    }
}

/// The line that would do for this principal alone what that of its account does.
fn of_account(line: &Line, principal: &PrincipalArn) -> Line {
    let username = principal.canonical();
    Line { arn: principal.to_string(), username, ..line.clone() }
}

impl Gain {
    pub(crate) fn message(&self, own: &str) -> String {
        let Self { name, who, what } = self;
        let who = who.as_deref().unwrap_or(own);
        let what: Vec<&str> = what.iter().map(String::as_str).collect();
        match what.as_slice() {
            [] => format!("{who} has the name {name:?} too"),
            what => format!("{who} would gain by {name:?}: {}", what.join(", ")),
        }
    }
}

/// How a service comes to its own entry (AWS Batch guide, "eks-access-entries"; Managed Prometheus guide).
fn way_out(arn: &str) -> &'static str {
    let service = match parse_any_case(arn) {
        Ok(IamArn::Principal(principal)) => service_of(&principal),
        _ => None,
    };
    match service {
        Some(Service::Batch) => {
            "set eksConfiguration.accessEntry.desiredState=ENABLED on every AWS Batch compute environment of this cluster, associate AWSBatchNamespacePolicy with the entry that Batch makes, for each of its namespaces, and plan again"
        }
        Some(Service::Prometheus) => {
            "recreate the Managed Prometheus scraper once the cluster is in dual mode: it makes its entry then; plan again"
        }
        Some(Service::Emr | Service::Other) | None => {
            "keep the mapping and stay in dual mode until the service has made its entry; plan again then"
        }
    }
}

/// `mapRoles[2] (line 14)`.
pub(crate) fn place(at: &LinePlace) -> String {
    format!("{}[{}] (line {})", at.entry.section, at.entry.index, at.place.line)
}
