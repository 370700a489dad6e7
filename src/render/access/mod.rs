//! Answers about access for people and for machines: what somebody may do, whether they may do one thing, and who may.

mod dangerous;
mod explain;
mod lines;
mod question;
mod who_can;
mod words;

pub use dangerous::Dangers;
pub use explain::Explanation;
pub use question::Question;
pub use who_can::WhoMay;
pub use words::taken;
