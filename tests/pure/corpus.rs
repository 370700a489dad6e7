//! Reader, lint and planner on a folder of real maps, which stays outside of the repository.
//!
//! `EKSODUS_CORPUS=FOLDER cargo test --test pure corpus -- --nocapture`

#![expect(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "what is read and what is skipped must be seen"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use eksodus::lint::lint;
use eksodus::model::IamArn;
use eksodus::planner::{Decisions, Plan, plan};
use eksodus::reader::{
    AwsAuth, EntryRef, Identity, Lookup, Manifest, Mapping, SectionName, Status, cut, lookup, read,
};
use eksodus::snapshot::Snapshot;

use crate::reader::logged::logged_errors;

#[expect(clippy::disallowed_methods, reason = "a test has no command line to take the folder from")]
fn folder() -> Option<PathBuf> {
    std::env::var_os("EKSODUS_CORPUS").map(PathBuf::from)
}

#[test]
fn every_map_of_the_corpus_holds_together() {
    let Some(folder) = folder() else {
        eprintln!("skipped: EKSODUS_CORPUS names no folder");
        return;
    };
    let mut paths: Vec<PathBuf> =
        std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    assert!(!paths.is_empty(), "{} is empty", folder.display());
    let mut maps = 0;
    for path in paths.iter().filter(|path| path.is_file()) {
        maps += usize::from(holds_together(path));
    }
    eprintln!("{maps} of {} files are maps", paths.len());
    assert!(maps > 0, "{} has no map", folder.display());
}

/// Whether the file is a manifest of `aws-auth`.
fn holds_together(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let manifest = match Manifest::parse(&name, &std::fs::read(path).unwrap()) {
        Ok(manifest) => manifest,
        Err(why) => {
            eprintln!("{name}: {why}");
            return false;
        }
    };
    let auth = read(&manifest);
    let entries: Vec<&Mapping> = auth.roles.entries.iter().chain(&auth.users.entries).collect();
    for mapping in &entries {
        let text = &manifest.source.text;
        assert!(
            text.get(mapping.span.start..mapping.span.end).is_some_and(|item| !item.is_empty()),
            "{name}"
        );
        if let Some(span) = mapping.arn_span
            && !mapping.arn.is_empty()
        {
            assert!(!text[span.start..span.end].is_empty(), "{name}: {}", mapping.arn);
        }
        found(&name, &auth, mapping);
    }
    for finding in lint(&manifest, &auth) {
        assert!(
            manifest.source.text.get(finding.span.start..finding.span.end).is_some(),
            "{name}: {}",
            finding.finding.rule
        );
    }
    let snapshot = Snapshot { aws_auth: Some(manifest.clone()), ..Snapshot::default() };
    let planned = plan(&snapshot, &Decisions::default());
    assert_eq!(planned.lines.len(), entries.len() + auth.accounts.entries.len(), "{name}");
    assert_eq!(Plan::parse(&planned.to_json()).unwrap(), planned, "{name}");
    for section in SectionName::ALL {
        let Some((text, _)) = manifest.section(section) else { continue };
        let count = entries.iter().filter(|mapping| mapping.at.section == section).count();
        for item in 0..count {
            // an edit that is not refused has been read again
            let _ = cut(text, section, &BTreeSet::from([item]));
        }
        assert_eq!(cut(text, section, &BTreeSet::new()).ok().as_deref().unwrap_or(text), text);
    }
    eprintln!("{name}: {} entries, {} errors", entries.len(), logged_errors(&auth).len());
    true
}

/// An entry in force is found by its identity, and one that never matches is not.
fn found(name: &str, auth: &AwsAuth, mapping: &Mapping) {
    let answer = lookup(auth, &Identity::from_arn(&mapping.arn, "i-0123456789abcdef0"), &BTreeMap::new());
    let source: Option<EntryRef> = match answer {
        Lookup::Mapped(user) => Some(user.source),
        Lookup::TemplateFailed { source, .. } => Some(source),
        _ => None,
    };
    match mapping.status {
        Status::InForce if mapping.at.section == SectionName::MapRoles => {
            assert_eq!(source, Some(mapping.at), "{name}: {}", mapping.arn);
        }
        // the same ARN in mapRoles comes first
        Status::InForce => assert!(source.is_some(), "{name}: {}", mapping.arn),
        // a text that is no ARN stands for nobody to ask for
        Status::NeverMatches(_) if mapping.arn.parse::<IamArn>().is_ok() => {
            assert_ne!(source, Some(mapping.at), "{name}: {}", mapping.arn);
        }
        Status::NeverMatches(_) | Status::Superseded { .. } | Status::Random { .. } | Status::Dropped(_) => {}
    }
}
