//! Each rule of the linter has a file, a heading, a folder of cases and a near miss, and blocks what the planner blocks.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test may fail where its helpers stand")]

mod agreement;
mod documentation;
mod folders;
mod plans;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use eksodus::lint::{Located, lint, rules};
use eksodus::reader::{Manifest, read};

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/lint")
}

fn manifest(path: &Path) -> Manifest {
    let bytes = fs::read(path).unwrap();
    Manifest::parse("aws-auth.yaml", &bytes).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn findings(path: &Path) -> Vec<Located> {
    let manifest = manifest(path);
    lint(&manifest, &read(&manifest))
}

fn cases(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "yaml"));
    files.sort();
    files
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap().to_str().unwrap().to_owned()
}

fn ids() -> BTreeSet<String> {
    rules().map(|id| id.as_str().to_owned()).collect()
}
