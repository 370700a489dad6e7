//! Somebody else's text in every field that has room for it, and what each output makes of it, by means that share nothing
//! with the escaping: a Markdown parser, a JSON parser, and a list of characters.

use std::sync::LazyLock;

use eksodus::facts::Facts;
use eksodus::findings::{NotUndone, Reason};
use eksodus::lint;
use eksodus::model::LoginValues;
use eksodus::planner::{Decisions, Plan};
use eksodus::rbac::{Problem, ProblemKind};
use eksodus::reader::{Identity, Manifest, read};
use eksodus::render::escape::{html, terminal};
use eksodus::render::whois::{Answer, Asked};
use eksodus::render::{Redactor, findings, plan_markdown, plan_text, verdict};
use eksodus::snapshot::Snapshot;
use proptest::prelude::*;
use serde_json::Value;

use super::{sample, view};
use crate::kit::seen::{PAYLOADS, hidden_in, live, parsed, payloads, without_styles};

/// Put where a payload would be, so that both have the same fields.
pub const BENIGN: &str = "benign";

/// The payloads, each with its plan.
pub fn hostile() -> &'static [(String, Plan)] {
    static PLANS: LazyLock<Vec<(String, Plan)>> =
        LazyLock::new(|| payloads().into_iter().map(|payload| (payload.clone(), with(&payload))).collect());
    &PLANS
}

/// The sample with `text` added to every string that may have it there: numbers, names of variants and ARNs may not.
pub fn with(text: &str) -> Plan {
    let mut plan = serde_json::to_value(sample::plan()).unwrap();
    let mut places = Vec::new();
    strings(&plan, String::new(), &mut places);
    let mut taken = 0;
    for place in &places {
        let field = plan.pointer_mut(place).unwrap();
        let before = field.take();
        *field = Value::String(format!("{}{text}", before.as_str().unwrap()));
        if serde_json::from_value::<Plan>(plan.clone()).is_ok() {
            taken += 1;
        } else {
            *plan.pointer_mut(place).unwrap() = before;
        }
    }
    assert!(taken * 3 > places.len(), "{taken} of {} fields take it", places.len());
    serde_json::from_value(plan).unwrap()
}

