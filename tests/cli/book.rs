//! The pages as a book: each page is a chapter, and every link leads somewhere.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path, PathBuf};

use crate::kit::pages::{pages, prose, root, text};

/// Pages that people read in the repository, besides those of the book.
const BESIDES: [&str; 3] = ["CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md"];

#[test]
fn every_page_is_a_chapter() {
    let summary = text(Path::new("docs/SUMMARY.md"));
    let chapters: Vec<PathBuf> =
        targets(&summary).into_iter().map(|target| Path::new("docs").join(target)).collect();
    let unique: BTreeSet<&PathBuf> = chapters.iter().collect();
    assert_eq!(unique.len(), chapters.len(), "a chapter is there twice");
    let of_book =
        pages().into_iter().filter(|page| page.starts_with("docs") && !page.ends_with("SUMMARY.md"));
    assert_eq!(unique.into_iter().cloned().collect::<BTreeSet<_>>(), of_book.collect());
}

#[test]
fn every_link_leads_somewhere() {
    let mut anchors: BTreeMap<PathBuf, BTreeSet<String>> = BTreeMap::new();
    let (mut wrong, mut seen) = (Vec::new(), 0);
    for page in pages().into_iter().chain(BESIDES.map(PathBuf::from)) {
        for (at, line) in prose(&page) {
            for target in targets(&line) {
                if target.contains("://") || target.starts_with("mailto:") {
                    continue;
                }
                seen += 1;
                let (file, anchor) = target.split_once('#').unwrap_or((&target, ""));
                let file = match file {
                    "" => page.clone(),
                    file => normal(&page.parent().unwrap().join(file)),
                };
                if page.starts_with("docs") && !file.starts_with("docs") {
                    wrong.push(format!("{at}: {} is not in the book", file.display()));
                } else if !root().join(&file).exists() {
                    wrong.push(format!("{at}: there is no {}", file.display()));
                } else if !anchor.is_empty() {
                    let known = anchors.entry(file.clone()).or_insert_with(|| headings(&file));
                    if !known.contains(anchor) {
                        wrong.push(format!("{at}: {} has no heading #{anchor}", file.display()));
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(seen > 100, "only {seen} links");
}

/// Of `[text](target)`, with or without a title.
fn targets(text: &str) -> Vec<String> {
    let after = text.split("](").skip(1);
    let inner = after.filter_map(|rest| rest.split([')', ' ']).next());
    inner.filter(|target| !target.is_empty()).map(str::to_owned).collect()
}

/// Without `..`.
fn normal(path: &Path) -> PathBuf {
    let mut parts = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => drop(parts.pop()),
            other => parts.push(other),
        }
    }
    parts
}

/// The anchors of a page's headings, as GitHub and mdBook make them: lower case, hyphens for spaces, numbered where
/// they are the same.
fn headings(page: &Path) -> BTreeSet<String> {
    let (mut found, mut counts, mut is_code) = (BTreeSet::new(), BTreeMap::<String, usize>::new(), false);
    for line in text(page).lines() {
        is_code ^= line.trim_start().starts_with("```");
        let Some(title) = line.strip_prefix('#').filter(|_| !is_code) else { continue };
        let title = title.trim_start_matches('#').trim();
        let kept = title.chars().filter(|it| it.is_alphanumeric() || [' ', '-', '_'].contains(it));
        let slug: String =
            kept.flat_map(char::to_lowercase).map(|it| if it == ' ' { '-' } else { it }).collect();
        let count = counts.entry(slug.clone()).or_default();
        found.insert(if *count == 0 { slug } else { format!("{slug}-{count}") });
        *count += 1;
    }
    found
}

#[test]
fn an_anchor_is_what_github_makes_of_a_heading() {
    let found = headings(Path::new("docs/operations.md"));
    for anchor in ["after-api-mode-unsafe", "5-find-out-who-else-writes-aws-auth", "locked-out"] {
        assert!(found.contains(anchor), "{anchor}: {found:?}");
    }
}
