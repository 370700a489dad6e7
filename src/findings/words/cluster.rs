//! What is said of the cluster as a whole, of the caller, and of decisions.

use super::{Words, decide, list};
use crate::findings::{DeleteBlocker, NodeWayOut, NotUndone, PlatformGap, Reason, UnusedDecision};
use crate::rbac::ProblemKind;

pub(super) fn words(reason: &Reason, subject: &str) -> Words {
    match reason {
        Reason::PolicyNotListed { policy, known } => {
            let of_aws = if *known { "although AWS documents it" } else { "and AWS documents no such policy" };
            Words::plain(format!(
                "its access policy {policy} is not among those that the Region offers, {of_aws}: the association stays, but once it is taken away it may not be made again"
            ))
            .help("compare `aws eks list-access-policies`; leave the association as it is, or plan what takes its place")
        }
        Reason::DeadEntry { recreated: false } => {
            Words::plain("IAM has no such principal: the access entry authenticates nobody")
                .help("delete the entry")
        }
        Reason::DeadEntry { recreated: true } => Words::plain(
            "the principal was recreated after the access entry was made: the entry authenticates nobody",
        )
        .help("delete the entry, and recreate it if the principal is to have access"),
        Reason::UnreadableTime => Words::plain(
            "the time of the access entry, or of its principal in IAM, cannot be read: whether the entry is dead is unknown",
        )
        .help("take the snapshot again, as `aws … --output json` prints it"),
        Reason::UnusedDecision { what } => Words::plain(match what {
            UnusedDecision::OnLine { line } => format!("line {line} of the decisions matches nothing"),
            UnusedDecision::Group => "this decision matches nothing".to_owned(),
            UnusedDecision::Choice { line } => format!(
                "line {line} of the decisions chooses between an entry and a mapping, and there is no live access entry: the mapping is effective"
            ),
            UnusedDecision::Gains => "nobody gains anything by this name".to_owned(),
        })
        .help("correct it or take it out"),
        Reason::NoOtherAdministrator { you, observable } => Words::plain(match (you, observable) {
            (true, _) => "no cluster administrator but you would be left by entries that are known to be alive",
            (false, true) => {
                "nobody would be cluster administrator by entries that are known to be alive, you neither"
            }
            (false, false) => {
                "nobody would be cluster administrator by the entries of this plan, you neither; those that are there already cannot be listed yet"
            }
        })
        .help("give a principal that IAM lists AmazonEKSClusterAdminPolicy on the whole cluster"),
        Reason::CallerSkipped { account: false } => {
            Words::titled("by decision your own mapping becomes no entry", "your own mapping")
                .today("you have access by this mapping")
                .then("by decision it becomes no entry: in API mode you are locked out")
                .help("take the `skip` out of eksodus.yaml, or give yourself an entry first")
        }
        Reason::CallerSkipped { account: true } => {
            Words::titled("none of the account's entries is yours", "your own account")
                .today("you have access by this account")
                .then("none of its entries is yours: in API mode you are locked out")
                .help("in eksodus.yaml, add yourself to the account's `principals`, or give yourself an entry first")
        }
        Reason::CallerUnmapped { .. } => Words::plain("neither a mapping nor a live access entry names you")
            .help("the cluster's creator gets an entry from EKS in dual mode; anybody else should be given one first"),
        Reason::CallerLosesRights { keeps_nothing } => Words::plain(match keeps_nothing {
            true => "you would keep an access entry that gives nothing",
            false => "you are cluster administrator today, and would not be any more",
        })
        .help("keep your own rights in eksodus.yaml, or have another administrator apply the plan"),
        Reason::EntryQuota { all, new, most } => Words::plain(format!(
            "the cluster would have {all} access entries, {new} of them new, and EKS allows {most}, which cannot be raised"
        ))
        .help("skip principals that nobody uses any more, or let several share a role"),
        Reason::PlatformVersion { why } => platform(why),
        Reason::NodesUnknown { .. } => Words::plain(
            "they were not looked at, so whether each of their roles will have an entry is not known",
        )
        .help("add nodegroups.json and fargate-profiles.json to the snapshot; a cluster without any has `[]` in them"),
        Reason::NothingRead { absent } => Words::plain(match absent {
            false => "EKS reads not one mapping of it, so this plan moves nobody",
            true => "there is none, so this plan moves nobody",
        })
        .help("see that the snapshot is of the right cluster, and that its aws-auth is whole"),
        Reason::CreatorsEntry => Words::plain(
            "when the mode changes, EKS makes a cluster administrator's entry for whoever created the cluster, and it may make entries for node groups and Fargate profiles; equal ones are adopted",
        ),
        Reason::NodeUncovered { used_by, needs, gets, way_out } => {
            let needs_entry = format!("{} need an entry of type {needs} for this role", list(used_by));
            let gets = match gets {
                None => "it has none and no mapping gives it one".to_owned(),
                Some(entry_type) if *way_out == NodeWayOut::OwnRole => {
                    format!("its entry has type {entry_type}, and a principal has one entry of one type")
                }
                Some(entry_type) => format!("its entry has type {entry_type}, which can never change"),
            };
            Words::plain(format!("{needs_entry}, and {gets}")).help(for_nodes(way_out, subject, needs.as_str(), used_by))
        }
        Reason::OfRbac { problem } => Words::plain(problem.to_string()).help(of_rbac(problem.what)),
        Reason::NotPruned { prose } => Words::plain(format!(
            "its covered mappings stay, because cutting them out would change the rest: {prose}"
        ))
        .help("they do no harm beside their entries; delete them by hand"),
        Reason::Immutable => {
            Words::plain("its covered mappings stay: it is immutable, and Kubernetes lets nobody change it")
                .help("they do no harm beside their entries; in API mode EKS does not read aws-auth")
        }
        Reason::DeleteBlocked { by } => delete_blocked(by),
        Reason::NotUndone { why } => Words::plain(match why {
            NotUndone::WasDead => "its access entry gave nothing when the run replaced it, and is not recreated: what it held would come alive".to_owned(),
            NotUndone::Mode { mode } => format!("the authentication mode stays {mode}: that is irreversible"),
            NotUndone::Refused { prose } => prose.clone(),
        }),
        _ => Words::default(),
    }
}

