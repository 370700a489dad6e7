//! The page of a plan, as a browser's tokenizer reads it.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use eksodus::planner::{Decisions, Plan, plan};
use eksodus::render::escape::terminal;
use eksodus::render::{Redactor, View, plan_html};
use eksodus::snapshot::Snapshot;
use proptest::prelude::*;
use sha2::{Digest as _, Sha256};

use super::hostile::{BENIGN, hostile, with};
use super::{sample, view};
use crate::kit::clusters::{cluster, decisions};
use crate::kit::markup::{Piece, holds_only_ours, pieces, structure, text};
use crate::kit::seen::hidden_in;

/// `None`: the folder is one that is refused.
fn fixture(name: &str) -> Option<Plan> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(name);
    Some(plan(&Snapshot::load(&folder).ok()?, &Decisions::default()))
}

/// Every plan of the fixtures, and the sample with all that a plan may say.
fn plans() -> Vec<Plan> {
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/cases");
    let mut names: Vec<String> = fs::read_dir(cases)
        .unwrap()
        .map(|case| format!("cases/{}", case.unwrap().file_name().to_string_lossy()))
        .collect();
    names.sort();
    names.push("quickstart".to_owned());
    let undoes = Plan { undoes: Some("00".repeat(32)), targets: Vec::new(), ..sample::plan() };
    let plans: Vec<Plan> = names.iter().filter_map(|name| fixture(name)).collect();
    assert!(plans.len() > 15, "{}", plans.len());
    plans.into_iter().chain([sample::plan(), sample::done(), undoes]).collect()
}

/// What stands between the tags of the first element of this name, which has no others in it.
fn content<'p>(page: &'p str, tag: &str) -> &'p str {
    let behind = page.split_once(&format!("<{tag}>")).unwrap().1;
    behind.split_once(&format!("</{tag}>")).unwrap().0
}

#[test]
fn a_page_runs_and_shows_nothing_but_its_own_script_and_style() {
    let page = plan_html(&sample::plan(), &view(false));
    let pieces = pieces(&page);
    let is_policy = |piece: &&Piece| piece.attribute("http-equiv") == Some("Content-Security-Policy");
    let policy = pieces.iter().find(is_policy).and_then(|piece| piece.attribute("content")).unwrap();
    for tag in ["style", "script"] {
        let hash = BASE64_STANDARD.encode(Sha256::digest(content(&page, tag)));
        // after a change of page.css or page.js this says what belongs into document.rs
        assert!(policy.contains(&format!("{tag}-src 'sha256-{hash}'")), "{tag}: sha256-{hash}\n{policy}");
        assert_eq!(pieces.iter().filter(|piece| piece.is(tag)).count(), 1);
    }
    assert!(policy.starts_with("default-src 'none'; ") && !policy.contains("unsafe"), "{policy}");
    let before = pieces.iter().take_while(|piece| !piece.is("style") && !piece.is("script"));
    assert!(
        before.into_iter().any(|piece| is_policy(&piece)),
        "what comes before the policy is not held by it"
    );
}

#[test]
fn every_page_has_the_elements_that_it_may_have_and_leads_nowhere_else() {
    for plan in plans() {
        let page = plan_html(&plan, &view(false));
        let pieces = pieces(&page);
        let mut ids = BTreeSet::new();
        holds_only_ours(&page);
        for id in pieces.iter().filter_map(|piece| piece.attribute("id")) {
            assert!(ids.insert(id), "{id} twice");
        }
        for link in pieces.iter().filter_map(|piece| piece.attribute("href")) {
            let id = link.strip_prefix('#').unwrap();
            assert!(ids.contains(id), "{link} leads nowhere");
        }
        for of in ["for", "aria-labelledby"] {
            for id in pieces.iter().filter_map(|piece| piece.attribute(of)) {
                assert!(ids.contains(id), "{of} {id}");
            }
        }
        // what the console prints of it is the page, byte for byte
        assert!(page.lines().all(|line| terminal(line) == line));
    }
}

#[test]
fn the_outline_of_a_page() {
    let pieces = pieces(&plan_html(&fixture("quickstart").unwrap(), &View::default()));
    let mut outline = Vec::new();
    let mut heading: Option<(String, String)> = None;
    for piece in &pieces {
        match (piece, &mut heading) {
            (Piece::Start { name, .. }, None) if ["h1", "h2", "h3", "th"].contains(&name.as_str()) => {
                heading = Some((name.clone(), String::new()));
            }
            (Piece::Text(text), Some((_, said))) => said.push_str(text),
            (Piece::End(name), Some((tag, said))) if name == tag => {
                let indent = match tag.as_str() {
                    "h1" => 0,
                    "h2" => 2,
                    _ => 4,
                };
                outline.push(format!("{}{tag} {}", " ".repeat(indent), said.trim()));
                heading = None;
            }
            _ => {}
        }
    }
    insta::assert_snapshot!(outline.join("\n"));
}

