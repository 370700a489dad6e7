use std::collections::BTreeSet;

use serde::Serialize;

use super::fields::is_node;
use super::page::{Page, Shown, paint};
use super::style::{BAD, CARE, HEADING};
use super::words::{list, or_empty};
use crate::facts::{
    EffectiveBy, EntryFact, Facts, Known, Liveness, Login, Overrides, Today, Who, entry_username,
};
use crate::model::{
    Associations, AuthenticationMode, CanonicalArn, GroupName, IamArn, LoginValues, PrincipalArn,
    parse_any_case,
};
use crate::planner::{After, Line, Notice, Outcome, Plan, Severity, Target};
use crate::reader::{Account, AwsAuth, Identity, Mapping, NeverMatches, Place, SectionName, Status};

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

/// What a login gets; `null` throughout where it gets nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct WhoView {
    pub username: Option<String>,
    pub groups: Option<Vec<String>>,
    pub policies: Option<Vec<PolicyView>>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct PolicyView {
    pub policy: String,
    /// `cluster`, or `namespaces a, b`.
    pub scope: String,
}

/// What decides.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum By {
    Entry {
        principal: String,
        #[serde(rename = "type")]
        entry_type: String,
    },
    Mapping(Source),
    Account(Source),
}

/// A mapping of `aws-auth`; entries count from 0, as the authenticator counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Source {
    pub section: SectionName,
    pub entry: usize,
    #[serde(flatten)]
    pub place: Option<Place>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Candidate {
    /// `mapped` or `template-failed`.
    pub result: &'static str,
    #[serde(flatten)]
    pub who: WhoView,
    pub source: Source,
    pub why: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Overridden {
    #[serde(flatten)]
    pub what: By,
    /// What it says, placeholders and all.
    #[serde(flatten)]
    pub who: WhoView,
    pub why: String,
}

/// Once all of the plan is done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AfterPlan {
    /// `same`, `changed`, `no-access`, `waits` or `unknown`.
    pub result: &'static str,
    #[serde(flatten)]
    pub who: WhoView,
    pub by: Option<By>,
    pub why: Option<String>,
    pub waits_for: Vec<Waits>,
}

/// A finding of the plan that needs a decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Waits {
    pub rule: String,
    /// The first phase that is not begun before it is decided.
    pub phase: String,
    pub message: String,
    pub help: Vec<String>,
}

impl Answer {
    /// `plan` is that of the facts' snapshot.
    pub fn new(
        asked: &Asked<'_>,
        facts: &Facts<'_>,
        aws_auth: Option<&AwsAuth>,
        plan: Option<&Plan>,
    ) -> Self {
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
        let today = match facts.today(aws_auth, asked.identity, &asked.values) {
            Ok(today) => today,
            Err(why) => return Self { result: "identity-rejected", why: Some(why.to_string()), ..empty },
        };
        let (by, source) = by(&today.by);
        let base = Self {
            overrides: overrides(facts, aws_auth, &today),
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
            Login::Nobody => Self { why: Some(nobody(asked, facts, aws_auth, &today)), ..base },
            Login::Unknown => Self {
                result: "unknown",
                why: Some("the cluster is in API mode, and its access entries were not looked at".to_owned()),
                ..base
            },
        }
    }

    /// `file` is the name of what the mappings stand in.
    pub fn text(&self, file: &str) -> Page {
        let mut page = Page::default();
        page.line(0, self.identity.as_str());
        self.today(&mut page, file);
        for Overridden { what, who, why } in &self.overrides {
            let word = if matches!(what, By::Entry { .. }) { "dead" } else { "overridden" };
            page.line(0, format!("{word}: {}, {}: {why}", what.text(file), who.in_words()));
        }
        self.notes.iter().for_each(|note| page.line(0, format!("note: {note}")));
        match &self.after_plan {
            Some(after) => after.write(&mut page, file),
            None if self.result == "identity-rejected" => {}
            None => page.line(0, "after the plan: not known, for no plan can be made"),
        }
        page
    }

