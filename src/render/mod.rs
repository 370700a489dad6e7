//! A plan, and what lint found, for people and for machines. A module per format; nothing here decides anything.
//! A plan as JSON is the plan itself: `Plan::to_json`.

pub mod access;
pub mod annotations;
mod assertions;
mod config_map;
mod conflict;
pub mod decide;
pub mod escape;
mod fields;
pub mod findings;
mod html;
mod markdown;
mod names;
mod page;
pub mod parity;
mod phases;
mod plans;
pub mod policies;
pub mod record;
mod redact;
pub mod replay;
mod rule;
mod shell;
mod style;
mod targets;
mod text;
mod verdict;
pub mod whois;
mod words;

pub use assertions::{assertions, assertions_verdict};
pub use conflict::conflict;
pub use html::{plan as plan_html, record as record_html};
pub use markdown::{plan as plan_markdown, plans as plans_markdown};
pub use names::Names;
pub use page::{Page, Shown, WIDTH};
pub use phases::work;
pub use plans::plans as plans_text;
pub use redact::Redactor;
pub use rule::{RuleView, rule};
pub use shell::shell_word;
pub use text::{findings_of as findings_of_plan, plan as plan_text};
pub use verdict::{Mark, Verdict, cluster_name, verdict};
pub use words::{count, number};

/// What a view of a plan shows besides the plan.
#[derive(Debug, Clone, Default)]
pub struct View {
    pub next: Option<Next>,
    /// Everything: what informs, and the name of each entry that stays.
    pub verbose: bool,
    /// ARNs as they are, and not without the account that is said once.
    pub full: bool,
}

/// What to do now; the command line knows its own flags.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Next {
    pub what: String,
    /// Whether it changes anything, and can be undone.
    pub note: String,
}
