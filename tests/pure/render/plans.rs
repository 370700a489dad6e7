//! Several plans in one comment, and as a table.

use eksodus::planner::Plan;
use eksodus::render::{View, plans_markdown, plans_text};

use super::{plain, sample, view};
use crate::kit::seen::{hidden_in, live, parsed, payloads};

fn markdown(plans: &[Plan]) -> String {
    let view = view(false);
    plans_markdown(&plans.iter().map(|plan| (plan, &view)).collect::<Vec<_>>())
}

fn named(plan: Plan, name: &str) -> Plan {
    let mut cluster = plan.cluster.clone().unwrap();
    name.clone_into(&mut cluster.name);
    Plan { cluster: Some(cluster), ..plan }
}

fn grown(plan: Plan, targets: usize) -> Plan {
    let all = plan.targets.clone().into_iter().cycle().take(targets).collect();
    Plan { targets: all, ..plan }
}

#[test]
fn a_table_and_a_fold_for_each_the_most_pressing_first() {
    let text = markdown(&[named(sample::done(), "idle"), named(sample::plan(), "busy")]);
    insta::assert_snapshot!(text.split("<details>").take(2).collect::<String>());
    assert!(
        text.starts_with(
            "<!-- eksodus:* -->\n### ⚠ eksodus · 2 plans: 1 needs a decision, 1 nothing to do\n"
        )
    );
    let folds: Vec<&str> = text.lines().filter(|line| line.starts_with("<details><summary><code>")).collect();
    assert!(folds[0].contains("<code>busy</code>: needs a decision"), "{folds:?}");
    assert!(folds.iter().any(|fold| fold.contains("<code>idle</code>: nothing to do")), "{folds:?}");
    assert_eq!(text.matches("<details>").count(), text.matches("</details>").count());
    // one marker: a bot that looks for the comment of one of the clusters does not find this one
    assert_eq!(text.matches("<!--").count(), 1);
}

#[test]
fn the_table_for_a_terminal() {
    let plans = [named(sample::done(), "idle"), named(sample::plan(), "busy")];
    let view = View::default();
    let text = plans_text(&plans.iter().map(|plan| (plan, &view)).collect::<Vec<_>>(), view.next.as_ref());
    let text = plain(&text.at(80));
    insta::assert_snapshot!(text);
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.first(), lines.last());
}

#[test]
fn forty_plans_of_any_size_are_one_comment_and_no_fact_is_lost() {
    for (plans, targets) in [(2, 600), (40, 3), (40, 60), (40, 600), (150, 5)] {
        let plans: Vec<Plan> = (0..plans)
            .map(|n| {
                grown(named(sample::plan(), &format!("cluster-{n:03}")), if n == 0 { 1 } else { targets })
            })
            .collect();
        let text = markdown(&plans);
        let size = text.chars().count();
        assert!(size <= 60_000, "{size}");
        for n in 0..plans.len() {
            assert!(text.contains(&format!("| `cluster-{n:03}` |")), "{n} of {} has no row", plans.len());
        }
        assert!(text.contains("Truncated: "), "{} plans of {targets} principals in {size}", plans.len());
        assert_eq!(text.matches("<details>").count(), text.matches("</details>").count());
        // a small one beside large ones keeps what it has
        let first = text.split("<code>cluster-000</code>").nth(1).unwrap();
        if plans.len() == 2 {
            assert!(!first.split("<code>cluster-001</code>").next().unwrap().contains("Truncated"));
        }
        // room is used: details go because there is none left
        assert!(size > 40_000, "{} plans of {targets} principals in {size}", plans.len());
    }
}

#[test]
fn more_clusters_than_rows_fit_are_counted() {
    let plans: Vec<Plan> = (0..900).map(|n| named(sample::plan(), &format!("cluster-{n:03}"))).collect();
    let text = markdown(&plans);
    assert!(text.chars().count() <= 60_000);
    assert!(text.contains("plans left out here") && text.contains("rows left out here"), "{text}");
    assert!(text.contains("900 plans: 900 need a decision"));
}

#[test]
fn names_stay_text_in_the_table_and_in_the_folds() {
    let of = |text: &str| {
        let mut plan = Plan { cluster: None, source: Some(format!("a{text}")), ..sample::plan() };
        text.clone_into(&mut plan.notices[0].subject);
        [plan, sample::done()]
    };
    let benign = parsed(&markdown(&of("benign")));
    for payload in payloads() {
        let text = markdown(&of(&payload));
        let hostile = parsed(&text);
        assert_eq!(hostile.structure, benign.structure, "{payload:?}\n{text}");
        let alive: Vec<&String> = hostile.words.iter().filter(|word| live(word)).collect();
        assert!(alive.is_empty(), "{payload:?}: {alive:?}");
        assert_eq!(hidden_in(&text), None, "{payload:?}");
        let plans = of(&payload);
        let view = view(false);
        let page = plans_text(&plans.iter().map(|plan| (plan, &view)).collect::<Vec<_>>(), None);
        assert_eq!(hidden_in(&plain(&page.at(100_000))), None, "{payload:?}");
    }
}
