use super::Report;
use super::row::{About, rows};
use super::words::{both, counted, number, open, span, user};
use crate::access::replay::{LoginDifference, LoginKind, Replay, Row, Summary};
use crate::audit::Reading;
use crate::render::page::{Page, paint};
use crate::render::parity::{NOT_COVERED, assumption};
use crate::render::style::{BAD, CARE, FAINT, HEADING};
use crate::render::{Mark, Verdict};

/// Rows of a list, where not all are wanted.
const FEW: usize = 20;

pub fn text(report: &Report<'_>, verbose: bool) -> Page {
    let mut page = Page::default();
    let Replay { summary, logins, otherwise, denied, allowed, unjudged, left_out, .. } = report.replay;
    headline(&mut page, report);
    compared(&mut page, summary);
    not_replayed(&mut page, report);
    for (name, reading) in report.logs {
        log(&mut page, name, reading);
    }
    hypotheses(&mut page, report);
    self::logins(&mut page, logins, verbose);
    let mut list = |title: &str, of: &[Row], about: About| {
        if of.is_empty() {
            return;
        }
        let distinct = of.iter().map(|row| row.count.distinct).sum::<u64>();
        page.heading(HEADING, title, usize::try_from(distinct).unwrap_or(usize::MAX));
        let shown = if verbose { of.len() } else { FEW.min(of.len()) };
        rows(&mut page, &of[..shown], about);
        more(&mut page, of.len() - shown);
    };
    list("decided differently by the snapshot", otherwise, About::Otherwise);
    list("would be denied", denied, About::Change);
    list("would be allowed", allowed, About::Change);
    list("cannot be judged", unjudged, About::Change);
    if *left_out > 0 {
        page.blank();
        page.line(0, paint(CARE, format!("{} more are left out.", number(*left_out as u64))));
    }
    page
}

fn more(page: &mut Page, more: usize) {
    if more > 0 {
        page.line(1, paint(FAINT, format!("and {} more; --verbose shows them", number(more as u64))));
    }
}

/// That the snapshot is not the cluster of the log comes before all else: what follows would be about another one.
fn not_the_cluster(summary: &Summary, logins: &[LoginDifference]) -> Option<String> {
    if summary.otherwise.is_none() && logins.is_empty() {
        return None;
    }
    let mut said = Vec::new();
    if !summary.otherwise.is_none() {
        let were = if summary.otherwise.distinct == 1 { "was" } else { "were" };
        let distinct = counted(summary.otherwise.distinct, "distinct request", "distinct requests");
        said.push(format!("{distinct} {were} decided differently"));
    }
    if !logins.is_empty() {
        let principals = counted(logins.len() as u64, "principal", "principals");
        said.push(format!("{principals} authenticated differently"));
    }
    Some(format!("the snapshot is not the cluster at the time of this log: {}", said.join("; ")))
}

pub(super) fn verdict(report: &Report<'_>) -> Verdict {
    let summary = &report.replay.summary;
    let Summary { replayed, would_be_denied, would_be_allowed, cannot_be_judged, .. } = summary;
    let other = not_the_cluster(summary, &report.replay.logins);
    let period = report.period().map(|period| format!(" of {}", span(period))).unwrap_or_default();
    let mut said = other.iter().map(|it| format!("{it}; ")).collect::<String>();
    said += &format!(
        "{}{period}, {} distinct: {} that {} allowed would be denied; {} that {} denied would be allowed",
        counted(replayed.requests, "request", "requests"),
        number(replayed.distinct),
        number(would_be_denied.distinct),
        was(would_be_denied.distinct),
        number(would_be_allowed.distinct),
        was(would_be_allowed.distinct),
    );
    if !cannot_be_judged.is_none() {
        said += &format!("; {} cannot be judged", number(cannot_be_judged.distinct));
    }
    let is_same = would_be_allowed.is_none() && cannot_be_judged.is_none();
    let mark = match (other.is_some() || !would_be_denied.is_none(), is_same) {
        (true, _) => Mark::Bad,
        (false, false) => Mark::Care,
        (false, true) => Mark::Good,
    };
    Verdict::new(mark, said)
}

fn headline(page: &mut Page, report: &Report<'_>) {
    let summary = &report.replay.summary;
    if not_the_cluster(summary, &report.replay.logins).is_some() {
        page.line(1, "For these, before and after are what the snapshot has.");
    }
    for (count, word) in [(summary.denied_already, "denied"), (summary.allowed_already, "allowed")] {
        if !count.is_none() {
            let of = number(count.distinct);
            page.line(1, format!("{of} of these would already be {word} before the plan, by the snapshot."));
        }
    }
    if let Some(period) = report.period() {
        page.line(1, format!("From {period}."));
    }
}

