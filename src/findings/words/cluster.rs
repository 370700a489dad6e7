//! What is said of the cluster as a whole, of the caller, and of decisions.

use super::{Words, list};
use crate::findings::{DeleteBlocker, NodeWayOut, NotUndone, PlatformGap, Reason, UnusedDecision};
use crate::rbac::ProblemKind;

pub(super) fn words(reason: &Reason, subject: &str) -> Words {
    match reason {
        Reason::PolicyNotListed { policy, known } => {
            let of_aws = if *known { ", although AWS documents it" } else { ", nor documented by AWS" };
            Words::plain(format!(
                "its access policy {policy} is not available in the Region{of_aws}: the association stays, but once removed it may be impossible to restore"
            ))
            .help("compare with `aws eks list-access-policies`; leave the association unchanged, or plan its replacement")
        }
        Reason::DeadEntry { recreated: false } => {
            Words::plain("the IAM principal no longer exists: its access entry has no effect")
                .help("delete the entry")
        }
        Reason::DeadEntry { recreated: true } => Words::plain(
            "the principal was recreated after its access entry: the entry has no effect",
        )
        .help("delete the entry, and recreate it if the principal needs access"),
        Reason::UnreadableTime => Words::plain(
            "the creation time of the access entry or of its principal is unreadable, so the entry may be dead",
        )
        .help("take the snapshot again, with `aws … --output json`"),
        Reason::UnusedDecision { what } => Words::plain(match what {
            UnusedDecision::OnLine { at } => format!("{at} matches no mapping"),
            UnusedDecision::Group => "this decision matches no mapping".to_owned(),
            UnusedDecision::Choice { at } => format!(
                "{at} chooses between entry and mapping, but there is no live access entry: the mapping is effective"
            ),
            UnusedDecision::Gains => "nobody gains anything by this name".to_owned(),
        })
        .help("fix or remove it"),
        Reason::NoOtherAdministrator { you, observable } => Words::plain(match (you, observable) {
            (true, _) => "you would be the only cluster administrator with a live access entry",
            (false, true) => {
                "no cluster administrator would have a live access entry, not even you"
            }
            (false, false) => {
                "no entry of this plan is a cluster administrator's, not even yours; existing entries cannot be listed yet"
            }
        })
        .help("give another principal AmazonEKSClusterAdminPolicy on the whole cluster"),
        Reason::CallerSkipped { account: false } => {
            Words::titled("your own mapping is skipped by decision", "your own mapping")
                .today("you have access by this mapping")
                .then("it is skipped by decision: in API mode you would be locked out")
                .help("remove the `skip` from eksodus.yaml, or create an entry for yourself first")
        }
        Reason::CallerSkipped { account: true } => {
            Words::titled("none of the account's entries is yours", "your own account")
                .today("you have access by this account mapping")
                .then("none of its entries is yours: in API mode you would be locked out")
                .help("add yourself to the account's `principals` in eksodus.yaml, or create an entry for yourself first")
        }
        Reason::CallerUnmapped { .. } => Words::plain("you have no mapping and no live access entry")
            .help("if you created the cluster, EKS creates your entry in dual mode; otherwise create one for yourself first"),
        Reason::CallerLosesRights { keeps_nothing } => Words::plain(match keeps_nothing {
            true => "you would be left with an access entry that gives nothing",
            false => "you would no longer be cluster administrator",
        })
        .help("keep your own permissions in eksodus.yaml, or have another administrator apply the plan"),
        Reason::EntryQuota { all, new, most } => Words::plain(format!(
            "the cluster would have {all} access entries ({new} of them new); EKS allows {most}, a fixed limit"
        ))
        .help("skip unused principals, or let several share a role"),
        Reason::PlatformVersion { why } => platform(why),
        Reason::NodesUnknown { .. } => Words::plain(
            "node groups and Fargate profiles were not read, so their roles may be left without an entry",
        )
        .help("add nodegroups.json and fargate-profiles.json to the snapshot (`[]` if the cluster has none)"),
        Reason::NothingRead { absent } => Words::plain(match absent {
            false => "EKS reads no mapping from it, so there is nothing to migrate",
            true => "there is none, so there is nothing to migrate",
        })
        .help("check that the snapshot is of the right cluster, and its aws-auth complete"),
        Reason::CreatorsEntry => Words::plain(
            "when the mode changes, EKS creates a cluster administrator's entry for the cluster's creator, and may create entries for node groups and Fargate profiles; identical ones are adopted",
        ),
        Reason::NodeUncovered { used_by, needs, gets, way_out } => {
            let needs_entry = format!("{} need an entry of type {needs} for this role", list(used_by));
            let gets = match gets {
                None => "it has no entry and no mapping".to_owned(),
                Some(entry_type) if *way_out == NodeWayOut::OwnRole => {
                    format!("its one entry has type {entry_type}")
                }
                Some(entry_type) => format!("its entry has type {entry_type}, which is immutable"),
            };
            let words = Words::plain(format!("{needs_entry}, but {gets}"));
            match for_nodes(way_out, subject, needs.as_str(), used_by) {
                Some(help) => words.help(help),
                None => words,
            }
        }
        Reason::OfRbac { problem } => Words::plain(problem.to_string()).help(of_rbac(problem.what)),
        Reason::NotPruned { prose } => Words::plain(format!(
            "covered mappings stay in aws-auth, because removing them would change the rest: {prose}"
        ))
        .help("they are overridden by their entries and do no harm; delete them by hand"),
        Reason::Immutable => {
            Words::plain("covered mappings stay in aws-auth: the ConfigMap is immutable")
                .help("nothing to do: they are overridden by their entries, and in API mode EKS does not read aws-auth")
        }
        Reason::DeleteBlocked { by } => delete_blocked(by),
        Reason::NotUndone { why } => Words::plain(match why {
            NotUndone::WasDead => "its former access entry is not restored: it was dead when the run replaced it, and would grant new access".to_owned(),
            NotUndone::Mode { mode } => format!("the authentication mode stays {mode}: that change is irreversible"),
            NotUndone::Refused { prose } => prose.clone(),
        }),
        _ => Words::default(),
    }
}

