//! What people read of a plan.

#![expect(clippy::unwrap_used, reason = "a helper that fails is a test that fails")]

mod annotations;
pub mod applied;
mod hostile;
mod html;
mod lint;
mod plans;
mod sample;
mod whois;

use eksodus::render::{Mark, Next, Redactor, Verdict, View, plan_markdown, plan_text, verdict};

fn view(verbose: bool) -> View {
    let next = Next {
        what: "eksodus apply plan.json --simulate sim".to_owned(),
        note: "entries can be undone with `eksodus rollback`; dual-mode cannot".to_owned(),
    };
    View { next: Some(next), verbose, full: false }
}

pub fn plain(text: &str) -> String {
    anstream::adapter::strip_str(text).to_string()
}

#[test]
fn text_names_first_what_must_be_decided() {
    insta::assert_snapshot!(plain(&plan_text(&sample::plan(), &view(false)).to_string()));
}

#[test]
fn verbose_text_names_what_stays() {
    let text = plain(&plan_text(&sample::plan(), &view(true)).to_string());
    assert!(text.contains("role/Foreign2") && text.contains("INFO (1)"), "{text}");
}

#[test]
fn only_our_own_escape_sequences_reach_a_terminal() {
    let text = plan_text(&sample::plan(), &view(true)).to_string();
    assert!(text.contains("\u{1b}["), "it is coloured");
    let hidden = |c: char| (c.is_control() && c != '\n') || c == '\u{202e}';
    assert!(!plain(&text).contains(hidden));
    assert!(plain(&text).contains("x`|</code>@org/team\\u{202e}\\u{1b}[31m\\n# h"));
}

#[test]
fn markdown_is_one_comment() {
    insta::assert_snapshot!(plan_markdown(&sample::plan(), &view(false)));
}

#[test]
fn a_comment_never_outgrows_github_and_says_so() {
    let mut plan = sample::plan();
    let targets = plan.targets.clone();
    plan.targets = targets.into_iter().cycle().take(400).collect();
    let text = plan_markdown(&plan, &view(false));
    assert!(text.chars().count() <= 60_000, "{}", text.chars().count());
    assert!(text.contains("**Truncated: ") && text.contains("principals left out"));
    assert!(text.contains("#### Needs a decision") && text.contains("#### Next"));
    assert_eq!(text.matches("<details>").count(), text.matches("</details>").count());
}

#[test]
fn a_finished_migration_says_so_in_one_line() {
    let done = sample::done();
    let said = "prod-eu (111122223333, eu-west-1): nothing to do: aws-auth has no mappings";
    assert_eq!(verdict(&done), Verdict::new(Mark::Idle, said));
    insta::assert_snapshot!(plain(&plan_text(&done, &View::default()).to_string()));
}

#[test]
fn every_view_redacts_an_account_to_the_same_word() {
    let plan = sample::plan();
    let json = plan.to_json();
    for text in [plan_text(&plan, &view(true)).to_string(), plan_markdown(&plan, &view(true)), json.clone()] {
        let shown = Redactor::seeded(&json).redact(&text);
        assert!(shown.contains("‹account-01›") && !shown.contains("111122223333"), "{shown}");
    }
}
