//! Who an identity is: today, over what, and after the plan.

mod after;
mod text;
mod today;
mod views;

use std::fmt::Display;

use serde::Serialize;

pub use views::{AfterPlan, By, Candidate, Overridden, PolicyView, Source, Waits, WhoView};

use crate::facts::{EffectiveBy, Facts, Login, Who};
use crate::model::{AuthenticationMode, LoginValues};
use crate::planner::Plan;
use crate::reader::{Identity, Mapping};
use after::after_plan;
use today::{nobody, notes, overrides};

/// Who is asked about.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// As it was asked for.
    pub text: &'a str,
    pub identity: &'a Identity,
    /// What is known of the login; the rest stays a placeholder.
    pub values: LoginValues<'a>,
}

/// Who an identity is in the cluster, today and after the plan, by what, and what that overrides.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Answer {
    /// As it was asked for.
    pub identity: String,
    /// `None`: no cluster was looked at.
    pub mode: Option<AuthenticationMode>,
    /// `entry`, `mapped`, `not-mapped`, `template-failed`, `identity-rejected`, `nondeterministic` or `unknown`.
    pub result: &'static str,
    #[serde(flatten)]
    pub who: WhoView,
    pub by: Option<By>,
    /// The mapping that decides; `None` where it is an access entry, or nothing.
    pub source: Option<Source>,
    pub why: Option<String>,
    /// When EKS takes one of several mappings at random: what each would give.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub candidates: Vec<Candidate>,
    /// What names the principal, and gives it nothing.
    pub overrides: Vec<Overridden>,
    /// What was not looked at, and what that leaves open.
    pub notes: Vec<String>,
    /// `None`: no plan could be made.
    pub after_plan: Option<AfterPlan>,
}

impl Answer {
    /// `plan` is that of the facts' snapshot.
    pub fn new(asked: &Asked<'_>, facts: &Facts<'_>, plan: Option<&Plan>) -> Self {
        let empty = Self {
            identity: asked.text.to_owned(),
            mode: facts.mode,
            result: "not-mapped",
            who: WhoView::default(),
            by: None,
            source: None,
            why: None,
            candidates: Vec::new(),
            overrides: Vec::new(),
            notes: Vec::new(),
            after_plan: None,
        };
        let today = match facts.today(asked.identity, &asked.values) {
            Ok(today) => today,
            Err(why) => return Self { result: "identity-rejected", why: Some(why.to_string()), ..empty },
        };
        let (by, source) = by(&today.by);
        let base = Self {
            overrides: overrides(facts, &today),
            notes: notes(asked, facts, &today),
            after_plan: plan.map(|plan| after_plan(asked, facts, plan, &today)),
            by,
            source,
            ..empty
        };
        match &today.login {
            Login::As(who) => {
                let result = if matches!(today.by, EffectiveBy::Entry(_)) { "entry" } else { "mapped" };
                Self { result, who: who.into(), ..base }
            }
            Login::Fails(why) => Self { result: "template-failed", why: Some(why.to_string()), ..base },
            Login::OneOf(each) => Self {
                result: "nondeterministic",
                why: Some(
                    "mappings differ only in the case of their ARN: each login takes one of them at random"
                        .to_owned(),
                ),
                candidates: each.iter().map(candidate).collect(),
                ..base
            },
            Login::Nobody => Self { why: Some(nobody(asked, facts, &today)), ..base },
            Login::Unknown => Self {
                result: "unknown",
                why: Some("the cluster is in API mode, and its access entries were not read".to_owned()),
                ..base
            },
        }
    }
}

fn by(effective: &EffectiveBy<'_>) -> (Option<By>, Option<Source>) {
    match effective {
        EffectiveBy::Entry(entry) => (Some(By::entry(entry)), None),
        EffectiveBy::Mapping(mapping) => {
            let source = Source::of_mapping(mapping);
            (Some(By::Mapping(source.clone())), Some(source))
        }
        EffectiveBy::Account(account) => {
            let source = Source::of_account(account);
            (Some(By::Account(source.clone())), Some(source))
        }
        // what each gives is the same, or stands with each
        EffectiveBy::AnyOf(mappings) => {
            let source = mappings.first().map(|mapping| Source::of_mapping(mapping));
            (source.clone().map(By::Mapping), source)
        }
        EffectiveBy::Nobody => (None, None),
    }
}

fn candidate<E: Display>((mapping, login): &(&Mapping, Result<Who, E>)) -> Candidate {
    let source = Source::of_mapping(mapping);
    match login {
        Ok(who) => Candidate { result: "mapped", who: who.into(), source, why: None },
        Err(why) => {
            let why = Some(why.to_string());
            Candidate { result: "template-failed", who: WhoView::default(), source, why }
        }
    }
}
