use super::element::{Element, el};
use super::parts::{Section, Tone, arn, names, table};
use crate::planner::{NodeRole, Plan};

/// Every role that nodes use, and whether they will authenticate.
pub(super) fn section(plan: &Plan) -> Option<Section> {
    if plan.nodes.is_empty() {
        return None;
    }
    let rows = plan.nodes.iter().map(row);
    let table = table("Roles of nodes", ["Role", "Used by", "Needs", "Gets", "State"], rows);
    Some(Section::new("nodes", "Nodes", table).counted(plan.nodes.len()))
}

fn row(node: &NodeRole) -> Element {
    let gets = node.gets.as_ref().map_or_else(|| "no entry".to_owned(), ToString::to_string);
    let state = match node.covered {
        true => Tone::Good.badge("covered"),
        false => Tone::Bad.badge("not covered"),
    };
    el("tr")
        .with(el("th").attribute("scope", "row").with(arn(node.role.as_str())))
        .with(el("td").with(names(node.used_by.iter().map(String::as_str))))
        .with(el("td").with(node.needs.to_string()))
        .with(el("td").with(gets))
        .with(el("td").with(state))
}