/// A row for everybody whom the proof is about, and for nobody else.
fn rows_are_those_of_the_proof(plan: &Plan) {
    let Some(parity) = &plan.parity else { return };
    let page = plan_html(plan, &View::default());
    let rows = pieces(&page);
    let verdicts: Vec<&str> = rows
        .iter()
        .filter(|piece| piece.is("tr"))
        .filter_map(|piece| piece.attribute("data-verdict"))
        .collect();
    let equal = verdicts.iter().filter(|verdict| **verdict == "equal").count();
    assert_eq!(verdicts.len() - equal, parity.principals.len());
    assert_eq!(equal, parity.summary.equal, "{:#?}", plan.existing);
}

#[test]
fn the_matrix_of_every_case_has_the_rows_of_its_proof() {
    plans().iter().for_each(rows_are_those_of_the_proof);
}

/// Without the lines of the ConfigMap, of which a text of several lines has more.
fn without_aws_auth(page: &str) -> String {
    let (before, section) = page.split_once("<section id=\"aws-auth\"").unwrap();
    format!("{before}{}", section.split_once("</section>").unwrap().1)
}

#[test]
fn a_page_has_the_structure_of_the_same_plan_with_benign_names() {
    let benign = structure(&without_aws_auth(&plan_html(&with(BENIGN), &view(false))));
    assert!(benign.len() > 400, "{}", benign.len());
    for (payload, plan) in hostile() {
        let page = plan_html(plan, &view(false));
        holds_only_ours(&page);
        assert_eq!(structure(&without_aws_auth(&page)), benign, "{payload:?}");
        assert_eq!(hidden_in(&page), None, "{payload:?}");
        // it is there, and it is text
        assert!(text(&page).contains(&*terminal(payload)), "{payload:?}");
    }
}

#[test]
fn the_tokenizer_would_see_it() {
    for hostile in ["</p><script>x</script>", "<img src=x onerror=y>", "\"><b>", "<!-- x -->", "]]>"] {
        let page = |text: &str| format!("<p title=\"{text}\">{text}</p>");
        assert!(hostile == "]]>" || structure(&page(hostile)) != structure(&page("x")), "{hostile}");
    }
}

#[test]
fn a_page_is_redacted_as_every_view_is() {
    for plan in plans() {
        let json = plan.to_json();
        let shown = Redactor::seeded(&json).redact(&plan_html(&plan, &view(false)));
        let is_digit = |c: char| c.is_ascii_digit();
        // a digest may have as many digits side by side
        let shown_without = shown.replace(&plan.digest, "");
        let runs = shown_without.split(|c| !is_digit(c)).filter(|run| run.len() == 12);
        let accounts: Vec<&str> = runs.collect();
        assert!(accounts.is_empty(), "{accounts:?}");
        assert_eq!(content(&shown, "script"), content(&plan_html(&plan, &view(false)), "script"));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_matrix_has_the_rows_of_the_proof(snapshot in cluster(), decisions in decisions()) {
        rows_are_those_of_the_proof(&plan(&snapshot, &decisions));
    }

    #[test]
    fn no_mixture_of_dangerous_characters_changes_the_structure(
        text in "[a1|`<>&*_@#\\\\ \n!\\[\\]()~$:/.\\-\"'=;\u{0}\u{1b}\u{202e}\u{200b}\u{2028}]{0,40}",
    ) {
        let page = |text: &str| {
            let mut plan = sample::plan();
            plan.source = Some(format!("x{text}"));
            for notice in &mut plan.notices {
                notice.subject = format!("x{text}");
            }
            for target in &mut plan.targets {
                target.username_today = format!("{text}x");
                target.groups_today = vec![format!("x{text}"), format!("y{text}x{text}")];
            }
            for line in &mut plan.lines {
                line.username = format!("x{text}");
                line.groups = vec![format!("x{text}")];
            }
            plan_html(&plan, &view(false))
        };
        prop_assert_eq!(structure(&page(&text)), structure(&page(BENIGN)));
    }
}
