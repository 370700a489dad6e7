//! Principals × scopes: a table, with what changes below the rows of those of whom it does.

use std::collections::BTreeMap;

use super::changes;
use super::element::{Element, Html, el};
use super::parts::{Section, Tone, arn, glyph, scrolling, unseen};
use super::verdicts::{Same, Verdicts, Word};
use crate::parity::{Power, PrincipalParity, Scope, ScopeVerdict};
use crate::planner::Plan;
use crate::render::parity::{power, who};
use crate::render::words::count;

/// Namespaces with a column of their own; the others share one.
const NAMESPACES: usize = 6;

pub(super) fn section(plan: &Plan, verdicts: &Verdicts<'_>) -> Option<Section> {
    plan.parity.as_ref()?;
    if verdicts.len() == 0 {
        return None;
    }
    let columns = Columns::of(verdicts);
    let mut head = el("tr").with(el("th").attribute("scope", "col").with("Principal"));
    for column in &columns.0 {
        head = head.with(el("th").attribute("scope", "col").with(column.title()));
    }
    let mut bodies = Vec::new();
    let mut row = 0;
    for (index, group) in verdicts.groups.iter().enumerate() {
        bodies.push(changing(verdicts, &columns, index, group, row));
        row += group.len();
    }
    let same = verdicts.same.iter().enumerate();
    let same = same.map(|(i, it)| unchanged(verdicts, &columns, it, row + i));
    let caption = "Every principal, and whether it may do the same in each scope before and after the plan.";
    let table = el("table")
        .class(if columns.0.len() > 4 { "matrix wide" } else { "matrix" })
        .with(el("caption").class("unseen").with(caption))
        .with(el("thead").with(head))
        .with_all(bodies)
        .with(el("tbody").with_all(same));
    let table = scrolling("Matrix of principals and scopes", table);
    let content = Html::from(legend()).and(columns.left_out()).and(table);
    Some(Section::new("access", "Who may do what", content).counted(verdicts.len()).filtered())
}

/// One column: some scopes that are said together.
struct Column<'p> {
    scopes: Vec<&'p Scope>,
}

impl Column<'_> {
    fn title(&self) -> Html {
        match self.scopes.as_slice() {
            [Scope::Cluster] => "cluster".into(),
            [Scope::OtherNamespaces] => "other namespaces".into(),
            [Scope::Namespace(name)] => el("code").with(name.as_str()).into(),
            several => count(several.len(), "more namespace", "more namespaces").into(),
        }
    }
}

struct Columns<'p>(Vec<Column<'p>>, usize);

impl<'p> Columns<'p> {
    /// The cluster, the namespaces in which most changes, and all others.
    fn of(verdicts: &Verdicts<'p>) -> Self {
        let mut changing: BTreeMap<&Scope, usize> = BTreeMap::new();
        for verdict in verdicts.groups.iter().flatten().flat_map(|of| &of.scopes) {
            if matches!(verdict.scope, Scope::Namespace(_)) {
                let word = Word::of_scope(verdict.verdict);
                *changing.entry(&verdict.scope).or_default() += usize::from(word != Word::Equal);
            }
        }
        let named = changing.len();
        let mut changing: Vec<(&Scope, usize)> = changing.into_iter().filter(|(_, n)| *n > 0).collect();
        let alike = named - changing.len();
        changing.sort_by_key(|(scope, n)| (std::cmp::Reverse(*n), *scope));
        let more = changing.split_off(changing.len().min(NAMESPACES));
        changing.sort();
        let mut columns = vec![Column { scopes: vec![&Scope::Cluster] }];
        columns.extend(changing.into_iter().map(|(scope, _)| Column { scopes: vec![scope] }));
        if !more.is_empty() {
            columns.push(Column { scopes: more.into_iter().map(|(scope, _)| scope).collect() });
        }
        columns.push(Column { scopes: vec![&Scope::OtherNamespaces] });
        Self(columns, alike)
    }

    /// Which namespaces have no column.
    fn left_out(&self) -> Option<Element> {
        let Self(columns, alike) = self;
        let shared = columns.iter().filter(|column| column.scopes.len() > 1);
        let shared = shared.flat_map(|column| &column.scopes).filter_map(|scope| match scope {
            Scope::Namespace(name) => Some(el("code").with(name.as_str())),
            Scope::Cluster | Scope::OtherNamespaces => None,
        });
        let shared: Vec<Element> = shared.collect();
        let mut said = Html::default();
        if !shared.is_empty() {
            let names = el("ul").class("names").with_all(shared.into_iter().map(|name| el("li").with(name)));
            let title = "Which namespaces share a column, with the gravest of their verdicts";
            said = said.and(el("details").with(el("summary").with(title)).with(names));
        }
        if *alike > 0 {
            let namespaces =
                count(*alike, "other namespace that a binding names", "other namespaces that bindings name");
            said =
                said.and(el("p").class("faint").with(format!("In {namespaces}, everybody may do the same.")));
        }
        (!said.is_empty()).then(|| el("div").class("left-out").with(said))
    }
}

