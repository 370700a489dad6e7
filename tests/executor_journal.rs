//! The journal on its own: what it takes, what it refuses, what a crash may leave behind.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use std::io;

use eksodus::executor::Call;
use eksodus::executor::journal::{
    CallState, FolderError, Header, IllegalRecord, Journal, JournalError, MemoryStore, Record, RunFolder,
    RunsLock, Store, read,
};
use eksodus::model::{AccessEntry, AuthenticationMode, ClusterId};
use eksodus::planner::{Phase, PlanSource};

fn cluster() -> ClusterId {
    "arn:aws:eks:eu-west-1:111122223333:cluster/prod".parse().unwrap()
}

fn header() -> Header {
    Header::new("0123456789abcdef0123", cluster(), "0123456789ab-1")
}

fn create(name: &str) -> Call {
    let principal = format!("arn:aws:iam::111122223333:role/{name}").parse().unwrap();
    Call::CreateEntry { entry: AccessEntry::standard(principal) }
}

fn intended(step: &str, index: usize, call: Call) -> Record {
    Record::Intended { step: step.to_owned(), index, call }
}

fn applied(step: &str, index: usize) -> Record {
    Record::Applied { step: step.to_owned(), index }
}

fn mode() -> Call {
    Call::UpdateMode { from: AuthenticationMode::ConfigMap, to: AuthenticationMode::ApiAndConfigMap }
}

fn updating(step: &str) -> Record {
    Record::Updating { step: step.to_owned(), index: 0, update: "1".to_owned() }
}

fn done(step: &str) -> Record {
    Record::Done { step: step.to_owned() }
}

fn baseline() -> Record {
    Record::Baseline { untouched: [(PlanSource::AwsAuth, "ab".to_owned())].into() }
}

fn story() -> Vec<Record> {
    vec![
        Record::Started { through: Phase::Verify, allow_irreversible: true },
        baseline(),
        intended("mode", 0, mode()),
        updating("mode"),
        Record::Unknown { step: "mode".to_owned(), index: 0, why: "the answer was lost".to_owned() },
        applied("mode", 0),
        done("mode"),
        Record::Adopted { step: "a".to_owned() },
        intended("b", 0, create("b")),
        Record::Failed { step: "b".to_owned(), index: 0, why: "throttled".to_owned() },
        intended("b", 0, create("b")),
        applied("b", 0),
        intended("c", 0, create("c")),
        intended("d", 0, create("d")),
        done("b"),
        applied("d", 0),
        applied("c", 0),
        done("d"),
        done("c"),
    ]
}

fn written(records: &[Record]) -> MemoryStore {
    let store = MemoryStore::default();
    let mut journal = Journal::create(Box::new(store.clone()), header()).unwrap();
    for record in records {
        journal.append(record.clone()).unwrap();
    }
    store
}

#[test]
fn a_journal_reads_back_as_it_was_written() {
    let store = written(&story());
    let reading = read(&store.bytes()).unwrap();
    assert_eq!(reading.header, header());
    assert_eq!(reading.records, story());
    assert_eq!(reading.torn, 0);
    assert_eq!(reading.progress.applied(), 4);
    let step = reading.progress.step("b").unwrap();
    assert_eq!((step.calls[0].state, step.calls[0].attempts, step.done), (CallState::Applied, 2, true));
    assert!(reading.progress.step("a").unwrap().adopted);
    let order: Vec<&str> = reading.progress.steps().map(|(id, _)| id).collect();
    assert_eq!(order, ["mode", "a", "b", "c", "d"]);
    assert_eq!(reading.progress.step("mode").unwrap().calls[0].update.as_deref(), Some("1"));
}

#[test]
fn records_that_are_written_together_are_one_write_and_all_of_them_or_none() {
    let together = written(&[]);
    let mut journal = Journal::open(Box::new(together.clone())).unwrap();
    journal.append_all(story()).unwrap();
    assert_eq!(together.bytes(), written(&story()).bytes());

    let before = (together.bytes(), journal.progress().clone());
    let bad = vec![intended("e", 0, create("e")), intended("f", 0, create("f")), applied("g", 0)];
    let Err(JournalError::Illegal { line, .. }) = journal.append_all(bad) else { panic!("taken") };
    assert_eq!(line, story().len() + 4);
    assert_eq!((together.bytes(), journal.progress().clone()), before);
    journal.append_all(vec![intended("f", 0, create("e")), applied("f", 0), done("f")]).unwrap();
}

#[test]
fn cut_anywhere_it_reads_as_far_as_whole_lines_go_and_can_be_continued() {
    let whole = written(&story()).bytes();
    let first = whole.iter().position(|byte| *byte == b'\n').unwrap() + 1;
    for cut in first..whole.len() {
        let store = MemoryStore::of(whole[..cut].to_vec());
        let mut journal = Journal::open(Box::new(store.clone())).unwrap();
        assert_eq!(journal.torn(), whole[..cut].iter().rev().take_while(|byte| **byte != b'\n').count());
        journal.append(Record::Started { through: Phase::Verify, allow_irreversible: false }).unwrap();
        let lines = whole[..cut].iter().filter(|byte| **byte == b'\n').count();
        assert_eq!(read(&store.bytes()).unwrap().records.len(), lines);
    }
    for cut in 0..first {
        let store = MemoryStore::of(whole[..cut].to_vec());
        assert!(matches!(Journal::open(Box::new(store.clone())), Err(JournalError::Empty)));
        Journal::create(Box::new(store.clone()), header()).unwrap();
        assert_eq!(read(&store.bytes()).unwrap().header, header());
    }
}

