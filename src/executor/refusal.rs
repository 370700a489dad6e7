use super::changed::{changed, nearer};
use crate::calls::{Resource, ResourceState};
use crate::model::{ClusterId, EntryType, PrincipalArn};
use crate::planner::{LinePlace, Phase};
use crate::snapshot::Part;

/// Why a guard does not let a run go on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("the plan was changed after it was made: its digest is {found}, its content makes {computed}")]
    Edited { found: String, computed: String },
    #[error("the planner makes another plan of this cluster and of the decisions in it: {} differ", differs.join(", "))]
    OtherPlan { differs: Vec<String> },
    #[error(
        "the plan knows {}, which this caller may not read, so it cannot be made again to be compared",
        names(hidden)
    )]
    Unchecked { hidden: Vec<Part> },
    #[error("the plan undoes a run that is not known, so it cannot be made again to be compared")]
    OriginUnknown,
    #[error(
        "the plan says when an earlier run changed the mode of the cluster, and no journal that is known says so"
    )]
    SwitchUnknown,
    #[error("the plan was made without a cluster")]
    NoCluster,
    #[error("the plan is for {planned}, this is {found}")]
    OtherCluster { planned: ClusterId, found: ClusterId },
    #[error("{} changed since the plan was made", names(changed))]
    Stale { changed: Vec<Part> },
    #[error("phase {phase} is irreversible and was not allowed")]
    Irreversible { phase: Phase },
    #[error("step {step}: {}", changed(resource, found, expected))]
    Changed { step: String, resource: Resource, expected: Box<ResourceState>, found: Box<ResourceState> },
    #[error("step {step}: a different access entry exists already: {found}; expected {planned}")]
    NeedsNewPlan { step: String, planned: Box<ResourceState>, found: Box<ResourceState> },
    #[error("step {step}: {}: changed by somebody else since", changed(resource, found, nearer(found, [before, after])))]
    ChangedSince {
        step: String,
        resource: Resource,
        before: Box<ResourceState>,
        after: Box<ResourceState>,
        found: Box<ResourceState>,
    },
    #[error("{caller} would lose its own access in phase {phase}")]
    CallerLosesAccess { caller: String, phase: Phase },
    #[error("who the caller is is not known, so whether you keep access is not known either")]
    CallerUnknown,
    #[error("the caller {caller} has no access entry")]
    CallerHasNoEntry { caller: String },
    #[error("line {}: {arn} has no access entry equal to the planned one", at.place)]
    NotCovered { at: LinePlace, arn: String },
    #[error("line {}: the mapping of {arn} is effective and not migrated", at.place)]
    NotMigrated { at: LinePlace, arn: String },
    #[error("{arn} has an effective mapping in aws-auth that the plan does not know")]
    UnknownLine { arn: String },
    #[error("step {step} removes the mapping of {arn}, which has no access entry equal to the planned one")]
    NotPrunable { step: String, arn: String },
    #[error(
        "step {step}: {arn} would authenticate as somebody else, or for the first time, by what stays of aws-auth"
    )]
    MeansOtherwise { step: String, arn: String },
    #[error("role {role} of {used_by} needs an access entry of type {needs}, and has {}", found.as_ref().map_or("none", EntryType::as_str))]
    NodeRole { role: PrincipalArn, used_by: String, needs: EntryType, found: Option<EntryType> },
    #[error("node groups or Fargate profiles could not be read, so whether nodes keep access is not known")]
    NodesUnknown,
    #[error(
        "{} could be listed when the phase began, and may not be now, so whether access entries still authenticate their principals is not known",
        names(hidden)
    )]
    IamHidden { hidden: Vec<Part> },
    #[error("nobody else would be cluster administrator by an access entry that is known to be alive")]
    NoOtherAdministrator,
    #[error(
        "whether anybody else would be cluster administrator is not known: IAM did not tell whether {} still exists",
        principals.join(", ")
    )]
    AdministratorUnknown { principals: Vec<String> },
    #[error(
        "{arn} has lost its access: its mapping is gone, and it has no access entry equal to the planned one"
    )]
    LostAccess { arn: String },
    #[error("the access entry of the caller {caller} gives nothing, and would be all the access it has")]
    CallerEntryGivesNothing { caller: String },
    #[error("step {step} deletes the access entry of {principal}, and nothing else gives access in API mode")]
    DeletesInApiMode { step: String, principal: PrincipalArn },
    #[error("step {step} takes away what {resource} gives, and nothing else gives access in API mode")]
    TakesInApiMode { step: String, resource: Resource },
    /// EKS does not stop what it has begun. `update` as EKS names it, if it could be read.
    #[error("{}", switching(update.as_deref()))]
    SwitchingToApi { update: Option<String> },
    #[error(
        "step {step}: the mapping of {principal} is not in aws-auth any more, so its access entry is all the access it has"
    )]
    LineGone { step: String, principal: PrincipalArn },
    #[error("step {step}: IAM has no {principal} any more, so its access entry cannot be made again")]
    PrincipalGone { step: String, principal: PrincipalArn },
    #[error(
        "step {step}: {principal} was deleted and created again since, so its access entry would give another principal what the old one had"
    )]
    PrincipalRecreated { step: String, principal: PrincipalArn },
    #[error("step {step}: {principal} keeps its access entry, and this binding may be what gives it rights")]
    BindingNeeded { step: String, principal: PrincipalArn },
}

fn switching(update: Option<&str>) -> String {
    match update {
        Some(update) => format!(
            "EKS is changing the authentication mode to API (update {update}), and from then on nothing but access entries gives access"
        ),
        None => "EKS is updating the cluster, and which update it is could not be read: after a change of the mode to API nothing but access entries would give access".to_owned(),
    }
}

fn names(sources: &[Part]) -> String {
    let names: Vec<String> = sources.iter().map(ToString::to_string).collect();
    names.join(", ")
}