/// What holds of a principal in a scope that it may not have named itself: in the longest prefix that it has, or where
/// nothing is named.
fn in_scope(scopes: &[ScopeVerdict], wanted: &Scope) -> Word {
    let exact = scopes.iter().find(|it| it.scope == *wanted);
    let by_prefix = || {
        let Scope::Namespace(wanted) = wanted else { return None };
        let prefix = |it: &&ScopeVerdict| match &it.scope {
            Scope::Namespace(name) => name.strip_suffix('*').is_some_and(|it| wanted.starts_with(it)),
            Scope::Cluster | Scope::OtherNamespaces => false,
        };
        let length = |it: &&ScopeVerdict| match &it.scope {
            Scope::Namespace(name) => name.len(),
            Scope::Cluster | Scope::OtherNamespaces => 0,
        };
        scopes.iter().filter(prefix).max_by_key(length)
    };
    let elsewhere = || scopes.iter().find(|it| it.scope == Scope::OtherNamespaces);
    let found = exact.or_else(by_prefix).or_else(elsewhere);
    found.map_or(Word::Unknown, |it| Word::of_scope(it.verdict))
}

/// Several words in one: the gravest, and both directions where there are both.
fn together(words: impl IntoIterator<Item = Word>) -> Word {
    let words: Vec<Word> = words.into_iter().collect();
    let has = |word: Word| words.contains(&word);
    if has(Word::Loses) && has(Word::Gains) {
        return Word::LosesAndGains;
    }
    words.into_iter().min().unwrap_or(Word::Equal)
}

fn cell(word: Word) -> Element {
    el("td")
        .class(word.class())
        .with(glyph(word.glyph()))
        .with(" ")
        .with(el("span").class("word").with(word.said()))
}

/// Those who lose and gain the same: a row each, and what changes once.
fn changing(
    verdicts: &Verdicts<'_>,
    columns: &Columns<'_>,
    index: usize,
    group: &[&PrincipalParity],
    first: usize,
) -> Element {
    let rows = group.iter().enumerate().map(|(i, of)| {
        let head = principal(verdicts, &of.principal, &who(of), first + i).with(tags(of));
        let cells = columns
            .0
            .iter()
            .map(|column| cell(together(column.scopes.iter().map(|scope| in_scope(&of.scopes, scope)))));
        el("tr").attribute("data-verdict", Word::of(of).filter()).with(head).with_all(cells)
    });
    let span = columns.0.len() + 1;
    let details = el("td").attribute("colspan", span).with(changes::of_group(group, index));
    el("tbody").with_all(rows).with(el("tr").class("what").with(details))
}

fn unchanged(verdicts: &Verdicts<'_>, columns: &Columns<'_>, same: &Same<'_>, row: usize) -> Element {
    let head = principal(verdicts, same.principal, same.principal, row);
    let because = same.because.unwrap_or("in every scope");
    let cell = el("td")
        .class(Word::Equal.class())
        .attribute("colspan", columns.0.len())
        .with(glyph(Word::Equal.glyph()))
        .with(" ")
        .with(el("span").class("word").with(Word::Equal.said()))
        .with(el("span").class("faint").with(" ").with(because));
    el("tr").attribute("data-verdict", Word::Equal.filter()).with(head).with(cell)
}

/// Who it is, with the way to its mapping.
fn principal(verdicts: &Verdicts<'_>, of: &str, shown: &str, row: usize) -> Element {
    let name = arn(shown);
    let name: Html = match verdicts.mapping(of) {
        Some(mapping) => el("a").to("mapping", mapping).with(name).into(),
        None => name.into(),
    };
    let target = verdicts.target(of);
    let caller = target.is_some_and(|target| target.is_caller).then(|| Tone::Plain.badge("you"));
    let admin = target.is_some_and(|target| target.entry.is_cluster_admin_by_policy());
    let admin = admin.then(|| Tone::Care.badge("administrator"));
    el("th")
        .attribute("scope", "row")
        .id("principal", row)
        .with(name)
        .with(" ")
        .with(caller)
        .with(" ")
        .with(admin)
}

/// What of that which matters most begins and ends.
fn tags(of: &PrincipalParity) -> Html {
    let (before, after) = (&of.powers.before, &of.powers.after);
    let tag = |tone: Tone, said: &'static str, it: &Power| {
        Html::from(" ").and(tone.badge(Html::from(said).and(power(*it))))
    };
    let ends = before.difference(after).map(|it| tag(Tone::Plain, "can no longer ", it));
    let begins = after.difference(before).map(|it| tag(Tone::Bad, "can now ", it));
    ends.chain(begins).collect()
}

fn legend() -> Element {
    let words =
        [Word::Equal, Word::Loses, Word::Gains, Word::LosesAndGains, Word::DiffersInForm, Word::Unknown];
    let item = |word: Word| {
        let mark = el("span").class(word.class()).with(glyph(word.glyph()));
        el("li").with(mark).with(" ").with(word.said())
    };
    el("ul").class("legend").with(el("li").with(unseen("What the signs mean: "))).with_all(words.map(item))
}