    fn today(&self, page: &mut Page, file: &str) {
        let by = |page: &mut Page| {
            self.by.iter().for_each(|by| page.line(0, format!("by {}", by.text(file))));
        };
        let why = |page: &mut Page| self.why.iter().for_each(|why| page.line(0, why.as_str()));
        match self.result {
            "entry" | "mapped" => {
                self.who.write(page, 0);
                by(page);
            }
            "nondeterministic" => {
                page.line(0, Shown::from("is ").and(paint(CARE, "one of several, at random")));
                why(page);
                for Candidate { result: _, who, source, why } in &self.candidates {
                    page.blank();
                    match why {
                        Some(why) => {
                            page.line(1, paint(BAD, "cannot authenticate"));
                            page.line(1, why.as_str());
                        }
                        None => who.write(page, 1),
                    }
                    page.line(1, format!("by {}", source.text(file)));
                }
                page.blank();
            }
            "not-mapped" if self.mode.is_none() => {
                page.line(0, Shown::from("is ").and(paint(BAD, "not known to aws-auth")));
                why(page);
            }
            "not-mapped" => {
                page.line(0, paint(BAD, "has no access"));
                why(page);
            }
            "unknown" => {
                page.line(0, Shown::from("is ").and(paint(CARE, "not known")));
                why(page);
            }
            _ => {
                page.line(0, paint(BAD, "cannot authenticate"));
                why(page);
                by(page);
            }
        }
    }
}

impl AfterPlan {
    fn write(&self, page: &mut Page, file: &str) {
        let why = self.why.as_ref().map(|why| format!(": {why}")).unwrap_or_default();
        match self.result {
            "same" => page.line(0, format!("after the plan: the same{why}")),
            "no-access" => {
                page.line(0, Shown::from("after the plan: ").and(paint(BAD, "no access")).and(why));
            }
            "unknown" => page.line(0, format!("after the plan: not known{why}")),
            "waits" => {
                page.line(0, Shown::from("after the plan: ").and(paint(CARE, "needs a decision")).and(why));
            }
            _ => {
                page.line(0, format!("after the plan{why}:"));
                self.who.write(page, 1);
                self.by.iter().for_each(|by| page.line(1, format!("by {}", by.text(file))));
            }
        }
        for Waits { rule, phase, message, help } in &self.waits_for {
            page.line(1, format!("[{rule}] before {phase}: {message}"));
            help.iter().for_each(|help| page.line(2, format!("- {help}")));
        }
    }
}

impl WhoView {
    fn write(&self, page: &mut Page, level: usize) {
        let name = self.username.as_deref().map_or("called as EKS sets it", or_empty);
        page.line(level, Shown::from("is ").and(paint(HEADING, name)));
        page.line(level, format!("in {}", self.groups_in_words()));
        if let Some([_, ..]) = self.policies.as_deref() {
            page.line(level, format!("with {}", self.policies_in_words()));
        }
    }

    fn groups_in_words(&self) -> String {
        match self.groups.as_deref() {
            None | Some([]) => "no groups".to_owned(),
            Some(groups) => list(groups.iter().map(|group| or_empty(group))),
        }
    }

    fn policies_in_words(&self) -> String {
        list(self.policies.iter().flatten().map(|it| format!("{} ({})", it.policy, it.scope)))
    }

    fn in_words(&self) -> String {
        let name = self.username.as_deref().map_or("everybody of the account", or_empty);
        let policies = match self.policies.as_deref() {
            None | Some([]) => String::new(),
            Some(_) => format!(" with {}", self.policies_in_words()),
        };
        format!("{name} in {}{policies}", self.groups_in_words())
    }
}

impl From<&Who> for WhoView {
    fn from(Who { username, groups, policies }: &Who) -> Self {
        Self {
            username: Some(username.clone()),
            groups: Some(groups.clone()),
            policies: Some(policy_views(policies)),
        }
    }
}

fn policy_views(policies: &Associations) -> Vec<PolicyView> {
    let view = |(policy, scope): (&crate::model::PolicyArn, &crate::model::AccessScope)| PolicyView {
        policy: policy.name().to_owned(),
        scope: scope.to_string(),
    };
    policies.iter().map(view).collect()
}

impl By {
    fn text(&self, file: &str) -> String {
        match self {
            Self::Entry { principal, entry_type } => format!("the access entry {principal} ({entry_type})"),
            Self::Mapping(source) | Self::Account(source) => source.text(file),
        }
    }

