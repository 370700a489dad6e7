//! What a release is handed on as: a Homebrew formula and a krew manifest, made from its archives.

use std::process::{Command, Output};

use eksodus::files::write_atomic;
use serde::Deserialize;

use crate::bench::Bench;

const TARGETS: [(&str, &str); 5] = [
    ("x86_64-unknown-linux-musl", "tar.gz"),
    ("aarch64-unknown-linux-musl", "tar.gz"),
    ("x86_64-apple-darwin", "tar.gz"),
    ("aarch64-apple-darwin", "tar.gz"),
    ("x86_64-pc-windows-msvc", "zip"),
];
const BASE: &str = "https://example.com/eksodus/releases/download/v1.2.3";

fn render(bench: &Bench, version: &str) -> Output {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/packaging/render");
    let folder = bench.path("release");
    let mut command = Command::new("bash");
    command.arg(script).args([version, BASE]).arg(folder).output().unwrap()
}

fn archives(bench: &Bench) {
    std::fs::create_dir(bench.path("release")).unwrap();
    for (target, suffix) in TARGETS {
        let path = bench.path(&format!("release/eksodus-1.2.3-{target}.{suffix}"));
        write_atomic(&path, target.as_bytes()).unwrap();
    }
}

#[derive(Debug, Deserialize)]
struct Krew {
    spec: Spec,
}

#[derive(Debug, Deserialize)]
struct Spec {
    version: String,
    platforms: Vec<Platform>,
}

#[derive(Debug, Deserialize)]
struct Platform {
    uri: String,
    sha256: String,
    bin: String,
}

#[test]
fn formula_and_manifest_have_each_archive_with_its_checksum() {
    let bench = Bench::new();
    archives(&bench);
    let ran = render(&bench, "1.2.3");
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    let formula = bench.read("release/eksodus.rb");
    let krew: Krew = serde_saphyr::from_str(&bench.read("release/eksodus.yaml")).unwrap();
    assert_eq!((krew.spec.version.as_str(), krew.spec.platforms.len()), ("v1.2.3", TARGETS.len()));
    let sums = bench.read("release/SHA256SUMS");
    for (target, suffix) in TARGETS {
        let archive = format!("eksodus-1.2.3-{target}.{suffix}");
        let sum = sums.lines().find(|line| line.ends_with(&archive)).unwrap().split(' ').next().unwrap();
        assert_eq!(sum.len(), 64);
        let platform = krew.spec.platforms.iter().find(|it| it.uri == format!("{BASE}/{archive}")).unwrap();
        let program = if suffix == "zip" { "eksodus.exe" } else { "eksodus" };
        assert_eq!((platform.sha256.as_str(), platform.bin.as_str()), (sum, program));
        let is_homebrew = suffix != "zip";
        assert_eq!(formula.contains(&format!("url \"{BASE}/{archive}\"")), is_homebrew, "{formula}");
        assert_eq!(formula.contains(&format!("sha256 \"{sum}\"")), is_homebrew, "{formula}");
    }
}

#[test]
fn a_release_that_is_not_whole_is_none() {
    let bench = Bench::new();
    archives(&bench);
    let wrong = render(&bench, "1.2.4");
    assert_eq!(wrong.status.code(), Some(1));
    assert!(
        String::from_utf8_lossy(&wrong.stderr)
            .contains("eksodus-1.2.4-x86_64-unknown-linux-musl.tar.gz is missing")
    );
    assert_eq!(render(&bench, "1|2").status.code(), Some(2));
    assert!(!bench.path("release/eksodus.rb").exists() && !bench.path("release/SHA256SUMS").exists());
}
