//! All that tells two sides apart, as it is shown.

use std::collections::BTreeSet;

use super::{Access, Comparer, Comparison, Difference, Served, ToCome, Verdict};
use crate::model::PolicyArn;

/// What one side allows and the other does not, both ways.
#[derive(Debug, Clone, Default)]
pub struct Found {
    pub lost: Vec<Difference>,
    pub gained: Vec<Difference>,
    /// What no request can meet today; empty where it is not known what is served.
    pub to_come: ToCome,
    /// Access policies of which it matters that AWS has not published all rules.
    pub unknown: BTreeSet<PolicyArn>,
}

impl Found {
    /// `served`: what the API server serves, all of it, if that is known.
    pub fn between<'r>(
        comparer: &Comparer<'r>,
        before: &Access<'r>,
        after: &Access<'r>,
        served: Option<&Served>,
    ) -> Self {
        let comparison = comparer.compare(before, after);
        let unknown = comparison.lost.unknown.iter().chain(&comparison.gained.unknown);
        let unknown = unknown.map(|policy| (*policy).clone()).collect();
        let (today, to_come) = match served {
            Some(served) => comparison.today_and_to_come(served, before, after),
            None => (comparison, Comparison::default()),
        };
        Self {
            lost: today.lost.rows(after, served),
            gained: today.gained.rows(before, served),
            // what is asked for is what is not served
            to_come: ToCome {
                lost: to_come.lost.rows(after, None),
                gained: to_come.gained.rows(before, None),
            },
            unknown,
        }
    }

    pub fn is_equal(&self) -> bool {
        self.verdict(false) == Verdict::Equal && self.unknown.is_empty()
    }

    /// `lacks_input`: something else is missing, without which the verdict cannot be believed.
    pub fn verdict(&self, lacks_input: bool) -> Verdict {
        match self {
            Self { lost, .. } if !lost.is_empty() => Verdict::Loses,
            Self { gained, .. } if !gained.is_empty() => Verdict::Gains,
            Self { unknown, .. } if lacks_input || !unknown.is_empty() => Verdict::Unknown,
            Self { to_come, .. } if !to_come.is_empty() => Verdict::DiffersInForm,
            _ => Verdict::Equal,
        }
    }
}