fn was(n: u64) -> &'static str {
    if n == 1 { "was" } else { "were" }
}

/// The check of our own decisions on what really happened.
fn compared(page: &mut Page, summary: &Summary) {
    let Summary { as_the_snapshot, otherwise, not_compared, not_compared_for, .. } = summary;
    if !as_the_snapshot.is_none() {
        let of = as_the_snapshot.distinct + otherwise.distinct;
        let requests = counted(of, "distinct request", "distinct requests");
        let part = match as_the_snapshot.distinct {
            all if all == of => format!("all {requests}"),
            some => format!("{} of {requests}", number(some)),
        };
        page.line(1, format!("The API server decided {part} as the snapshot does."));
    }
    if !not_compared.is_none() {
        page.line(
            1,
            format!("Not compared, because the snapshot does not decide them: {}.", both(*not_compared)),
        );
        for it in not_compared_for {
            page.line(2, format!("{}: {}", both(it.count), open(&it.missing)));
        }
    }
    if !summary.waiting.is_none() {
        page.line(
            1,
            format!(
                "Of principals whose mapping needs a decision, assumed to stay: {}.",
                both(summary.waiting)
            ),
        );
    }
}

fn not_replayed(page: &mut Page, report: &Report<'_>) {
    let Summary { undecided, gone, system, unauthenticated, beyond, .. } = &report.replay.summary;
    let system_by = report.system_by.map(|by| format!(" ({by} replays them too)")).unwrap_or_default();
    let said = [
        (*system, format!("{} of the system{system_by}", number(*system))),
        (*unauthenticated, format!("{} unauthenticated", number(*unauthenticated))),
        (undecided.requests, format!("{} without a decision", number(undecided.requests))),
        (gone.requests, format!("{} of principals that IAM no longer has", number(gone.requests))),
    ];
    let said: Vec<String> = said.into_iter().filter(|(n, _)| *n > 0).map(|(_, text)| text).collect();
    if !said.is_empty() {
        page.line(1, format!("Not replayed: {}.", said.join("; ")));
    }
    if *beyond > 0 {
        let said = format!("Not replayed, for lack of space: {}.", counted(*beyond, "request", "requests"));
        page.line(1, paint(BAD, said));
    }
}

fn log(page: &mut Page, name: &str, reading: &Reading) {
    let Reading { lines, events, repeated: _, others, broken, first_broken, cut, period: _ } = reading;
    if *events == 0 {
        page.line(
            1,
            paint(BAD, format!("{name}: no audit event in its {}", counted(*lines, "line", "lines"))),
        );
    }
    if *others > 0 {
        page.line(1, format!("{name}: {} not an audit event", counted(*others, "line is", "lines are")));
    }
    if *broken > 0 {
        let said = format!("{name}: {} not be read", counted(*broken, "line could", "lines could"));
        page.line(1, paint(CARE, said));
        for it in first_broken {
            page.line(2, format!("line {}: {}", number(it.line), it.what));
        }
        let more = broken.saturating_sub(first_broken.len() as u64);
        if more > 0 {
            page.line(2, format!("and {} more", number(more)));
        }
    }
    if let Some(cut) = cut {
        let after = counted(cut.lines, "line", "lines");
        page.line(1, paint(CARE, format!("{name}: it ends early, after {after}: {}", cut.what)));
    }
}

fn hypotheses(page: &mut Page, report: &Report<'_>) {
    let assuming: Vec<String> = report.replay.assumptions.iter().map(assumption).collect();
    page.line(1, paint(FAINT, format!("Assuming: {}.", assuming.join("; "))));
    let said = format!(
        "Not covered: what is not in the log (events are dropped under load, and EKS's audit policy leaves some out); the right to \
         impersonate behind a request made with --as; {NOT_COVERED}."
    );
    page.line(1, paint(FAINT, said));
}

fn logins(page: &mut Page, logins: &[LoginDifference], verbose: bool) {
    if logins.is_empty() {
        return;
    }
    page.heading(HEADING, "authenticated differently than in the snapshot", logins.len());
    let shown = if verbose { logins.len() } else { FEW.min(logins.len()) };
    for of in &logins[..shown] {
        let LoginDifference { principal, kind, logged, snapshot, logins, count } = of;
        page.line(1, format!("{principal}: {}, {}", counted(*logins, "login", "logins"), both(*count)));
        page.line(2, format!("the log: {}", user(logged)));
        let says = match (kind, snapshot) {
            (LoginKind::AsAfter, Some(it)) => format!("{}; the log has it as after the plan", user(it)),
            (_, Some(it)) => user(it),
            (_, None) => "no mapping or access entry names it".to_owned(),
        };
        page.line(2, format!("the snapshot: {says}"));
    }
    more(page, logins.len() - shown);
}
