use std::path::Path;

use crate::files::write_atomic;
use crate::snapshot::folder::*;

mod home;
mod manifests;
mod native;
mod nulls;
mod round_trip;

/// A folder with these files.
fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    for (name, text) in files {
        write_atomic(&directory.path().join(name), text.as_bytes()).unwrap();
    }
    directory
}

fn load(files: &[(&str, &str)]) -> Snapshot {
    Snapshot::load(folder(files).path()).unwrap()
}

/// `LINE:COLUMN what`, or only what.
fn error(file: &str, text: &str) -> String {
    let directory = folder(&[(file, text)]);
    let error = Snapshot::load(directory.path()).unwrap_err();
    assert_eq!(error.path, directory.path().join(file));
    match error.place {
        Some(place) => format!("{place} {}", error.kind),
        None => error.kind.to_string(),
    }
}

#[test]
fn an_empty_folder_knows_nothing_and_a_missing_one_is_an_error() {
    assert_eq!(load(&[]), Snapshot::default());
    let error = Snapshot::load(Path::new("/nowhere/at/all")).unwrap_err();
    assert!(matches!(error.kind, FolderErrorKind::Read(_)));
    assert_eq!(error.to_string(), "/nowhere/at/all");
    let directory = folder(&[("file", "x")]);
    assert!(Snapshot::load(&directory.path().join("file")).is_err());
}

#[test]
fn errors_have_their_file_and_place() {
    assert_eq!(error("cluster.json", ""), "it is empty");
    assert_eq!(error("cluster.json", "{}\n"), "1:2 missing field `cluster`");
    assert_eq!(
        error(
            "nodegroups.json",
            "[\n  {\"nodegroup\": {\"nodegroupName\": \"a\",\n    \"nodeRole\": \"x\"}}]"
        ),
        "3:20 not an ARN: it has fewer than six fields separated by colons"
    );
    assert_eq!(error("caller.json", "{\"UserId\": 1}"), "1:12 invalid type: integer `1`, expected a string");
    assert_eq!(error("aws-auth.yaml", "kind: Secret\n"), "1:7 it is of kind Secret, not ConfigMap");
    assert_eq!(error("rbac.yaml", "kind: List\nitems:\n- [\n"), "3:3 unclosed bracket '['");
    assert_eq!(error("rbac.yaml", "items:\n- metadata: {name: a}\n"), "2:3 the object lacks its kind");
    let access = r#"[{"accessEntry":{"principalArn":"a","type":"STANDARD"}}]"#;
    assert_eq!(error("access-entries.json", access), "the entry of a has no associatedAccessPolicies");
}

#[test]
fn text_that_is_not_utf_8_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    write_atomic(&directory.path().join("caller.json"), b"\xff\xfe{\0").unwrap();
    assert!(matches!(Snapshot::load(directory.path()).unwrap_err().kind, FolderErrorKind::NotUtf8));
}