fn strings(value: &Value, place: String, found: &mut Vec<String>) {
    match value {
        Value::String(_) => found.push(place),
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(i, item)| strings(item, format!("{place}/{i}"), found));
        }
        Value::Object(fields) => {
            fields.iter().for_each(|(key, field)| {
                let key = key.replace('~', "~0").replace('/', "~1");
                strings(field, format!("{place}/{key}"), found);
            });
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// A plan that is read back takes any text that the planner may put there, so all fields of one are hostile at once.
fn views_of(plan: &Plan) -> [String; 2] {
    [plan_markdown(plan, &view(false)), plan_markdown(plan, &view(true))]
}

/// A reason whose message is nothing but the text.
fn saying(text: &str) -> Reason {
    Reason::NotUndone { why: NotUndone::Refused { prose: text.to_owned() } }
}

/// A reason with the text in its advice.
fn advising(text: &str) -> Reason {
    Reason::UnboundGroup { others: 0, nearest: Some(text.to_owned()) }
}

/// A reason that names an object of RBAC so.
fn naming(text: &str) -> Reason {
    let problem = Problem { what: ProblemKind::MissingRole, count: 2, named: vec![text.to_owned()] };
    Reason::OfRbac { problem }
}

/// Where no line is wrapped.
const WIDE: usize = 100_000;

#[test]
fn markdown_has_the_structure_of_the_same_plan_with_benign_names() {
    let benign = views_of(&with(BENIGN)).map(|text| parsed(&text));
    assert!(benign[1].structure.iter().any(|node| node.contains("table 5 × ")), "{benign:#?}");
    for (payload, plan) in hostile() {
        for (text, benign) in views_of(plan).iter().zip(&benign) {
            let hostile = parsed(text);
            assert_eq!(hostile.structure, benign.structure, "{payload:?}\n{text}");
            let alive: Vec<&String> = hostile.words.iter().filter(|word| live(word)).collect();
            assert!(alive.is_empty(), "{payload:?}: {alive:?}\n{text}");
            assert_eq!(hidden_in(text), None, "{payload:?}");
            assert_eq!(hostile.headings[1..], benign.headings[1..]);
        }
    }
}

#[test]
fn neither_runs_of_backticks_nor_what_begins_a_block_get_through() {
    // one field at a time: a comment has room for no more, and what is left out is no structure
    let plans = |text: &str| {
        let [mut subject, mut message, mut help, mut rbac, mut group] =
            std::array::from_fn(|_| sample::plan());
        text.clone_into(&mut subject.notices[0].subject);
        message.notices[0].reason = saying(text);
        help.notices[0].reason = advising(text);
        rbac.notices[0].reason = naming(text);
        group.targets[0].groups_today = vec![text.to_owned()];
        [subject, message, help, rbac, group].map(|plan| parsed(&plan_markdown(&plan, &view(false))))
    };
    let benign = plans(BENIGN);
    let all_up_to = |longest| (1..=longest).map(|n| "`".repeat(n) + "@octocat ").collect::<String>();
    // GitHub knows runs of up to 80
    let mut texts = vec![PAYLOADS.concat()];
    texts.extend([1, 2, 79, 80, 81, 90].map(all_up_to));
    texts.extend([1, 2, 3, 79, 80, 81, 254, 255, 256, 1000].map(|n| "`".repeat(n)));
    texts.extend([3, 80, 81, 255, 256].map(|n| format!("{0} @octocat\n{0}\n# x", "`".repeat(n))));
    texts.extend(
        ["1. x", "1) x", "# x", "- x", "+ x", "* x", "> x", "    x", "---", "===", "|x", ""]
            .map(str::to_owned),
    );
    for text in texts {
        for (hostile, benign) in plans(&text).iter().zip(&benign) {
            assert_eq!(hostile.structure, benign.structure, "{text}");
            let alive: Vec<&String> = hostile.words.iter().filter(|word| live(word)).collect();
            assert!(alive.is_empty(), "{text}: {alive:?}");
        }
    }
}

#[test]
fn the_parser_would_see_it() {
    for (text, kind) in [
        ("https://x.example", "link"),
        ("a@x.example", "link"),
        ("# x", "heading 1"),
        ("a <b>", "inline html"),
        ("| a |\n|---|\n| b |", "table 1 × 2"),
        ("![a](b)", "link"),
    ] {
        let found = parsed(text).structure;
        assert!(found.iter().any(|node| node.contains(kind)), "{text}: {found:?}");
    }
    assert!(
        live("@octocat")
            && live("see #1")
            && live("a deadbeef")
            && live(":tada:")
            && !live("blocks the phase")
    );
}

#[test]
fn a_terminal_gets_our_own_styles_and_lines_and_nothing_else() {
    let lines = |text: &str| text.lines().count();
    let benign = plan_text(&with(BENIGN), &view(true)).at(WIDE);
    for (payload, plan) in hostile() {
        let text = without_styles(&plan_text(plan, &view(true)).at(WIDE));
        assert_eq!(hidden_in(&text), None, "{payload:?}");
        assert_eq!(lines(&text), lines(&benign), "{payload:?}");
        assert_eq!(terminal(&verdict(plan).said).lines().count(), 1);
    }
}

#[test]
fn json_has_nothing_hidden_and_reads_back_to_the_same_plan() {
    for (payload, plan) in hostile() {
        let plan = plan.clone().sealed();
        let text = plan.to_json();
        assert_eq!(hidden_in(&text), None, "{payload:?}");
        assert_eq!(Plan::parse(&text).unwrap(), plan);
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), serde_json::to_value(&plan).unwrap());
    }
}

#[test]
fn an_account_beside_anything_is_redacted_in_every_view() {
    for payload in PAYLOADS.iter().skip(18) {
        // digits before them would be digits of theirs
        let hex = |c: char| c.is_ascii_hexdigit();
        let [before, behind] =
            [payload.ends_with(hex), payload.starts_with(hex)].map(|it| if it { "-" } else { "" });
        let plan = with(&format!("{payload}{before}111122223333{behind}{payload} 444455556666"));
        let json = plan.to_json();
        for text in
            [plan_text(&plan, &view(true)).to_string(), plan_markdown(&plan, &view(true)), json.clone()]
        {
            let shown = Redactor::seeded(&json).redact(&text);
            assert!(
                !shown.contains("111122223333") && !shown.contains("444455556666"),
                "{payload:?}\n{shown}"
            );
        }
    }
}