fn of_rbac(what: ProblemKind) -> &'static str {
    match what {
        ProblemKind::MissingRole | ProblemKind::UnknownRoleKind | ProblemKind::LacksNamespace => {
            "create the role or delete the binding; if the snapshot lacks roles, take it again with all four RBAC kinds"
        }
        ProblemKind::UnknownSubjectKind | ProblemKind::AccountWithoutNamespace => "fix or remove the subject",
        ProblemKind::Drift => {
            "find out who writes to the ClusterRole: its controller will overwrite the rules"
        }
        ProblemKind::AggregationCycle => "remove a label or a selector to break the cycle",
        ProblemKind::UnreadableSelector => {
            "fix its aggregationRule: In and NotIn need values, Exists and DoesNotExist take none"
        }
        ProblemKind::AggregationTooLarge => {
            "take the snapshot from the cluster, which stores the resulting rules"
        }
        ProblemKind::IdleRule | ProblemKind::UnreadKey => "complete or remove the rule",
        ProblemKind::UnknownVerb => "fix it if it is a typo",
    }
}

fn platform(why: &PlatformGap) -> Words {
    match why {
        // EKS: "Local Amazon EKS cluster only supports … authenticationMode=CONFIG_MAP"
        PlatformGap::Outpost => Words::plain(
            "local clusters on Outposts have no access entries: EKS keeps them in CONFIG_MAP mode",
        )
        .help("stay on aws-auth until AWS supports access entries on local clusters"),
        PlatformGap::TooOld { version, platform, needs } => Words::plain(format!(
            "access entries need {needs}; this is Kubernetes {version}, platform version {platform}"
        ))
        .help("upgrade the cluster first"),
        PlatformGap::Unreadable { version, platform } => Words::plain(format!(
            "cannot tell whether Kubernetes {version:?}, platform version {platform:?} has access entries"
        ))
        .help("see \"Access entries\" in the EKS user guide"),
    }
}

fn for_nodes(way_out: &NodeWayOut, role: &str, needs: &str, used_by: &[String]) -> Option<String> {
    let by_hand = |cluster: &str| {
        format!(
            "`aws eks create-access-entry --cluster-name {cluster} --principal-arn {role} --type {needs}`, and plan again"
        )
    };
    Some(match way_out {
        NodeWayOut::TakeBackSkip { at, cluster } => {
            format!(
                "its mapping ({at}) is skipped by decision: remove that decision, or {}",
                by_hand(cluster)
            )
        }
        NodeWayOut::Decide { at } => format!("decide on its mapping ({at})"),
        NodeWayOut::AfterSwitch { cluster } => {
            format!(
                "EKS may create it when the mode changes, so plan again then; or, in dual mode, {}",
                by_hand(cluster)
            )
        }
        NodeWayOut::CreateEntry { cluster } => by_hand(cluster),
        NodeWayOut::DecideType { .. } => return None,
        NodeWayOut::RecreateEntry => {
            format!("replace the entry of {role} by one of type {needs}, and plan again")
        }
        NodeWayOut::OwnRole => format!(
            "give {} its own role: create the role, move the nodes or profiles to it, and plan again",
            used_by.join(", ")
        ),
    })
}

fn delete_blocked(by: &DeleteBlocker) -> Words {
    const ELSEWHERE: &str = "move it elsewhere";
    let (what, help) = match by {
        DeleteBlocker::Mapping => (
            "this mapping gives access that no entry covers".to_owned(),
            "migrate it, or delete the mapping by hand",
        ),
        DeleteBlocker::Key => {
            ("something else may need this key, which EKS does not read".to_owned(), ELSEWHERE)
        }
        DeleteBlocker::Immutable => (
            "something else may need its immutable: true, which EKS does not read".to_owned(),
            "nobody can change it; the mappings that stay are overridden by their entries and do no harm",
        ),
        DeleteBlocker::Part { part } => {
            (format!("something else may need its {part}, which EKS does not read"), ELSEWHERE)
        }
    };
    Words::plain(format!("aws-auth is to be deleted, but {what}")).help(help)
}
