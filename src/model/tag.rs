/// The tag by which a run marks the entries that it creates, with the run's id as value.
///
/// A run that dies between CreateAccessEntry and AssociateAccessPolicy leaves an entry that gives nothing and overrides its
/// mapping. Where the journal is lost too, the tag tells that nobody but us made it so. It gives no access: plans,
/// comparisons and rollbacks leave it out.
pub const RUN_TAG: &str = "eksodus:run";
