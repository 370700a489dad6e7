use super::views::policy_views;
use super::{Asked, By, Overridden, Source, WhoView};
use crate::facts::{EffectiveBy, Facts, Known, Liveness, Login, Overrides, Today};
use crate::model::{AuthenticationMode, IamArn, PrincipalArn, parse_any_case};
use crate::reader::{AwsAuth, Mapping, NeverMatches, Status};

pub(super) fn overrides(facts: &Facts<'_>, today: &Today<'_>) -> Vec<Overridden> {
    let is_read = facts.mode.is_none_or(AuthenticationMode::reads_config_map);
    let behind = || match (&today.by, is_read) {
        (EffectiveBy::Entry(_), _) => "the access entry is effective".to_owned(),
        (_, false) => "in API mode EKS does not read aws-auth".to_owned(),
        _ => "the principal has a mapping of its own".to_owned(),
    };
    let of_mapping = |mapping: &Mapping| WhoView {
        username: Some(mapping.username.clone()),
        groups: Some(mapping.groups.clone().unwrap_or_default()),
        policies: Some(Vec::new()),
    };
    let view = |overridden: &Overrides<'_>| match overridden {
        Overrides::DeadEntry(entry) => Overridden {
            what: By::entry(entry),
            who: WhoView {
                username: Some(entry.observed.username.clone()),
                groups: Some(entry.observed.groups.iter().cloned().collect()),
                policies: Some(policy_views(&entry.observed.policies)),
            },
            why: dead(entry.liveness).to_owned(),
        },
        Overrides::Mapping(mapping) => Overridden {
            what: By::Mapping(Source::of_mapping(mapping)),
            who: of_mapping(mapping),
            why: behind(),
        },
        Overrides::Duplicate { mapping, by } => {
            let winner = facts.aws_auth().and_then(|aws_auth| aws_auth.mapping(*by));
            let line = winner.map(|winner| format!(" (line {})", winner.place.line)).unwrap_or_default();
            Overridden {
                what: By::Mapping(Source::of_mapping(mapping)),
                who: of_mapping(mapping),
                why: format!("{}[{}]{line} has the same principal and wins", by.section, by.index),
            }
        }
        Overrides::Account(account) => Overridden {
            what: By::Account(Source::of_account(account)),
            who: WhoView::default(),
            why: behind(),
        },
    };
    today.overrides.iter().map(view).collect()
}

fn dead(liveness: Liveness) -> &'static str {
    match liveness {
        Liveness::Gone => "its IAM principal no longer exists, so the entry has no effect",
        Liveness::Recreated => "the principal was recreated after the entry, which has no effect",
        Liveness::Live | Liveness::Assumed | Liveness::Unreadable => "it is not effective",
    }
}

/// What was not looked at.
pub(super) fn notes(asked: &Asked<'_>, facts: &Facts<'_>, today: &Today<'_>) -> Vec<String> {
    let mut notes = Vec::new();
    let by_mapping = !matches!(today.by, EffectiveBy::Entry(_)) && !matches!(today.login, Login::Unknown);
    if by_mapping && !facts.entries.observable {
        match facts.mode {
            None => notes.push(
                "the cluster's mode and access entries were not read: in dual mode an access entry of the principal would override aws-auth, and in API mode EKS does not read it"
                    .to_owned(),
            ),
            Some(mode) if mode.has_entries() => notes.push(
                "access entries were not read: one of the principal would override its mapping".to_owned(),
            ),
            Some(_) => {}
        }
    } else if facts.mode.is_none() {
        notes.push("the cluster's mode was not read: dual mode is assumed".to_owned());
    }
    if let EffectiveBy::Entry(entry) = &today.by {
        match entry.liveness {
            Liveness::Assumed if entry.principal.as_ref().is_some_and(|it| !it.is_service_linked()) => notes
                .push(
                    "the principal was not read from IAM: if it was recreated after the access entry, the entry is dead"
                        .to_owned(),
                ),
            Liveness::Unreadable => notes.push(
                "the creation time of the access entry or of its principal is unreadable, so the entry may be dead"
                    .to_owned(),
            ),
            _ => {}
        }
    }
    // under another path it may be there: sessions do not show theirs, and people leave it out
    let gone = principal(asked).filter(|principal| facts.iam.find(principal) == Known::Gone);
    if let Some(principal) = gone
        && !matches!(today.login, Login::Nobody)
    {
        notes.push(format!("{principal} does not exist in IAM"));
    }
    notes
}

/// The role or user that was asked about, as it was asked; a session does not tell its role's path.
fn principal(asked: &Asked<'_>) -> Option<PrincipalArn> {
    match parse_any_case(asked.text) {
        Ok(IamArn::Principal(principal)) => Some(principal),
        _ => None,
    }
}

/// Why nothing authenticates it, and the mapping that was probably meant to.
pub(super) fn nobody(asked: &Asked<'_>, facts: &Facts<'_>, today: &Today<'_>) -> String {
    let canonical = asked.identity.canonical_arn().unwrap_or_default();
    let is_read = facts.mode.is_none_or(AuthenticationMode::reads_config_map);
    let is_dead = today.overrides.iter().any(|it| matches!(it, Overrides::DeadEntry(_)));
    let mut why = match (facts.entries.observable, is_read, is_dead) {
        (true, true, false) => format!("no access entry and no mapping for {canonical}"),
        (true, false, false) => format!("no access entry for {canonical}"),
        (_, true, _) => format!("no mapping for {canonical}"),
        (_, false, _) => "its access entry is dead".to_owned(),
    };
    if let Some((mapping, never)) = facts.aws_auth().filter(|_| is_read).and_then(|it| meant(&canonical, it))
    {
        let (section, index, line) = (mapping.at.section, mapping.at.index, mapping.place.line);
        why += &format!("; did you mean {section}[{index}] (line {line})? It has no effect: {never}");
    }
    why
}

fn meant<'a>(canonical: &str, aws_auth: &'a AwsAuth) -> Option<(&'a Mapping, &'a NeverMatches)> {
    aws_auth.roles.entries.iter().chain(&aws_auth.users.entries).find_map(|entry| {
        let Status::NeverMatches(why) = &entry.status else { return None };
        let names = match why {
            NeverMatches::RolePath { pathless } => pathless,
            NeverMatches::SessionArn { role: Some(role) } => role,
            NeverMatches::StraySpace => entry.arn.trim(),
            _ => return None,
        };
        names.eq_ignore_ascii_case(canonical).then_some((entry, why))
    })
}
