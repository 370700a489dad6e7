//! Where a decision about one principal goes among the elements of `principals`.

use super::lines::{Lines, before_comment, indent_of, is_content};
use super::{CannotExtend, comment};
use crate::findings::{PrincipalEdit, quoted};
use crate::model::AccessScope;
use crate::planner::decisions::{
    Decisions, ExistingDecision, PolicyDecision, PrincipalDecision, Seat, UsernameDecision,
};

const KEY: &str = "principals";
const NO_PLACE: CannotExtend = CannotExtend::NoPlace { key: KEY };
const IN_ONE_LINE: CannotExtend = CannotExtend::InOneLine { key: KEY };

pub(super) fn insert(
    lines: &mut Lines,
    now: &Decisions,
    principal: &str,
    what: &PrincipalEdit,
    why: &str,
) -> Result<(), CannotExtend> {
    let element = |values: Vec<String>| {
        let of_principal = format!("- principal: {}", quoted(principal));
        let values = values.into_iter().map(|value| format!("  {value}"));
        std::iter::once(of_principal).chain(values).collect::<Vec<_>>()
    };
    match now.seat(principal) {
        Seat::Last => lines.append(KEY, &element(vec![what.line()]), why),
        Seat::Into(at) => into(lines, now.principals.get(at).ok_or(NO_PLACE)?, what, why),
        Seat::Before(at) => {
            let of_many = now.principals.get(at).ok_or(NO_PLACE)?;
            let (head, indent) = head(lines, of_many)?;
            let key = key_of(&what.line()).to_owned();
            let kept = values(of_many).into_iter().filter(|value| key_of(value) != key);
            let element = element(kept.chain([what.line()]).collect());
            let at = above_comments(lines, head, indent);
            let indent = " ".repeat(indent);
            let new = comment(why).into_iter().chain(element).map(|line| format!("{indent}{line}"));
            lines.insert(at, new.collect::<Vec<_>>());
            Ok(())
        }
    }
}

/// Into an element that is there: as its last line, or in place of the value that its key has.
fn into(
    lines: &mut Lines,
    element: &PrincipalDecision,
    what: &PrincipalEdit,
    why: &str,
) -> Result<(), CannotExtend> {
    let (head, indent) = head(lines, element)?;
    let line = lines.line(head + 1).ok_or(NO_PLACE)?;
    let first = line.trim_start().strip_prefix('-').ok_or(NO_PLACE)?;
    if first.trim_start().starts_with('{') {
        return Err(IN_ONE_LINE);
    }
    let inner = line.len() - first.trim_start().len();
    let end = lines.end_of(head + 1, indent + 1);
    let new = what.line();
    let is_key = |line: &str| is_content(line) && indent_of(line) == inner && key_of(line) == key_of(&new);
    let there = (head + 1..end).find(|at| lines.line(at + 1).is_some_and(is_key));
    let spaces = " ".repeat(inner);
    match there {
        // a value of several lines would be cut
        Some(at)
            if at + 1 < end
                && lines.line(at + 2).is_some_and(|next| is_content(next) && indent_of(next) > inner) =>
        {
            Err(IN_ONE_LINE)
        }
        Some(at) => {
            let old = lines.line(at + 1).unwrap_or_default().to_owned();
            let (_, value) = old.split_once(':').ok_or(NO_PLACE)?;
            let value = before_comment(value).to_owned();
            let new = new.split_once(": ").map_or("", |(_, value)| value);
            lines.put(at, super::lines::replaced(&old, &value, new));
            Ok(())
        }
        None => {
            let new = comment(why).into_iter().chain([new]).map(|line| format!("{spaces}{line}"));
            lines.insert(end, new.collect::<Vec<_>>());
            Ok(())
        }
    }
}

/// The index of the line of an element's dash, and its indentation.
fn head(lines: &Lines, element: &PrincipalDecision) -> Result<(usize, usize), CannotExtend> {
    let line = lines.line(element.line).ok_or(NO_PLACE)?;
    match line.trim_start().starts_with("- ") {
        true => Ok((element.line - 1, indent_of(line))),
        false => Err(IN_ONE_LINE),
    }
}

/// Comments right above an element are about it.
fn above_comments(lines: &Lines, head: usize, indent: usize) -> usize {
    let is_about = |at: &usize| {
        lines.line(*at).is_some_and(|line| line.trim_start().starts_with('#') && indent_of(line) == indent)
    };
    // line numbers begin at 1: that of the line above is the index
    (1..=head).rev().take_while(is_about).last().map_or(head, |at| at - 1)
}

fn key_of(line: &str) -> &str {
    line.trim_start().split(':').next().unwrap_or_default()
}

/// All that an element says, a line each.
fn values(of: &PrincipalDecision) -> Vec<String> {
    let PrincipalDecision {
        principal: _,
        skip,
        existing,
        arn,
        username,
        groups,
        entry_type,
        policies,
        line: _,
        file: _,
        shared: _,
    } = of;
    let edits = [
        skip.clone().map(|reason| PrincipalEdit::Skip { reason: Some(reason) }),
        existing.map(|it| match it {
            ExistingDecision::KeepEntry => PrincipalEdit::KeepEntry,
            ExistingDecision::TakeMapping => PrincipalEdit::TakeMapping,
        }),
        arn.clone().map(|arn| PrincipalEdit::Arn { arn: Some(arn) }),
        username.clone().map(|it| match it {
            UsernameDecision::Default => PrincipalEdit::UsernameDefault,
            UsernameDecision::Custom(name) => PrincipalEdit::Username { username: Some(name) },
        }),
        groups.clone().map(|groups| PrincipalEdit::Groups { groups: Some(groups) }),
        entry_type.clone().map(|entry_type| PrincipalEdit::Type { entry_type }),
    ];
    let policies = policies.as_ref().map(|policies| {
        let each: Vec<String> = policies.iter().map(policy).collect();
        format!("policies: [{}]", each.join(", "))
    });
    edits.into_iter().flatten().map(|edit| edit.line()).chain(policies).collect()
}

fn policy(PolicyDecision { policy, scope }: &PolicyDecision) -> String {
    let scope = match scope {
        AccessScope::Cluster => "cluster".to_owned(),
        AccessScope::Namespaces(names) => {
            let names: Vec<String> = names.iter().map(|name| quoted(name)).collect();
            format!("{{namespaces: [{}]}}", names.join(", "))
        }
    };
    format!("{{policy: {}, scope: {scope}}}", quoted(policy))
}
