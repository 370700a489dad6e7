//! The folders that runs are kept in: their names, what a crash leaves of them, whose they are.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use std::path::Path;

use eksodus::journal::{
    Journal, NewRun, RunFolder, RunFolderError, RunFolders, RunsError, RunsLock, StoredRun as _, read,
};
use eksodus::model::ClusterId;

use super::journal::{cluster, done, header, stamps};

fn of(name: &str, region: &str) -> ClusterId {
    format!("arn:aws:eks:{region}:111122223333:cluster/{name}").parse().unwrap()
}

fn run_of(base: &Path, cluster: &ClusterId, digest: &str) -> Result<RunFolder, RunFolderError> {
    let stamps = stamps();
    let (plan, aws_auth) = ("the plan", Some("before"));
    RunFolder::create(
        base,
        &NewRun { cluster, plan_digest: digest, plan, aws_auth, undoes: None, stamps: &stamps },
    )
}

fn new_run(base: &Path, digest: &str) -> Result<RunFolder, RunFolderError> {
    run_of(base, &cluster(), digest)
}

#[test]
fn run_folders_count_up_and_have_plan_journal_and_backup() {
    let base = tempfile::tempdir().unwrap();
    let (one, other) = ("0123456789abcdef0123", "00ff00ff00ff00ff");
    let runs = [one, other, one].map(|digest| new_run(base.path(), digest).unwrap());
    assert_eq!(runs.each_ref().map(|run| run.name()), ["0123456789ab-1", "00ff00ff00ff-2", "0123456789ab-3"]);
    assert_eq!(RunFolder::list(base.path(), &cluster()).unwrap(), runs);
    assert_eq!(runs.each_ref().map(|run| run.is_named_after(one)), [true, false, true]);

    let first = &runs[0];
    assert_eq!(first.path(), base.path().join("111122223333/eu-west-1/prod/0123456789ab-1"));
    assert_eq!(first.plan().unwrap(), "the plan");
    assert_eq!(std::fs::read_to_string(first.backup_path()).unwrap(), "before");
    let mut journal = Journal::open(first.store().unwrap(), stamps()).unwrap();
    assert!(matches!(first.store(), Err(RunsError::Folder(RunFolderError::Busy { .. }))), "two runs at once");
    let told = read(&first.journal_bytes().unwrap()).unwrap();
    assert_eq!((told.header, told.stamps), (header(), vec![Some(stamps().stamp())]));
    journal.append(done("a")).unwrap();
    assert!(read(&first.journal_bytes().unwrap()).unwrap().progress.is_done("a"));
}

#[test]
fn clusters_of_one_name_have_nothing_in_common() {
    let base = tempfile::tempdir().unwrap();
    let (here, there) = (of("prod", "eu-west-1"), of("prod", "us-east-1"));
    let accounts: ClusterId = "arn:aws:eks:eu-west-1:444455556666:cluster/prod".parse().unwrap();
    for cluster in [&here, &there, &accounts] {
        let run = run_of(base.path(), cluster, "0123456789abcdef").unwrap();
        assert_eq!(run.name(), "0123456789ab-1");
        assert_eq!(RunFolder::list(base.path(), cluster).unwrap(), [run]);
        assert_eq!(RunFolder::list_old(base.path(), cluster).unwrap(), []);
    }
    let runs = RunFolders::below(base.path());
    let _held = runs.hold(&here).unwrap().unwrap();
    assert!(runs.hold(&here).is_err());
    runs.hold(&there).unwrap();
}

/// A cluster may be named like an account, or like a run.
#[test]
fn runs_of_the_old_form_are_found_and_counted_and_are_of_nobody_else() {
    for name in ["prod", "111122223333", "0123456789ab-1"] {
        let base = tempfile::tempdir().unwrap();
        let cluster = of(name, "eu-west-1");
        let old = base.path().join(name).join("0123456789ab-4");
        std::fs::create_dir_all(&old).unwrap();
        std::fs::File::create(old.join("plan.json")).unwrap();
        let is_old =
            |found: Vec<RunFolder>| found.iter().map(|run| run.path().to_owned()).collect::<Vec<_>>();
        assert_eq!(RunFolder::list(base.path(), &cluster).unwrap(), [], "{name}");
        assert_eq!(
            is_old(RunFolder::list_old(base.path(), &cluster).unwrap()),
            std::slice::from_ref(&old),
            "{name}"
        );
        // client tokens are made from the names of runs
        let new = run_of(base.path(), &cluster, "0123456789abcdef").unwrap();
        assert_eq!(new.name(), "0123456789ab-5", "{name}");
        assert_eq!(is_old(RunFolder::list_old(base.path(), &cluster).unwrap()), [old], "{name}");
        assert_eq!(RunFolder::list(base.path(), &cluster).unwrap(), [new], "{name}");
        assert_eq!(RunFolder::list_old(base.path(), &of("other", "eu-west-1")).unwrap(), [], "{name}");
    }
}