#[test]
fn damage_before_the_last_line_is_an_error_with_its_line() {
    let text = String::from_utf8(written(&story()).bytes()).unwrap();
    let mut lines: Vec<&str> = text.lines().collect();
    lines[3] = &lines[3][..20];
    let torn = format!("{}\n", lines.join("\n"));
    assert!(matches!(read(torn.as_bytes()), Err(JournalError::Line { line: 4, .. })));

    let mut bytes = text.into_bytes();
    let second = bytes.iter().position(|byte| *byte == b'\n').unwrap() + 3;
    bytes[second] = 0xff;
    assert!(matches!(read(&bytes), Err(JournalError::Encoding { line: 2 })));
}

#[test]
fn what_cannot_have_happened_is_refused_when_written_and_when_read() {
    let illegal = [
        (vec![applied("a", 0)], "applied without being intended"),
        (vec![intended("a", 1, create("a"))], "the second call first"),
        (vec![intended("a", 0, create("a")), intended("a", 0, create("a"))], "intended twice"),
        (vec![intended("a", 0, create("a")), intended("a", 1, create("b"))], "the first has no outcome"),
        (vec![intended("a", 0, create("a")), done("a")], "done without an outcome"),
        (vec![intended("a", 0, create("a")), applied("a", 0), intended("a", 0, create("a"))], "twice"),
        (vec![intended("a", 0, create("a")), applied("a", 0), applied("a", 0)], "applied twice"),
        (
            vec![intended("a", 0, create("a")), applied("a", 0), intended("b", 0, create("a"))],
            "two open on one",
        ),
        (vec![intended("a", 0, create("a")), intended("m", 0, mode())], "the mode beside an entry"),
        (vec![intended("m", 0, mode()), applied("m", 0), intended("a", 0, create("a"))], "beside the mode"),
        (vec![intended("a", 0, create("a")), updating("a")], "an entry has no update"),
        (vec![updating("m")], "an update that nobody began"),
        (vec![done("a"), intended("a", 0, create("a"))], "after the end"),
        (vec![Record::Adopted { step: "a".to_owned() }, done("a")], "done after adopted"),
        (vec![Record::Header(header())], "two headers"),
        (vec![baseline()], "two baselines"),
        (
            vec![
                intended("a", 0, create("a")),
                Record::Failed { step: "a".to_owned(), index: 0, why: String::new() },
                intended("a", 0, create("b")),
            ],
            "another call than before",
        ),
    ];
    for (records, what) in illegal {
        let store = MemoryStore::default();
        let mut journal = Journal::create(Box::new(store.clone()), header()).unwrap();
        journal.append(baseline()).unwrap();
        let (last, first) = records.split_last().unwrap();
        for record in first {
            journal.append(record.clone()).unwrap();
        }
        let before = store.bytes();
        assert!(matches!(journal.append(last.clone()), Err(JournalError::Illegal { .. })), "{what}");
        assert_eq!(store.bytes(), before, "{what}");

        let mut forged = before;
        forged.extend(serde_json::to_vec(last).unwrap());
        forged.push(b'\n');
        let line = records.len() + 2;
        match read(&forged) {
            Err(JournalError::Illegal { line: found, .. }) => assert_eq!(found, line, "{what}"),
            other => panic!("{what}: {other:?}"),
        }
    }
}

#[test]
fn the_refusal_names_step_call_and_both_states() {
    let mut journal = Journal::create(Box::new(MemoryStore::default()), header()).unwrap();
    let Err(JournalError::Illegal { line: 2, source }) = journal.append(intended("a", 0, create("a"))) else {
        panic!("taken");
    };
    assert_eq!(source, IllegalRecord::NoBaseline { step: "a".to_owned(), index: 0 });
    journal.append(baseline()).unwrap();
    journal.append(intended("a", 0, create("a"))).unwrap();
    let Err(JournalError::Illegal { line: 4, source }) = journal.append(intended("a", 0, create("a"))) else {
        panic!("taken");
    };
    assert_eq!(
        source,
        IllegalRecord::Transition { step: "a".to_owned(), index: 0, from: "intended", event: "intended" }
    );
    assert_eq!(source.to_string(), "step a call 0: intended cannot follow intended");
}

