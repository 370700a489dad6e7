//! The pages of a plan and of a run in headless Chromium: opened, filtered, drilled into, printed, and looked at by axe-core.
//!
//! `plan.cjs` has what is done there, by playwright-core. Where Chromium, node or these packages are not there, a test says
//! that it is skipped (see CONTRIBUTING.md).

#![expect(clippy::unwrap_used, reason = "a helper that fails is a test that fails")]

#[path = "../kit/mod.rs"]
mod kit;
mod pages;
mod tools;

use std::ffi::OsStr;

use pages::Pages;
use tools::Tools;

/// Does what `scenario` is called in `plan.cjs`, and gives back what it printed.
fn in_browser(scenario: &str, files: &[&OsStr]) -> Option<String> {
    let tools = Tools::find(scenario)?;
    let output = tools.node("plan.cjs").arg(scenario).args(files).output().unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{scenario}\n{told}");
    Some(String::from_utf8(output.stdout).unwrap())
}

fn on(scenario: &str, page: fn(&Pages) -> std::path::PathBuf) {
    let pages = Pages::new();
    in_browser(scenario, &[page(&pages).as_os_str()]);
}

#[test]
fn axe_finds_nothing_wrong_with_a_plan_in_light_and_dark_wide_and_narrow() {
    on("accessible", Pages::quickstart);
}

#[test]
fn nor_with_one_that_needs_decisions() {
    on("accessible", Pages::undecided);
}

#[test]
fn nor_with_the_record_of_a_run() {
    on("accessible", Pages::run);
}

#[test]
fn principals_and_mappings_are_filtered_by_words_and_by_verdict() {
    on("filtered", Pages::quickstart);
}

#[test]
fn the_keyboard_leads_to_each_permission_and_back_to_its_mapping() {
    on("drilled", Pages::quickstart);
}

#[test]
fn without_its_script_the_page_says_the_same() {
    on("unscripted", Pages::quickstart);
}

#[test]
fn paper_has_what_is_folded_on_the_screen() {
    let pages = Pages::new();
    let folder = pages.folder().to_owned();
    in_browser("printed", &[pages.quickstart().as_os_str(), folder.as_os_str()]);
}

#[test]
fn hostile_names_are_text() {
    let pages = Pages::new();
    let (hostile, benign) = pages.hostile();
    in_browser("hostile", &[hostile.as_os_str(), benign.as_os_str()]);
}

/// Numbers for docs/performance.md. The limits leave room for a busy machine.
#[test]
fn three_thousand_principals_stay_fluid() {
    let pages = Pages::new();
    for page in [pages.large(3000, 10), pages.large(3000, 1)] {
        let Some(said) = in_browser("fluid", &[page.as_os_str()]) else { return };
        println!("{said}");
        let measured: serde_json::Value = serde_json::from_str(&said).unwrap();
        assert_eq!(measured["principals"], 3000);
        for (what, milliseconds) in [("paint", 5_000), ("filterDrawn", 2_000)] {
            assert!(measured[what].as_u64().unwrap() < milliseconds, "{what}: {said}");
        }
    }
}
