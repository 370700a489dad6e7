//! A plan in the words of the tool that owns the cluster afterwards. Pure: text from typed values.

mod manifests;

pub use manifests::manifests;
