/// The tag by which a run marks the entries that it creates, with the run's id as value.
///
/// A run that dies between CreateAccessEntry and AssociateAccessPolicy leaves an entry that gives nothing and overrides its
/// mapping. Where the journal is lost too, the tag tells that nobody but us made it so. It gives no access: plans,
/// comparisons and rollbacks leave it out.
pub const RUN_TAG: &str = "eksodus:run";

/// Keys that begin with `aws:`, in any case, are AWS's own: nobody else can set or remove them (Tagging AWS resources, "Tag
/// naming limits and requirements"). CloudFormation marks with them what its stacks own.
pub fn is_reserved_tag(key: &str) -> bool {
    key.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("aws:"))
}
