//! The commit that a release is built from, for the records of its journals.

use std::path::Path;
use std::process::Command;
use std::{env, fs};

fn main() {
    println!("cargo::rerun-if-env-changed=EKSODUS_COMMIT");
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed=EKSODUS_DATE");
    println!("cargo::rustc-env=EKSODUS_COMMIT={}", commit().unwrap_or_else(|| "unknown".to_owned()));
    println!("cargo::rustc-env=EKSODUS_DATE={}", date().unwrap_or_else(|| "unknown".to_owned()));
}

/// `EKSODUS_COMMIT`, or what a published package says of itself, or the checkout's. The same sources give the same text,
/// whenever and wherever they are built.
#[expect(clippy::disallowed_methods, reason = "cargo tells a build script everything by the environment")]
fn commit() -> Option<String> {
    let given = env::var("EKSODUS_COMMIT").ok().filter(|commit| !commit.is_empty());
    let folder = env::var("CARGO_MANIFEST_DIR").ok()?;
    let folder = Path::new(&folder);
    // a debug build is nobody's release, and would be built anew after each commit
    let is_release = env::var("PROFILE").is_ok_and(|profile| profile == "release");
    given.or_else(|| of_package(folder)).or_else(|| is_release.then(|| of_checkout(folder))?)
}

/// The day of the commit, which is the same whenever it is built: `EKSODUS_DATE`, or what git says.
#[expect(clippy::disallowed_methods, reason = "cargo tells a build script everything by the environment")]
fn date() -> Option<String> {
    let given = env::var("EKSODUS_DATE").ok().filter(|date| !date.is_empty());
    let folder = env::var("CARGO_MANIFEST_DIR").ok()?;
    let folder = Path::new(&folder);
    let is_release = env::var("PROFILE").is_ok_and(|profile| profile == "release");
    let is_checkout = is_release && folder.join(".git").exists();
    given.or_else(|| is_checkout.then(|| git(folder, &["show", "--no-patch", "--format=%cs", "HEAD"]))?)
}

/// `cargo package` leaves it behind.
fn of_package(folder: &Path) -> Option<String> {
    let text = fs::read_to_string(folder.join(".cargo_vcs_info.json")).ok()?;
    let (_, rest) = text.split_once("\"sha1\"")?;
    let (_, rest) = rest.split_once('"')?;
    short(rest.split_once('"')?.0)
}

fn of_checkout(folder: &Path) -> Option<String> {
    // not that of a repository which only has this package somewhere in it
    if !folder.join(".git").exists() {
        return None;
    }
    for watched in ["HEAD", "logs/HEAD"] {
        if let Some(path) = git(folder, &["rev-parse", "--git-path", watched]) {
            println!("cargo::rerun-if-changed={path}");
        }
    }
    short(&git(folder, &["rev-parse", "HEAD"])?)
}

fn git(folder: &Path, args: &[&str]) -> Option<String> {
    let output = Command::new("git").arg("-C").arg(folder).args(args).output().ok()?;
    let text = String::from_utf8(output.stdout).ok().filter(|_| output.status.success())?;
    Some(text.trim().to_owned())
}

fn short(commit: &str) -> Option<String> {
    let is_commit = commit.len() >= 12 && commit.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_commit.then(|| commit[..12].to_owned())
}