/// An `aws-auth` with the payload as every value of it, and as a broken rest.
fn aws_auth(payload: &str) -> Manifest {
    let quoted = serde_json::to_string(payload).unwrap();
    let roles = format!(
        "- rolearn: {quoted}\n  username: {quoted}\n  groups: [{quoted}]\n\
         - rolearn: arn:aws:iam::111122223333:role/Dev\n  username: {quoted}\n  groups: [{quoted}, 1]\n\
         - {quoted}: {quoted}\n- rolearn: arn:aws:iam::111122223333:role/{payload}\n  groups: {payload}\n"
    );
    let text = serde_json::json!({
        "apiVersion": "v1", "kind": "ConfigMap",
        "metadata": {"name": "aws-auth", "namespace": "kube-system"},
        "data": {"mapRoles": roles, "mapUsers": format!("- userarn: {quoted}\n"), "mapAccounts": format!("[{quoted}]")},
    });
    Manifest::parse(&format!("{payload}.yaml"), text.to_string().as_bytes()).unwrap()
}

#[test]
fn lint_and_whois_draw_hostile_lines_as_text() {
    let mut seen = 0;
    for payload in payloads() {
        // as it is, with what serde_json does not escape raw in the lines that are drawn
        let manifest = aws_auth(&payload);
        let read = read(&manifest);
        let found = lint::lint(&manifest, &read);
        seen += found.len();
        let text = without_styles(&findings::text(&manifest.source, &found, 100).to_string());
        assert_eq!(hidden_in(&text), None, "{payload:?}\n{text}");
        let json = eksodus::json::pretty(&findings::report(&manifest.source, &read, &found)).unwrap();
        assert_eq!(hidden_in(&json), None, "{payload:?}");

        let snapshot = Snapshot { aws_auth: Some(manifest.clone()), ..Snapshot::default() };
        let facts = Facts::of(&snapshot);
        let plan = eksodus::planner::plan(&snapshot, &Decisions::default());
        let planned = lint::lint_planned(&manifest, &read, &plan);
        let text = without_styles(&findings::text(&manifest.source, &planned, 100).to_string());
        assert_eq!(hidden_in(&text), None, "{payload:?}\n{text}");
        for arn in ["arn:aws:iam::111122223333:role/Dev", "arn:aws:iam::111122223333:role/Other", &payload] {
            let identity = Identity::from_arn(arn, &payload);
            let values = LoginValues {
                account: &identity.account,
                session_name: Some(&payload),
                access_key_id: None,
                dns: None,
            };
            let asked = Asked { text: arn, identity: &identity, values };
            let answer = Answer::new(&asked, &facts, Some(&plan));
            let text = without_styles(&answer.text(&manifest.source.name).to_string());
            assert_eq!(hidden_in(&text), None, "{payload:?}\n{text}");
            assert!(text.lines().count() <= 12, "{text}");
            let json = eksodus::json::pretty(&answer).unwrap();
            assert_eq!(hidden_in(&json), None, "{payload:?}");
        }
    }
    assert!(seen > 100, "{seen} findings");
}

proptest! {
    #[test]
    fn no_mixture_of_dangerous_characters_changes_the_structure(
        text in "[a1|`<>&*_@#\\\\ \n!\\[\\]()~$:/.\\-\"'\u{1b}\u{202e}\u{200b}]{0,40}",
    ) {
        let plan = |text: &str| {
            let mut plan = sample::plan();
            for notice in &mut plan.notices {
                notice.subject = format!("x{text}");
                notice.reason = saying(&format!("{text}x"));
            }
            if let Some(notice) = plan.notices.first_mut() {
                notice.reason = advising(&format!("{text} x"));
            }
            for target in &mut plan.targets {
                target.username_today = format!("{text}x");
                target.groups_today = vec![format!("x{text}"), format!("{text}x{text}")];
            }
            plan
        };
        let [benign, hostile] = [plan(BENIGN), plan(&text)].map(|plan| plan_markdown(&plan, &view(false)));
        let [benign, hostile] = [parsed(&benign), parsed(&hostile)];
        prop_assert_eq!(benign.structure, hostile.structure);
        prop_assert!(!hostile.words.iter().any(|word| live(word)), "{:?}", hostile.words);
    }

    #[test]
    fn nothing_hidden_reaches_any_output(text in "(?s).{0,40}") {
        for shown in [terminal(&text).into_owned(), html(&text), eksodus::json::pretty(&text).unwrap()] {
            prop_assert!(hidden_in(&shown).is_none() && !shown.trim_end().contains('\n'), "{shown:?}");
        }
        let html = html(&text);
        prop_assert!(!html.contains(['<', '>', '"', '\'']));
    }
}
