use std::collections::BTreeSet;

use serde::Serialize;

use super::lines::some;
use super::who_can::{numbers, one};
use super::words::{action, caveats};
use crate::access::{Change, Danger, DangerScope, Roll, Sides};
use crate::parity::{Assumption, MissingInput};
use crate::rbac::Attributes;
use crate::render::page::{Page, Shown, paint};
use crate::render::style::{BAD, GOOD, HEADING};
use crate::render::words::count;

/// How wide what is asked may be, before the numbers.
const ASKED: usize = 48;

/// Who may what matters most, before and after.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Dangers {
    pub principals: usize,
    /// Subjects of bindings that are no principals.
    pub others: usize,
    pub requests: Vec<Danger>,
    pub missing: BTreeSet<MissingInput>,
    pub assumptions: BTreeSet<Assumption>,
}

fn without_group(what: &Attributes) -> Attributes {
    match what.clone() {
        Attributes::Resource { namespace, verb, group: _, resource, subresource, name } => {
            Attributes::Resource { namespace, verb, group: String::new(), resource, subresource, name }
        }
        path @ Attributes::NonResource { .. } => path,
    }
}

impl Dangers {
    pub fn new(sides: &Sides<'_>) -> Self {
        let roll = Roll::of(sides);
        let (principals, others) = roll.counts();
        Self {
            principals,
            others,
            requests: roll.dangerous(),
            missing: sides.missing.clone(),
            assumptions: sides.assumptions.clone(),
        }
    }

    /// `verbose`: also who may and still may.
    pub fn text(&self, verbose: bool) -> Page {
        let mut page = Page::default();
        let principals = count(self.principals, "principal", "principals");
        let others = count(self.others, "other subject", "other subjects");
        page.line(
            0,
            paint(HEADING, format!("the most dangerous requests: {principals} and {others} of bindings")),
        );
        caveats(&mut page, &self.missing, &self.assumptions);
        page.blank();
        for Danger { request, scopes } in &self.requests {
            let asked = match request {
                Attributes::Resource { verb, group, resource, .. }
                    if [verb, group, resource].iter().all(|it| *it == "*") =>
                {
                    "everything".to_owned()
                }
                // whoever reads this knows the groups of these few
                other => action(&without_group(other)),
            };
            for DangerScope { namespaces, counts, who } in scopes {
                let what = match namespaces.len() {
                    0 => asked.clone(),
                    _ => format!("{asked} in {}", some(namespaces.iter().map(String::as_str), 3, verbose)),
                };
                // what does not fit gets a line of its own
                let wide = what.chars().count();
                if wide > ASKED {
                    page.signed(0, ' ', &what);
                    page.line(0, Shown::from(" ".repeat(ASKED + 4)).and(numbers(counts)));
                } else {
                    let gap = " ".repeat(ASKED + 2 - wide);
                    page.line(0, Shown::from(format!("  {what}{gap}")).and(numbers(counts)));
                }
                let is_shown = |change: Change| verbose || matches!(change, Change::Loses | Change::Gains);
                who.iter().filter(|row| is_shown(row.change)).for_each(|row| one(&mut page, 1, row));
            }
        }
        page.blank();
        if self.requests.iter().flat_map(|danger| &danger.scopes).any(|scope| scope.counts.nodes > 0) {
            page.line(0, "node roles: the Node authorizer decides, by the Pods on the node");
        }
        page.line(0, self.verdict());
        page
    }

    fn verdict(&self) -> Shown {
        let rows = || self.requests.iter().flat_map(|danger| &danger.scopes).flat_map(|scope| &scope.who);
        let names = |change: Change| -> BTreeSet<String> {
            rows().filter(|row| row.change == change).map(|row| super::words::who(&row.who)).collect()
        };
        let (lose, gain) = (names(Change::Loses).len(), names(Change::Gains).len());
        let unknown = names(Change::Unknown).len();
        let side = |n: usize, one: &str, many: &str| match n {
            0 => format!("nobody {one}"),
            n => format!("{n} {}", if n == 1 { one } else { many }),
        };
        let said = format!("{}, {} any of these", side(lose, "loses", "lose"), side(gain, "gains", "gain"));
        let unknown = if unknown > 0 { format!("; {unknown} unknown") } else { String::new() };
        let style = if lose + gain == 0 { GOOD } else { BAD };
        paint(style, said + &unknown)
    }
}