#[test]
fn an_unknown_major_is_refused_and_an_unknown_minor_read() {
    let text = String::from_utf8(written(&story()).bytes()).unwrap();
    let newer = text.replacen(r#""minor":1"#, r#""minor":7,"since":"later""#, 1);
    assert_eq!(read(newer.as_bytes()).unwrap().records, story());
    let other = text.replacen(r#""major":1"#, r#""major":2,"shape":{}"#, 1);
    assert!(matches!(read(other.as_bytes()), Err(JournalError::Format { major: 2, minor: 1 })));
}

#[test]
fn a_journal_of_another_plan_and_a_second_first_record_are_refused() {
    let store = written(&story());
    let journal = Journal::open(Box::new(store.clone())).unwrap();
    assert!(journal.is_of(&header().plan).is_ok());
    assert!(matches!(journal.is_of("ffff"), Err(JournalError::OtherPlan { .. })));
    assert!(matches!(Journal::create(Box::new(store), header()), Err(JournalError::Exists)));
}

#[test]
fn after_a_failed_write_nothing_more_is_written() {
    struct Full(MemoryStore);
    impl Store for Full {
        fn read(&mut self) -> io::Result<Vec<u8>> {
            self.0.read()
        }
        fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
            if self.0.bytes().is_empty() {
                return self.0.append(bytes);
            }
            self.0.append(&bytes[..bytes.len() / 2])?;
            Err(io::ErrorKind::StorageFull.into())
        }
        fn truncate(&mut self, len: u64) -> io::Result<()> {
            self.0.truncate(len)
        }
    }
    let store = MemoryStore::default();
    let mut journal = Journal::create(Box::new(Full(store.clone())), header()).unwrap();
    assert!(matches!(journal.append(done("a")), Err(JournalError::Write(_))));
    let left = store.bytes();
    assert!(matches!(journal.append(done("b")), Err(JournalError::Broken)));
    assert_eq!(store.bytes(), left);
    assert!(read(&left).unwrap().torn > 0);
}

fn new_run(base: &std::path::Path, digest: &str) -> Result<RunFolder, FolderError> {
    RunFolder::create(base, &cluster(), digest, "the plan", Some("before"))
}

#[test]
fn run_folders_count_up_and_have_plan_journal_and_backup() {
    let base = tempfile::tempdir().unwrap();
    let (one, other) = ("0123456789abcdef0123", "00ff00ff00ff00ff");
    let runs = [one, other, one].map(|digest| new_run(base.path(), digest).unwrap());
    assert_eq!(runs.each_ref().map(RunFolder::name), ["0123456789ab-1", "00ff00ff00ff-2", "0123456789ab-3"]);
    assert_eq!(RunFolder::list(base.path(), "prod").unwrap(), runs);
    assert_eq!(RunFolder::list(base.path(), "other").unwrap(), []);
    assert_eq!(runs.each_ref().map(|run| run.is_named_after(one)), [true, false, true]);

    let first = &runs[0];
    assert_eq!(first.plan().unwrap(), "the plan");
    assert_eq!(std::fs::read_to_string(first.backup_path()).unwrap(), "before");
    let mut journal = Journal::open(first.store().unwrap()).unwrap();
    assert!(matches!(first.store(), Err(FolderError::Busy { .. })), "two runs at once");
    assert_eq!(read(&first.journal_bytes().unwrap()).unwrap().header, header());
    journal.append(done("a")).unwrap();
    assert!(read(&first.journal_bytes().unwrap()).unwrap().progress.is_done("a"));
}

#[test]
fn what_a_crash_left_of_a_new_run_is_no_run() {
    let base = tempfile::tempdir().unwrap();
    let half = base.path().join("prod/.new");
    std::fs::create_dir_all(&half).unwrap();
    std::fs::File::create(half.join("plan.json")).unwrap();
    assert_eq!(RunFolder::list(base.path(), "prod").unwrap(), []);
    let run = new_run(base.path(), "0123456789abcdef").unwrap();
    assert_eq!((run.name(), half.exists()), ("0123456789ab-1", false));
}

#[test]
fn one_at_a_time_may_change_what_the_runs_are_about() {
    let base = tempfile::tempdir().unwrap();
    let held = RunsLock::take(base.path()).unwrap();
    assert!(matches!(RunsLock::take(base.path()), Err(FolderError::Busy { path }) if path == base.path()));
    drop(held);
    RunsLock::take(base.path()).unwrap();
}

#[test]
fn where_no_folder_can_be_made_the_error_names_it() {
    let base = tempfile::tempdir().unwrap();
    let file = base.path().join("file");
    std::fs::File::create(&file).unwrap();
    assert!(matches!(RunsLock::take(&file), Err(FolderError::Create { path, .. }) if path == file));
    assert!(matches!(RunFolder::open(base.path()), Err(FolderError::NotARun { .. })));
}

#[cfg(unix)]
#[test]
fn only_the_owner_may_read_a_run() {
    use std::os::unix::fs::PermissionsExt;
    let base = tempfile::tempdir().unwrap();
    let run = new_run(&base.path().join("made"), "0123456789abcdef").unwrap();
    let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    for file in [run.journal_path(), run.backup_path(), run.path().join("plan.json")] {
        assert_eq!(mode(&file), 0o600, "{}", file.display());
    }
    assert_eq!(mode(run.path()), 0o700);
}
