use super::{About, Check, Rule, RuleId, spans};
use crate::findings::{Blocker, Reason};
use crate::reader::Status;

/// Users are stored as written and found in any case, by walking a Go map (authenticator, `configmap.go`, UserMapping).
pub(crate) const RULE: Rule = Rule { id: RuleId::RandomDuplicate, check: Check::FileAbout(check) };

fn check(input: &super::Input<'_>) -> Vec<About> {
    let random = input.mappings().filter_map(|mapping| match &mapping.status {
        Status::Random { with } => Some((mapping, with)),
        _ => None,
    });
    random
        .map(|(mapping, with)| {
            let by = Blocker::Random { with: with.iter().filter_map(|at| input.place(*at)).collect() };
            About::mapping(mapping, spans::arn(mapping), Reason::Waits { by })
        })
        .collect()
}
