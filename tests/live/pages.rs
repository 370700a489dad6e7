//! README.md and `docs/` are played from top to bottom, each page on a simulated cluster of its own.

use std::path::Path;
use std::thread;

use crate::kit::played::{Scene, Stage};
use crate::kit::scenes::SCENES;
use crate::servers::simulated::{Simulated, quickstart};

fn played(scene: &Scene) -> Vec<String> {
    let folder = quickstart();
    // who plays it has no decisions, until the page makes some
    std::fs::remove_file(folder.path().join("eksodus.yaml")).unwrap();
    let server = Simulated::start(folder.path(), &["--update-time", "100"]);
    let environment =
        server.environment().into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    Stage::new(Path::new(env!("CARGO_BIN_EXE_eksodus")), Some(environment)).play(scene)
}

#[test]
fn what_the_pages_show_is_what_is_printed() {
    let wrong: Vec<String> = thread::scope(|scope| {
        let each: Vec<_> = SCENES.iter().map(|scene| scope.spawn(|| played(scene))).collect();
        each.into_iter().flat_map(|it| it.join().unwrap()).collect()
    });
    assert!(wrong.is_empty(), "{} lines:\n{}", wrong.len(), wrong.join("\n\n"));
}