fn of_rbac(what: ProblemKind) -> &'static str {
    match what {
        ProblemKind::MissingRole | ProblemKind::UnknownRoleKind | ProblemKind::LacksNamespace => {
            "create the role or delete the binding; if the snapshot lacks roles, take it again with all four kinds"
        }
        ProblemKind::UnknownSubjectKind | ProblemKind::AccountWithoutNamespace => {
            "correct the subject, or take it out"
        }
        ProblemKind::Drift => {
            "see who writes into the ClusterRole: its controller replaces the rules as soon as it looks at it"
        }
        ProblemKind::AggregationCycle => "take a label or a selector out of the circle",
        ProblemKind::UnreadableSelector => {
            "correct its aggregationRule: In and NotIn need values, Exists and DoesNotExist have none"
        }
        ProblemKind::AggregationTooLarge => "take the snapshot from the cluster, where the rules are stored",
        ProblemKind::IdleRule | ProblemKind::UnreadKey => "complete the rule, or take it out",
        ProblemKind::UnknownVerb => "correct it if it is a slip; otherwise leave it",
    }
}

fn platform(why: &PlatformGap) -> Words {
    match why {
        // EKS: "Local Amazon EKS cluster only supports … authenticationMode=CONFIG_MAP"
        PlatformGap::Outpost => Words::plain(
            "it is a local cluster on an Outpost, which EKS keeps in CONFIG_MAP mode: it has no access entries",
        )
        .help("leave it on aws-auth; plan again when AWS says that local clusters have access entries"),
        PlatformGap::TooOld { version, platform, needs } => Words::plain(format!(
            "EKS has no access entries on Kubernetes {version} with platform version {platform}: they need {needs}"
        ))
        .help("upgrade the cluster first"),
        PlatformGap::Unreadable { version, platform } => Words::plain(format!(
            "whether EKS has access entries on Kubernetes {version:?} with platform version {platform:?} is not known"
        ))
        .help("compare with the EKS user guide"),
    }
}

fn for_nodes(way_out: &NodeWayOut, role: &str, needs: &str, used_by: &[String]) -> String {
    let by_hand = |cluster: &str| {
        format!(
            "`aws eks create-access-entry --cluster-name {cluster} --principal-arn {role} --type {needs}`, and plan again"
        )
    };
    match way_out {
        NodeWayOut::TakeBackSkip { at, cluster } => {
            format!("its mapping, {at}, is skipped by decision: take that back, or {}", by_hand(cluster))
        }
        NodeWayOut::Decide { at } => format!("decide what becomes of its mapping, {at}"),
        NodeWayOut::AfterSwitch { cluster } => {
            format!(
                "EKS may make it when the mode changes: plan again then; or, in dual mode, {}",
                by_hand(cluster)
            )
        }
        NodeWayOut::CreateEntry { cluster } => by_hand(cluster),
        NodeWayOut::DecideType { arn } => {
            decide(arn, format_args!("`type: {needs}` has the entry deleted and recreated"))
        }
        NodeWayOut::RecreateEntry => {
            format!("delete the entry of {role} and create one of type {needs}, and plan again")
        }
        NodeWayOut::OwnRole => format!(
            "give {} a role of its own: create the role, move the nodes or profiles to it, and plan again",
            used_by.join(", ")
        ),
    }
}

fn delete_blocked(by: &DeleteBlocker) -> Words {
    const ELSEWHERE: &str = "move it elsewhere, or decide for `prune: covered`";
    let (what, help) = match by {
        DeleteBlocker::Mapping => (
            "by this mapping somebody has access who has no entry for it".to_owned(),
            "migrate it, delete the mapping by hand, or decide for `prune: covered`",
        ),
        DeleteBlocker::Key => {
            ("this key of it is not EKS's: somebody else may need it".to_owned(), ELSEWHERE)
        }
        DeleteBlocker::Immutable => (
            "it has immutable: true, which EKS does not read: somebody else may need it".to_owned(),
            "decide for `prune: covered`: nobody can change it, and the mappings that stay do no harm beside their entries",
        ),
        DeleteBlocker::Part { part } => {
            (format!("it has {part}, which EKS does not read: somebody else may need it"), ELSEWHERE)
        }
    };
    Words::plain(format!("aws-auth is to be deleted, and {what}")).help(help)
}