#[test]
fn a_run_whose_files_are_gone_is_a_run_all_the_same() {
    let base = tempfile::tempdir().unwrap();
    let runs = ["00", "11", "22"].map(|digest| new_run(base.path(), &digest.repeat(8)).unwrap());
    std::fs::remove_file(runs[0].plan_path()).unwrap();
    std::fs::remove_file(runs[1].journal_path()).unwrap();
    std::fs::remove_dir_all(runs[2].path()).unwrap();
    std::fs::create_dir(runs[2].path()).unwrap();
    assert_eq!(RunFolder::list(base.path(), &cluster()).unwrap(), runs);
    for error in [runs[0].plan().map(drop), runs[1].journal_bytes().map(drop), runs[2].plan().map(drop)] {
        assert!(matches!(error, Err(RunsError::Folder(RunFolderError::Read { .. }))), "{error:?}");
    }
}

#[cfg(unix)]
#[test]
fn what_is_no_regular_file_is_told_at_once() {
    type Make = fn(&Path);
    let base = tempfile::tempdir().unwrap();
    let run = new_run(base.path(), "0123456789abcdef").unwrap();
    let make: [(&str, Make); 4] = [
        ("it is not a regular file", |path| {
            assert!(std::process::Command::new("mkfifo").arg(path).status().unwrap().success());
        }),
        ("it is not a regular file", |path| std::os::unix::fs::symlink("/dev/zero", path).unwrap()),
        ("it is a directory", |path| std::fs::create_dir(path).unwrap()),
        ("it is a directory", |path| std::os::unix::fs::symlink("/", path).unwrap()),
    ];
    for (what, make) in make {
        for path in [run.journal_path(), run.plan_path(), run.backup_path()] {
            let kept = path.with_extension("kept");
            std::fs::rename(&path, &kept).unwrap();
            make(&path);
            let error = match &path {
                it if *it == run.journal_path() => {
                    assert!(run.store().is_err());
                    run.journal_bytes().unwrap_err()
                }
                it if *it == run.plan_path() => run.plan().unwrap_err(),
                _ => run.backup().unwrap_err(),
            };
            let RunsError::Folder(RunFolderError::Read { source, .. }) = &error else { panic!("{error}") };
            assert_eq!(source.to_string(), what);
            match path.symlink_metadata().unwrap().is_dir() {
                true => std::fs::remove_dir(&path).unwrap(),
                false => std::fs::remove_file(&path).unwrap(),
            }
            std::fs::rename(&kept, &path).unwrap();
        }
    }
    let lock = base.path().join(".lock");
    make[0].1(&lock);
    assert!(RunsLock::take(base.path()).is_err());
}

#[test]
fn what_a_crash_left_of_a_new_run_is_no_run() {
    let base = tempfile::tempdir().unwrap();
    let half = base.path().join("111122223333/eu-west-1/prod/.new");
    std::fs::create_dir_all(&half).unwrap();
    std::fs::File::create(half.join("plan.json")).unwrap();
    assert_eq!(RunFolder::list(base.path(), &cluster()).unwrap(), []);
    let run = new_run(base.path(), "0123456789abcdef").unwrap();
    assert_eq!((run.name(), half.exists()), ("0123456789ab-1", false));
}

#[test]
fn one_at_a_time_may_change_what_the_runs_are_about() {
    let base = tempfile::tempdir().unwrap();
    let held = RunsLock::take(base.path()).unwrap();
    assert!(matches!(RunsLock::take(base.path()), Err(RunFolderError::Busy { path }) if path == base.path()));
    drop(held);
    RunsLock::take(base.path()).unwrap();
}

#[test]
fn where_no_folder_can_be_made_the_error_names_it() {
    let base = tempfile::tempdir().unwrap();
    let file = base.path().join("file");
    std::fs::File::create(&file).unwrap();
    assert!(matches!(RunsLock::take(&file), Err(RunFolderError::Create { path, .. }) if path == file));
    assert!(matches!(RunFolder::open(base.path()), Err(RunFolderError::NotARun { .. })));
}

#[cfg(unix)]
#[test]
fn only_the_owner_may_read_a_run() {
    use std::os::unix::fs::PermissionsExt;
    let base = tempfile::tempdir().unwrap();
    let run = new_run(&base.path().join("made"), "0123456789abcdef").unwrap();
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    for file in [run.journal_path(), run.backup_path(), run.path().join("plan.json")] {
        assert_eq!(mode(&file), 0o600, "{}", file.display());
    }
    for folder in run.path().ancestors().take_while(|folder| *folder != base.path()) {
        assert_eq!(mode(folder), 0o700, "{}", folder.display());
    }
}
