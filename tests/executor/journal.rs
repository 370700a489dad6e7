//! The journal on its own: what it takes, what it refuses, what a crash may leave behind.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use std::io;

use eksodus::calls::Call;
use eksodus::journal::{
    CallState, Header, IllegalRecord, JOURNAL_FORMAT, Journal, JournalError, MemoryStore, Record, Stamps,
    Store, Writer, read,
};
use eksodus::model::{AccessEntry, AuthenticationMode, ClusterId};
use eksodus::planner::{FormatVersion, Phase};
use eksodus::snapshot::Part;

pub fn cluster() -> ClusterId {
    "arn:aws:eks:eu-west-1:111122223333:cluster/prod".parse().unwrap()
}

pub fn stamps() -> Stamps {
    let by = Writer {
        caller: Some("arn:aws:sts::111122223333:assumed-role/Admin/ann".to_owned()),
        host: "laptop".to_owned(),
        version: "0.1.0".to_owned(),
        commit: "0123456789ab".to_owned(),
        built: Some("2024-02-28".to_owned()),
        note: Some("CHG-7".to_owned()),
        ci: None,
    };
    Stamps::new(by, || "2024-03-01T02:13:44.5Z".parse().unwrap())
}

pub fn header() -> Header {
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

pub fn done(step: &str) -> Record {
    Record::Done { step: step.to_owned() }
}

fn baseline() -> Record {
    Record::Baseline { untouched: [(Part::AwsAuth, "ab".to_owned())].into() }
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
        Record::Adopted { step: "a".to_owned(), found: None },
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
    let mut journal = Journal::create(Box::new(store.clone()), header(), Stamps::default()).unwrap();
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
    assert!(reading.progress.step("a").unwrap().adopted.is_some());
    let order: Vec<&str> = reading.progress.steps().map(|(id, _)| id).collect();
    assert_eq!(order, ["mode", "a", "b", "c", "d"]);
    assert_eq!(reading.progress.step("mode").unwrap().calls[0].update.as_deref(), Some("1"));
}

#[test]
fn records_that_are_written_together_are_one_write_and_all_of_them_or_none() {
    let together = written(&[]);
    let mut journal = Journal::open(Box::new(together.clone()), Stamps::default()).unwrap();
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
        let mut journal = Journal::open(Box::new(store.clone()), Stamps::default()).unwrap();
        assert_eq!(journal.torn(), whole[..cut].iter().rev().take_while(|byte| **byte != b'\n').count());
        journal.append(Record::Started { through: Phase::Verify, allow_irreversible: false }).unwrap();
        let lines = whole[..cut].iter().filter(|byte| **byte == b'\n').count();
        assert_eq!(read(&store.bytes()).unwrap().records.len(), lines);
    }
    for cut in 0..first {
        let store = MemoryStore::of(whole[..cut].to_vec());
        assert!(matches!(
            Journal::open(Box::new(store.clone()), Stamps::default()),
            Err(JournalError::Empty)
        ));
        Journal::create(Box::new(store.clone()), header(), Stamps::default()).unwrap();
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
        (vec![Record::Adopted { step: "a".to_owned(), found: None }, done("a")], "done after adopted"),
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
        let mut journal = Journal::create(Box::new(store.clone()), header(), Stamps::default()).unwrap();
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
    let mut journal = Journal::create(Box::new(MemoryStore::default()), header(), Stamps::default()).unwrap();
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
    let minor = format!(r#""minor":{}"#, JOURNAL_FORMAT.minor);
    let newer = text.replacen(&minor, r#""minor":7,"since":"later""#, 1);
    assert_eq!(read(newer.as_bytes()).unwrap().records, story());
    let other = text.replacen(r#""major":4"#, r#""major":5,"shape":{}"#, 1);
    assert!(matches!(read(other.as_bytes()), Err(JournalError::Format { major: 5, .. })));
}

/// A record as formats before 4 spell it.
fn as_before_4(record: &serde_json::Value) -> serde_json::Value {
    let (mut line, mut body) = (serde_json::Map::new(), record.as_object().unwrap().clone());
    for key in ["at", "caller", "host", "version", "commit", "built", "note", "ci"] {
        line.extend(body.remove_entry(key));
    }
    if let Some(allowed) = body.remove("allowIrreversible") {
        body.insert("allow_irreversible".to_owned(), allowed);
    }
    if let Some(serde_json::Value::Object(call)) = body.get_mut("call") {
        let kind = call.remove("kind").unwrap();
        *call = [(kind.as_str().unwrap().to_owned(), serde_json::Value::Object(std::mem::take(call)))]
            .into_iter()
            .collect();
    }
    let kind = body.remove("kind").unwrap();
    line.insert(kind.as_str().unwrap().to_owned(), body.into());
    line.into()
}

#[test]
fn a_journal_of_format_3_is_read_as_it_was_meant_and_resumed() {
    let store = written(&story());
    let before = |line: &str| {
        let line = as_before_4(&serde_json::from_str(line).unwrap());
        format!("{line}\n").replace(r#""major":4,"minor":2"#, r#""major":3,"minor":1"#)
    };
    let old: String = std::str::from_utf8(&store.bytes()).unwrap().lines().map(before).collect();
    assert!(old.contains(r#""intended":{"call":{"create-entry":{"entry""#), "{old}");
    assert!(old.contains(r#""allow_irreversible":"#) && !old.contains("kind\":\"intended"), "{old}");
    let (now, then) = (read(&store.bytes()).unwrap(), read(old.as_bytes()).unwrap());
    assert_eq!(then.header.format, FormatVersion { major: 3, minor: 1 });
    assert_eq!((now.records, now.stamps, now.progress), (then.records, then.stamps, then.progress));
    let store = MemoryStore::of(old.clone().into_bytes());
    let mut journal = Journal::open(Box::new(store.clone()), stamps()).unwrap();
    journal.append(Record::Adopted { step: "e".to_owned(), found: None }).unwrap();
    assert!(store.bytes().starts_with(old.as_bytes()), "what is written is never rewritten");
    assert_eq!(read(&store.bytes()).unwrap().records.len(), story().len() + 1);
    let cut = old.replacen(r#""intended""#, r#""intended_""#, 1);
    assert!(matches!(read(cut.as_bytes()), Err(JournalError::Line { .. })));
}

#[test]
fn a_journal_of_format_1_is_read_and_resumed() {
    let line = |record: &Record| format!("{}\n", as_before_4(&serde_json::to_value(record).unwrap()));
    let Record::Header(header) = Record::Header(header()) else { unreachable!() };
    let first = Header { format: FormatVersion { major: 1, minor: 1 }, ..header };
    let mut old = line(&Record::Header(first.clone()));
    old.extend(story().iter().map(line));
    let store = MemoryStore::of(old.clone().into_bytes());
    let mut journal = Journal::open(Box::new(store.clone()), stamps()).unwrap();
    assert_eq!(journal.header(), &first);
    journal.append(Record::Adopted { step: "e".to_owned(), found: None }).unwrap();
    let told = read(&store.bytes()).unwrap();
    assert!(store.bytes().starts_with(old.as_bytes()), "what is written is never rewritten");
    assert_eq!((told.records.len(), told.began(), told.last()), (20, None, Some(&stamps().stamp())));
    assert!(told.stamps[..20].iter().all(Option::is_none));
}

#[test]
fn every_record_says_when_it_was_written_and_by_whom() {
    let store = MemoryStore::default();
    let mut journal = Journal::create(Box::new(store.clone()), header(), stamps()).unwrap();
    journal.append_all(story()).unwrap();
    let text = String::from_utf8(store.bytes()).unwrap();
    for line in text.lines() {
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        for (key, value) in [
            ("at", "2024-03-01T02:13:44.500Z"),
            ("caller", "arn:aws:sts::111122223333:assumed-role/Admin/ann"),
            ("host", "laptop"),
            ("version", "0.1.0"),
            ("commit", "0123456789ab"),
            ("built", "2024-02-28"),
            ("note", "CHG-7"),
        ] {
            assert_eq!(line[key], value, "{line}");
        }
        assert!(line["kind"].is_string(), "and one record: {line}");
    }
    let told = read(&store.bytes()).unwrap();
    assert_eq!(told.stamps, vec![Some(stamps().stamp()); story().len() + 1]);
    let (began, last) = (told.began().unwrap(), told.last().unwrap());
    assert_eq!((began.note.as_deref(), &last.at), (Some("CHG-7"), &began.at));
}

#[test]
fn a_journal_of_another_plan_and_a_second_first_record_are_refused() {
    let store = written(&story());
    let journal = Journal::open(Box::new(store.clone()), Stamps::default()).unwrap();
    assert!(journal.is_of(&header().plan).is_ok());
    assert!(matches!(journal.is_of("ffff"), Err(JournalError::OtherPlan { .. })));
    assert!(matches!(
        Journal::create(Box::new(store), header(), Stamps::default()),
        Err(JournalError::Exists)
    ));
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
    let mut journal = Journal::create(Box::new(Full(store.clone())), header(), Stamps::default()).unwrap();
    let begun = vec![baseline(), intended("a", 0, create("a"))];
    assert!(matches!(journal.append_all(begun), Err(JournalError::Write(_))));
    let left = store.bytes();
    // what came of a call is counted all the same; a call that is not made is not
    let Err(JournalError::Broken(why)) = journal.append(applied("a", 0)) else { panic!("taken") };
    assert_eq!((why.as_str(), journal.progress().applied()), ("no storage space", 1));
    assert!(matches!(journal.append(intended("b", 0, create("b"))), Err(JournalError::Broken(_))));
    assert!(!journal.progress().has_open());
    assert_eq!(store.bytes(), left);
    assert!(read(&left).unwrap().torn > 0);
}
