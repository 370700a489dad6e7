//! Several plans in one comment: a table of all, and a fold for each.

use super::block::Block;
use super::inline::Inline;
use super::section::{Section, fit};
use super::{LIMIT, sections, sign_of};
use crate::planner::{Phase, Plan};
use crate::render::View;
use crate::render::plans::{ADMINS, Row, rows, verdict_of_all};
use crate::render::verdict::verdict;

/// Of the comment on several clusters, which no cluster and no file can have: names of markers have no asterisk.
const MARKER: &str = "<!-- eksodus:* -->\n";

/// At most so long is what stands around the text of a fold, but for the name in it.
const AROUND: usize = 120;

/// A fold with less than this, and with less than its plan has, is not worth opening.
const WORTH: usize = 3_000;

/// At most so long is the line that says what was left out.
const TOLD: usize = 160;

/// A comment with a table of clusters, the most pressing first, and the plan of each folded. Details go before facts: first
/// those of the largest plans, then whole folds, rows of the table last.
pub fn plans(plans: &[(&Plan, &View)]) -> String {
    let rows = rows(plans);
    let top = Section::fixed(head(&rows));
    let mut table = Section::titled("Clusters", "rows");
    table.head = table.head.and(&Block::own(COLUMNS));
    table.items.extend(rows.iter().map(|(row, _, _)| cells(row)));
    table.tail = Block::own("\n").and(&Block::line(&Inline::default().prose(ADMINS).own(".")));
    let facts = table.items.iter().map(Block::size).sum::<usize>()
        + top.head.size()
        + table.head.size()
        + table.tail.size()
        + TOLD;
    let mut folds = Section::unheaded("plans");
    folds.items = folded(&rows, LIMIT.saturating_sub(facts));
    fit(vec![top, table, folds], LIMIT)
}

const COLUMNS: &str = "| | cluster | account | Region | create / update / delete | permissions lost / gained | needs a decision | warnings | admins |\n|---|---|---|---|---|---|---|---|---|\n";

fn head(rows: &[(Row, &Plan, &View)]) -> Block {
    let verdict = verdict_of_all(rows.iter().map(|(row, _, _)| row));
    let title = Inline::default().own(sign_of(verdict.mark)).prose(verdict.said);
    let head = Block::own(MARKER).and(&Block::title(&title));
    let is_irreversible =
        |plan: &Plan| plan.steps.iter().any(|step| matches!(step.phase, Phase::DualMode | Phase::ApiMode));
    match rows.iter().filter(|(_, plan, _)| is_irreversible(plan)).count() {
        0 => head,
        n => {
            let said = Inline::default().count(n, "plan changes", "plans change");
            head.and(&Block::alert(
                "CAUTION",
                &[said.own(" the authentication mode: AWS has no way back from it.")],
            ))
        }
    }
}

fn cells(row: &Row) -> Block {
    let Row { state, name, account, region, .. } = row;
    let value = |text: &str| match text {
        "" => Inline::default().own("–"),
        text => Inline::default().code(text),
    };
    let strong = |n: usize| match n {
        0 => Inline::default().number(0),
        n => Inline::strong(&Inline::default().number(n)),
    };
    let changes = [row.create, row.update, row.delete].map(|n| Inline::default().number(n));
    let [create, update, delete] = &changes;
    let changes = Inline::default().and(create).own(" / ").and(update).own(" / ").and(delete);
    let mut permissions = strong(row.lost).own(" / ").and(&strong(row.gained));
    if row.unknown > 0 {
        permissions = permissions.own(", unknown for ").number(row.unknown);
    }
    Block::row([
        Inline::default().own(sign_of(state.mark()).trim_end_matches("eksodus · ")).own(state.as_str()),
        value(name),
        value(account),
        value(region),
        changes,
        permissions,
        strong(row.open),
        Inline::default().number(row.warnings),
        row.admins.map_or_else(|| Inline::default().own("–"), |n| Inline::default().number(n)),
    ])
}

/// A fold for each plan, in at most so many characters together. Each has its verdict; as many as there is room for, the most
/// pressing first, have what is worth opening a fold for; and what is left goes to those that have more to say.
fn folded(rows: &[(Row, &Plan, &View)], room: usize) -> Vec<Block> {
    let briefs: Vec<Block> = rows.iter().map(|(_, plan, _)| brief(plan)).collect();
    let around: usize = rows.iter().map(|(row, _, _)| AROUND + row.name.chars().count()).sum();
    let mut left = room.saturating_sub(around + briefs.iter().map(Block::size).sum::<usize>());
    let mut opened: Vec<Option<Opened>> = Vec::with_capacity(rows.len());
    for ((_, plan, view), brief) in rows.iter().zip(&briefs) {
        let fits = (left > 0).then(|| Opened::of(plan, view)).filter(|it| it.floor <= left + brief.size());
        left -= fits.as_ref().map_or(0, |it| it.floor.saturating_sub(brief.size()));
        opened.push(fits);
    }
    let needs = opened.iter().map(|it| it.as_ref().map_or(0, |it| it.whole.size() - it.floor));
    let shares = shares(&needs.collect::<Vec<_>>(), left);
    let folds = rows.iter().zip(briefs).zip(opened).zip(shares);
    folds
        .map(|(((row, brief), opened), share)| {
            let (row, plan, view) = row;
            let text = match opened {
                None => brief,
                Some(Opened { whole, floor }) if whole.size() <= floor + share => whole,
                Some(Opened { whole: _, floor }) => body(plan, view, floor + share),
            };
            Block::folded(&row.name, row.state.as_str(), &text)
        })
        .collect()
}

/// What a fold may have.
struct Opened {
    whole: Block,
    /// With less it is not worth opening.
    floor: usize,
}

impl Opened {
    fn of(plan: &Plan, view: &View) -> Self {
        let whole = body(plan, view, LIMIT);
        let floor = whole.size().min(WORTH.max(body(plan, view, 0).size()));
        Self { whole, floor }
    }
}

/// The plan, as far as it fits; what never goes out of one may be more.
fn body(plan: &Plan, view: &View, limit: usize) -> Block {
    let said = Block::line(&Inline::strong(&Inline::default().prose(verdict(plan).said)));
    let sections = std::iter::once(Section::fixed(said)).chain(sections(plan, view)).collect();
    Block::of_fitted(fit(sections, limit))
}

/// Where there is no room for more.
fn brief(plan: &Plan) -> Block {
    let said = Inline::default().prose(verdict(plan).said).own(" Plan ");
    let said = said.code(format_args!("blake3:{}", plan.digest));
    Block::line(&said).and(&Block::own(
        "\n**Truncated: the details are left out here. `eksodus show` of the plan file has them all.**\n",
    ))
}

/// How much of the room each gets: all that it needs, or as much as every other that does not get that.
fn shares(needs: &[usize], room: usize) -> Vec<usize> {
    let mut order: Vec<usize> = (0..needs.len()).collect();
    order.sort_by_key(|at| needs[*at]);
    let mut shares = vec![0; needs.len()];
    let mut left = room;
    for (done, at) in order.into_iter().enumerate() {
        shares[at] = needs[at].min(left / (needs.len() - done));
        left -= shares[at];
    }
    shares
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_plans_are_whole_and_large_ones_share_the_rest() {
        assert_eq!(shares(&[10, 500, 20, 700], 330), [10, 150, 20, 150]);
        assert_eq!(shares(&[10, 20], 100), [10, 20]);
        assert_eq!(shares(&[], 100), [0; 0]);
        assert_eq!(shares(&[100, 100], 0), [0, 0]);
    }
}
