use std::path::PathBuf;

use clap::Args;
use eksodus::facts::Facts;
use eksodus::planner::{Alike, Asked, Plan, Proof, plan};
use eksodus::rbac::Attributes;
use eksodus::render::{Mark, Page, Verdict, number};
use eksodus::snapshot::Snapshot;
use serde::Serialize;

use crate::cli::next_step::NextStep;
use crate::cli::output::{CliError, Exit, outcome};
use crate::cli::plan_digest::PlanDigest;
use crate::cli::{Context, inputs, next_step};

/// As many take less than a second.
const LIMIT: u64 = 10_000_000;

/// So many are shown of what should not be.
const SHOWN: usize = 10;

#[derive(Debug, Args)]
pub struct ProveArgs {
    /// Plan saved by plan --out (- is standard input)
    plan: PathBuf,
    /// Maximum number of requests per principal; beyond it, a sample
    #[arg(long, value_name = "COUNT", default_value_t = LIMIT, value_parser = clap::value_parser!(u64).range(1..))]
    limit: u64,
    /// Accept only the plan with this digest, as reviewed
    #[arg(long, value_name = "DIGEST")]
    plan_digest: Option<PlanDigest>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    plan: String,
    /// What the plan says of parity, asking says as well.
    agrees: bool,
    /// Every class was asked, of everybody.
    complete: bool,
    /// As the plan counts them: permissions, each of which allows the requests of one class or of many.
    plan_lost: usize,
    plan_gained: usize,
    /// Those who have the same rules on both sides.
    alike: Vec<AlikeAnswer>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct AlikeAnswer {
    principals: Vec<Who>,
    classes: u64,
    asked: u64,
    lost: u64,
    gained: u64,
    /// How many of these are in no row of the plan, and the first of them.
    unreported: u64,
    first_unreported: Vec<String>,
    /// Rows of the plan of which there is no request.
    not_found: Vec<String>,
}

#[derive(Debug, Serialize)]
struct Who {
    principal: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    session: Option<String>,
}

pub fn run(args: ProveArgs, mut context: Context<'_>) -> Result<Exit, CliError> {
    let saved = PlanDigest::pinned(args.plan_digest.as_ref(), inputs::plan_file(&args.plan)?)?;
    // what was seen of an audit log is in the plan, and nowhere else
    let evidence = saved.evidence.clone();
    let snapshot = Snapshot { evidence, ..inputs::snapshot("prove", &mut context)? };
    let made = plan(&snapshot, &saved.decisions);
    // what is asked about, and what the answers are held against
    let is_same = made.parity == saved.parity && made.targets == saved.targets;
    if !is_same || made.lines != saved.lines || made.steps != saved.steps {
        return Err(CliError::NotItsSnapshot { path: args.plan });
    }
    context.console.seed_redaction(|| saved.to_json());
    let proof = saved.ask_all(&Facts::of(&snapshot), args.limit);
    let answer = Answer::of(&saved, proof);
    context.console.data(match context.global.output.is_json() {
        true => inputs::json(&answer)?.into(),
        false => {
            let next = next_step::of_plan(&context, &saved, Some(&args.plan)).filter(|_| answer.agrees);
            let next = next.map(|next| NextStep::new(Some(next.what), &next.note));
            outcome::around(&answer.verdict(), answer.text(), next.as_ref())
        }
    })?;
    Ok(if answer.agrees { Exit::Done } else { Exit::Error })
}

impl Answer {
    fn of(saved: &Plan, proof: Proof) -> Self {
        let summary = saved.parity.as_ref().map(|parity| &parity.summary);
        Self {
            plan: saved.digest.clone(),
            plan_lost: summary.map_or(0, |summary| summary.permissions_lost),
            plan_gained: summary.map_or(0, |summary| summary.permissions_gained),
            agrees: proof.agrees(),
            complete: proof.is_complete(),
            alike: proof.alike.into_iter().map(AlikeAnswer::of).collect(),
        }
    }

    fn verdict(&self) -> Verdict {
        let Self { plan, agrees, complete, .. } = self;
        let plan = plan.get(..12).unwrap_or(plan);
        let (mark, said) = match (agrees, complete) {
            (true, true) => (Mark::Good, "what is lost and gained is what the plan says, and nothing else"),
            (true, false) => (
                Mark::Good,
                "nothing was found that the plan does not say; of what was not asked nothing is known",
            ),
            (false, _) => (
                Mark::Bad,
                "the plan says something else: do not apply it, and report this as a bug of eksodus",
            ),
        };
        Verdict::new(mark, format!("plan {plan}: {said}"))
    }

