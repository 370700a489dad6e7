/// Why EKS gets nothing out of a section, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::reader) struct Fault {
    pub what: String,
    /// Byte offset.
    pub at: usize,
}

impl Fault {
    pub(in crate::reader) fn new(what: impl Into<String>, at: usize) -> Self {
        Self { what: what.into(), at }
    }
}
