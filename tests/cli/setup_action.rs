//! `setup/action.yml`: its script, run as the runner runs it, on releases in a folder.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::process::{Command, Output};

use serde_json::Value;

use crate::bench::Bench;

const ACTION: &str = include_str!("../../setup/action.yml");
const PLATFORMS: [(&str, &str); 4] = [
    ("Linux-X64", "x86_64-unknown-linux-musl"),
    ("Linux-ARM64", "aarch64-unknown-linux-musl"),
    ("macOS-X64", "x86_64-apple-darwin"),
    ("macOS-ARM64", "aarch64-apple-darwin"),
];

/// A release in the folder `release`, whose program says that it is of this version.
fn release(bench: &Bench, version: &str, says: &str) -> BTreeMap<String, String> {
    for folder in ["release", "stage", "temp"] {
        let _ = fs::create_dir(bench.path(folder));
    }
    let program = bench.write("stage/eksodus", format!("#!/bin/sh\necho eksodus {says}\n"));
    fs::set_permissions(program, fs::Permissions::from_mode(0o755)).unwrap();
    bench.write("stage/README.md", "how to");
    let sums = PLATFORMS.map(|(_, target)| {
        let name = format!("eksodus-{version}-{target}.tar.gz");
        let archive = bench.path(&format!("release/{name}"));
        // as the release workflow makes it
        let mut tar = Command::new("tar");
        tar.args(["--create", "--gzip", "--file"]).arg(&archive).arg("--directory").arg(bench.path("stage"));
        assert!(tar.arg(".").status().unwrap().success());
        let sum = Command::new("sha256sum").arg(&archive).output().unwrap().stdout;
        (name, String::from_utf8(sum).unwrap().split(' ').next().unwrap().to_owned())
    });
    let text: String = sums.iter().map(|(name, sum)| format!("{sum}  {name}\n")).collect();
    bench.write("release/SHA256SUMS", &text);
    sums.into()
}

struct Set {
    version: &'static str,
    sha256: String,
    platform: &'static str,
}

fn set_up(bench: &Bench, Set { version, sha256, platform }: &Set) -> Output {
    let action: Value = serde_saphyr::from_str(ACTION).unwrap();
    let [step] = &action["runs"]["steps"].as_array().unwrap()[..] else { unreachable!("{action}") };
    let script = bench.write("step.sh", step["run"].as_str().unwrap());
    assert!(!step["run"].as_str().unwrap().contains("${{"), "no expression is part of the script");
    for file in ["path", "outputs"] {
        bench.write(file, "");
    }
    let mut command = Command::new("bash");
    command.args(["--noprofile", "--norc", "-e", "-o", "pipefail"]).arg(script).env_clear();
    command.env("PATH", "/usr/local/bin:/usr/bin:/bin").current_dir(bench.path("temp"));
    command.env("GITHUB_PATH", bench.path("path")).env("GITHUB_OUTPUT", bench.path("outputs"));
    for (name, value) in step["env"].as_object().unwrap() {
        let value = match value.as_str().unwrap() {
            "${{ inputs.version }}" => (*version).to_owned(),
            "${{ inputs.sha256 }}" => sha256.clone(),
            "${{ inputs.url }}" => format!("file://{}", bench.path("release").display()),
            "${{ runner.os }}-${{ runner.arch }}" => (*platform).to_owned(),
            "${{ runner.temp }}" => bench.path("temp").display().to_string(),
            "${{ github.server_url }}" => "https://example.com".to_owned(),
            "${{ github.action_repository }}" => "acme/eksodus".to_owned(),
            other => unreachable!("{other:?} is not known here"),
        };
        command.env(name, value);
    }
    command.output().unwrap()
}

fn of(version: &'static str, sha256: &str, platform: &'static str) -> Set {
    Set { version, sha256: sha256.to_owned(), platform }
}

#[test]
fn the_release_for_the_runner_is_on_path() {
    let bench = Bench::new();
    let sums = release(&bench, "1.2.3", "1.2.3");
    for (platform, target) in PLATFORMS {
        let pinned = &sums[&format!("eksodus-1.2.3-{target}.tar.gz")];
        for (version, sha256) in [("1.2.3", ""), ("v1.2.3", ""), ("1.2.3", pinned)] {
            let ran = set_up(&bench, &of(version, sha256, platform));
            assert!(ran.status.success(), "{platform}: {ran:?}");
            let folder = bench.read("path");
            let said = Command::new(format!("{}/eksodus", folder.trim())).arg("--version").output().unwrap();
            assert_eq!(said.stdout, b"eksodus 1.2.3\n");
            assert_eq!(bench.read("outputs"), format!("path={}/eksodus\nversion=1.2.3\n", folder.trim()));
        }
    }
}

#[test]
fn what_is_not_the_release_is_not_installed() {
    let bench = Bench::new();
    release(&bench, "1.2.3", "1.2.3");
    release(&bench, "1.2.4", "1.2.3");
    let other = "0".repeat(64);
    for (set, why) in [
        (of("1.2.3", &other, "Linux-X64"), "not the one of this checksum"),
        (of("1.2.3", "$(touch x)", "Linux-X64"), "sha256 is no checksum"),
        (of("1.2.3; touch x", "", "Linux-X64"), "version is no version"),
        (of("../1.2.3", "", "Linux-X64"), "version is no version"),
        (of("", "", "Linux-X64"), "version is no version"),
        (of("9.9.9", "", "Linux-X64"), "could not be fetched"),
        (of("1.2.4", "", "Linux-X64"), "is of another version"),
        (of("1.2.3", "", "Linux-X86"), "no archive for this runner"),
    ] {
        let ran = set_up(&bench, &set);
        let log = String::from_utf8_lossy(&ran.stdout);
        assert_eq!(ran.status.code(), Some(1), "{why}: {ran:?}");
        assert!(
            log.lines().last().unwrap().starts_with("::error title=eksodus::") && log.contains(why),
            "{log}"
        );
        assert_eq!((bench.read("path"), bench.read("outputs")), (String::new(), String::new()), "{why}");
        assert!(!bench.path("temp/x").exists());
    }
    // 1.2.3 is not in the sums of the other
    let ran = set_up(&bench, &of("1.2.3", "", "macOS-ARM64"));
    assert!(String::from_utf8_lossy(&ran.stdout).contains("has no checksum of its archive"), "{ran:?}");
}

#[test]
fn the_page_has_every_input_and_no_other() {
    let action: Value = serde_saphyr::from_str(ACTION).unwrap();
    let page = include_str!("../../docs/ci.md");
    let (_, table) = page.split_once("| input of `setup` |").unwrap();
    let rows = table.lines().skip(2).take_while(|line| line.starts_with('|'));
    let told: Vec<&str> = rows.map(|row| row.split('`').nth(1).unwrap()).collect();
    let mut inputs: Vec<&String> = action["inputs"].as_object().unwrap().keys().collect();
    inputs.sort();
    let mut sorted = told.clone();
    sorted.sort_unstable();
    assert_eq!(sorted, inputs);
}