    fn text(&self) -> Page {
        let Self { plan: _, agrees: _, complete, plan_lost, plan_gained, alike } = self;
        let sum = |of: fn(&AlikeAnswer) -> u64| alike.iter().map(of).fold(0, u64::saturating_add);
        let people = alike.iter().map(|it| it.principals.len()).sum();
        let asked = match complete {
            true => format!("all {} classes of requests", number(sum(|it| it.asked))),
            false => format!(
                "{} of {} classes of requests",
                number(sum(|it| it.asked)),
                number(sum(|it| it.classes))
            ),
        };
        let mut lines = vec![format!("asked {asked} before and after, for {}", logins(people))];
        let [lost, gained] = [plan_lost, plan_gained].map(|n| number(*n as u64));
        let permissions = if *plan_lost == 1 { "permission" } else { "permissions" };
        lines.push(
            "a class is all requests that no rule tells apart; a permission covers one or more".to_owned(),
        );
        lines.push(format!("the plan counts permissions: {lost} {permissions} lost, {gained} gained"));
        let is_equal = |it: &&AlikeAnswer| it.lost == 0 && it.gained == 0 && it.not_found.is_empty();
        let (equal, differ): (Vec<_>, Vec<_>) = alike.iter().partition(is_equal);
        for some in [whole(&equal, true), whole(&equal, false)] {
            let people: usize = some.iter().map(|it| it.principals.len()).sum();
            if people > 0 {
                let asked = some.iter().map(|it| it.asked).fold(0, u64::saturating_add);
                let classes = some.iter().map(|it| it.classes).fold(0, u64::saturating_add);
                lines.push(format!("  {}: equal in {}", logins(people), of(asked, classes)));
            }
        }
        lines.extend(differ.into_iter().flat_map(AlikeAnswer::lines));
        let mut page = Page::default();
        lines.into_iter().for_each(|line| page.line(0, line));
        page
    }
}

/// Those of which every class was asked, or the others.
fn whole<'a>(all: &[&'a AlikeAnswer], is_complete: bool) -> Vec<&'a AlikeAnswer> {
    all.iter().copied().filter(|it| (it.asked == it.classes) == is_complete).collect()
}

impl AlikeAnswer {
    fn of(alike: Alike) -> Self {
        let Alike { who, classes, asked, lost, gained, unreported, not_found } = alike;
        let who = who.into_iter().map(|Asked { principal, session }| Who { principal, session });
        Self {
            principals: who.collect(),
            classes,
            asked,
            lost,
            gained,
            unreported: unreported.count,
            first_unreported: unreported.first.iter().take(SHOWN).map(Attributes::to_string).collect(),
            not_found: not_found.iter().map(|row| format!("{} {}", row.rule, row.reach)).collect(),
        }
    }

    fn lines(&self) -> Vec<String> {
        let Self { principals, classes, asked, lost, gained, unreported, first_unreported, not_found } = self;
        let names = principals.iter().map(|Who { principal, session }| match session {
            Some(session) => format!("  {principal} as session {session}"),
            None => format!("  {principal}"),
        });
        let mut lines: Vec<String> = names.collect();
        let [lost, gained] = [*lost, *gained].map(number);
        lines.push(format!("    {lost} lost, {gained} gained, of {}", of(*asked, *classes)));
        if *unreported > 0 {
            lines.push(format!("    not in the plan: {}, such as", requests(*unreported)));
            lines.extend(first_unreported.iter().map(|request| format!("      {request}")));
        }
        if !not_found.is_empty() {
            lines.push("    in the plan, and not found:".to_owned());
            lines.extend(not_found.iter().map(|row| format!("      {row}")));
        }
        lines
    }
}

fn of(asked: u64, classes: u64) -> String {
    match asked == classes {
        true => format!("all {} classes", number(classes)),
        false => format!("a sample, {} of {} classes", number(asked), number(classes)),
    }
}

fn requests(count: u64) -> String {
    if count == 1 { "1 request".to_owned() } else { format!("{} requests", number(count)) }
}

fn logins(count: usize) -> String {
    if count == 1 { "1 login".to_owned() } else { format!("{count} logins") }
}