    fn entry(entry: &EntryFact<'_>) -> Self {
        let observed = entry.observed;
        Self::Entry { principal: observed.principal.clone(), entry_type: observed.entry_type.to_string() }
    }
}

impl Source {
    fn text(&self, file: &str) -> String {
        let place = self.place.map(|place| format!(":{place}")).unwrap_or_default();
        format!("{file}{place}: {} entry {}", self.section, self.entry)
    }

    fn of_mapping(mapping: &Mapping) -> Self {
        Self { section: mapping.at.section, entry: mapping.at.index, place: Some(mapping.place) }
    }

    fn of_account(account: &Account) -> Self {
        Self { section: account.at.section, entry: account.at.index, place: Some(account.place) }
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

fn candidate<E: std::fmt::Display>((mapping, login): &(&Mapping, Result<Who, E>)) -> Candidate {
    let source = Source::of_mapping(mapping);
    match login {
        Ok(who) => Candidate { result: "mapped", who: who.into(), source, why: None },
        Err(why) => {
            let why = Some(why.to_string());
            Candidate { result: "template-failed", who: WhoView::default(), source, why }
        }
    }
}

fn overrides(facts: &Facts<'_>, aws_auth: Option<&AwsAuth>, today: &Today<'_>) -> Vec<Overridden> {
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
            let winner = aws_auth.and_then(|aws_auth| aws_auth.mapping(*by));
            let line = winner.map(|winner| format!(" (line {})", winner.place.line)).unwrap_or_default();
            Overridden {
                what: By::Mapping(Source::of_mapping(mapping)),
                who: of_mapping(mapping),
                why: format!(
                    "{} entry {}{line} names the same principal and replaces it",
                    by.section, by.index
                ),
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
        Liveness::Gone => "IAM has no such principal, so the entry authenticates nobody",
        Liveness::Recreated => {
            "the principal was recreated after the entry was made, so the entry authenticates nobody"
        }
        Liveness::Live | Liveness::Assumed | Liveness::Unreadable => "it is not effective",
    }
}

/// What was not looked at.
fn notes(asked: &Asked<'_>, facts: &Facts<'_>, today: &Today<'_>) -> Vec<String> {
    let mut notes = Vec::new();
    let by_mapping = !matches!(today.by, EffectiveBy::Entry(_)) && !matches!(today.login, Login::Unknown);
    if by_mapping && !facts.entries.observable {
        match facts.mode {
            None => notes.push(
                "the cluster's mode and access entries were not looked at: in dual mode an access entry of the principal would override aws-auth, and in API mode EKS does not read it"
                    .to_owned(),
            ),
            Some(mode) if mode.has_entries() => notes.push(
                "access entries were not looked at: one of the principal would override its mapping".to_owned(),
            ),
            Some(_) => {}
        }
    } else if facts.mode.is_none() {
        notes.push("the cluster's mode was not looked at: dual mode is assumed".to_owned());
    }
    if let EffectiveBy::Entry(entry) = &today.by {
        match entry.liveness {
            Liveness::Assumed if entry.principal.as_ref().is_some_and(|it| !it.is_service_linked()) => notes
                .push(
                    "IAM was not looked at for the principal: were it recreated after the access entry, the entry would be dead"
                        .to_owned(),
                ),
            Liveness::Unreadable => notes.push(
                "the time of the access entry, or of its principal in IAM, cannot be read: whether the entry is dead is not known"
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
        notes.push(format!("IAM has no principal {principal}"));
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
fn nobody(asked: &Asked<'_>, facts: &Facts<'_>, aws_auth: Option<&AwsAuth>, today: &Today<'_>) -> String {
    let canonical = asked.identity.canonical_arn().unwrap_or_default();
    let is_read = facts.mode.is_none_or(AuthenticationMode::reads_config_map);
    let is_dead = today.overrides.iter().any(|it| matches!(it, Overrides::DeadEntry(_)));
    let mut why = match (facts.entries.observable, is_read, is_dead) {
        (true, true, false) => format!("no access entry and no mapping names {canonical}"),
        (true, false, false) => format!("no access entry names {canonical}"),
        (_, true, _) => format!("no mapping names {canonical}"),
        (_, false, _) => "its access entry is dead".to_owned(),
    };
    if let Some((mapping, never)) = aws_auth.filter(|_| is_read).and_then(|it| meant(&canonical, it)) {
        let (section, index, line) = (mapping.at.section, mapping.at.index, mapping.place.line);
        why += &format!("; {section} entry {index} (line {line}) was probably meant to: {never}");
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

fn after_plan(asked: &Asked<'_>, facts: &Facts<'_>, plan: &Plan, today: &Today<'_>) -> AfterPlan {
    let canonical = asked.identity.canonical_arn().unwrap_or_default();
    let key = CanonicalArn::of(&canonical);
    let result = |result: &'static str| AfterPlan {
        result,
        who: WhoView::default(),
        by: None,
        why: None,
        waits_for: Vec::new(),
    };
    if today.login == Login::Unknown {
        return result("unknown");
    }
    match plan.after(facts, &key, &asked.identity.account) {
        After::Target(target) => of_target(asked, plan, target, today),
        After::Entry(entry) => {
            let (who, by) = match &today.login {
                Login::As(who) => (who.into(), Some(By::entry(entry))),
                _ => (WhoView::default(), None),
            };
            // a mapping behind it that gives more
            let own = plan.lines.iter().filter(|line| CanonicalArn::as_mapped(&line.arn) == key);
            let waits_for = own.flat_map(|line| waits(plan, line)).collect();
            AfterPlan { who, by, waits_for, ..result("same") }
        }
        After::Waits(line) => {
            let why = Some("until then nothing changes".to_owned());
            AfterPlan { why, waits_for: waits(plan, line), ..result("waits") }
        }
        After::Ends(line) => {
            AfterPlan { why: Some(ends(line)), waits_for: waits(plan, line), ..result("no-access") }
        }
        After::Nobody => result("same"),
    }
}

fn of_target(asked: &Asked<'_>, plan: &Plan, target: &Target, today: &Today<'_>) -> AfterPlan {
    let entry = &target.entry;
    let mut groups: Vec<String> = entry.groups.iter().map(GroupName::to_string).collect();
    if is_node(&entry.entry_type) {
        groups.push(GroupName::NODES.to_owned());
    }
    let username = entry.effective_username().map(|name| entry_username(&name, &asked.values));
    let is_same = match &today.login {
        Login::As(who) => {
            let given = |groups: &[String]| -> BTreeSet<String> { groups.iter().cloned().collect() };
            username.as_ref() == Some(&who.username)
                && given(&who.groups) == given(&groups)
                && who.policies == entry.policies
        }
        _ => false,
    };
    AfterPlan {
        result: if is_same { "same" } else { "changed" },
        who: WhoView { username, groups: Some(groups), policies: Some(policy_views(&entry.policies)) },
        by: Some(By::Entry {
            principal: entry.principal.to_string(),
            entry_type: entry.entry_type.to_string(),
        }),
        why: (is_same && !matches!(today.by, EffectiveBy::Entry(_)))
            .then(|| format!("by the access entry {}", entry.principal)),
        waits_for: plan.waits_at(&target.from).map(of_notice).collect(),
    }
}

fn waits(plan: &Plan, line: &Line) -> Vec<Waits> {
    plan.waits_at(&line.at).map(of_notice).collect()
}

fn of_notice(notice: &Notice) -> Waits {
    Waits {
        rule: notice.rule.clone(),
        phase: match notice.severity {
            Severity::Blocks(phase) => phase.to_string(),
            Severity::Warning | Severity::Info => String::new(),
        },
        message: notice.message.clone(),
        help: notice.help.clone(),
    }
}

/// Why a mapping becomes no entry.
fn ends(line: &Line) -> String {
    let why = match &line.outcome {
        Outcome::Skipped { reason } => format!("skipped by decision: {reason}"),
        Outcome::Gone { why } => why.clone(),
        Outcome::Expanded { others: Some(others), .. } => {
            format!("the decision for the account leaves it out: {others}")
        }
        _ => "its mapping becomes no access entry".to_owned(),
    };
    format!("{why}; what it has today ends with the switch to API mode")
}
