//! README.md and `docs/` are played from top to bottom, as far as no live cluster is needed; `tests/live/pages.rs` plays the rest.

use std::path::Path;

use crate::kit::played::Stage;
use crate::kit::scenes::SCENES;

#[test]
fn what_the_pages_show_is_what_is_printed() {
    let mut wrong = Vec::new();
    for scene in SCENES {
        let binary = Path::new(env!("CARGO_BIN_EXE_eksodus"));
        wrong.extend(Stage::new(binary, None).play(scene));
    }
    assert!(wrong.is_empty(), "{} lines:\n{}", wrong.len(), wrong.join("\n\n"));
}

#[test]
fn every_page_with_something_to_type_is_played() {
    let has_lines = |page: &Path| !crate::kit::pages::typed(page).is_empty();
    let pages: Vec<_> = crate::kit::pages::pages().into_iter().filter(|page| has_lines(page)).collect();
    let mut played: Vec<_> = SCENES.iter().map(|scene| Path::new(scene.page)).collect();
    played.dedup();
    assert_eq!(pages, played);
}
