use std::path::Path;

use eksodus::journal::{Journal, JournalError, KeptRun, LostRun, RunFolders, Runs, RunsError, Stamps, read};

use super::bucket::{Bucket, DIGEST, cluster, done};

/// Where they are, below the prefix.
const PROD: &str = "team/a/111122223333/eu-west-1/prod";

fn create(runs: &Runs) -> KeptRun {
    super::bucket::create(runs, &cluster(), DIGEST, "the plan", Some("before"))
}

#[test]
fn a_run_is_the_same_from_another_machine() {
    let Some(bucket) = Bucket::new("same", "a_run_is_the_same_from_another_machine") else { return };
    let run = create(&bucket.machine());
    assert_eq!(run.name(), "blake3-01234-1");
    assert_eq!(run.place(), format!("s3://same/{PROD}/blake3-01234-1"));
    let mut journal = Journal::open(run.store().unwrap(), Stamps::default()).unwrap();
    journal.append(done("a")).unwrap();
    drop(journal);

    let other = bucket.machine();
    let found = other.list(&cluster()).unwrap();
    assert_eq!(found.iter().map(|run| run.name()).collect::<Vec<_>>(), [run.name()]);
    assert_eq!(found[0].plan().unwrap(), "the plan");
    assert_eq!(found[0].backup().unwrap().as_deref(), Some("before"));
    let mut journal = Journal::open(found[0].store().unwrap(), Stamps::default()).unwrap();
    assert!(journal.progress().is_done("a"));
    journal.append(done("b")).unwrap();
    let told = read(&run.journal_bytes().unwrap()).unwrap();
    assert!(told.progress.is_done("a") && told.progress.is_done("b"));
    assert!(bucket.has(&format!("{PROD}/blake3-01234-1/journal/00000003.jsonl")));
    assert!(
        bucket
            .machine()
            .list(&"arn:aws:eks:us-east-1:111122223333:cluster/prod".parse().unwrap())
            .unwrap()
            .is_empty()
    );
}

#[test]
fn a_run_is_named_by_any_of_its_places() {
    let Some(bucket) = Bucket::new("places", "a_run_is_named_by_any_of_its_places") else { return };
    let (runs, run) = (bucket.machine(), create(&bucket.machine()));
    let places = [
        run.place(),
        format!("{}/", run.place()),
        run.journal_place(),
        run.plan_place(),
        format!("{}/00000001.jsonl", run.journal_place()),
    ];
    for place in &places {
        assert_eq!(runs.open(Path::new(place)).unwrap().name(), run.name(), "{place}");
    }
    let open = |place: &str| runs.open(Path::new(place)).unwrap_err();
    for place in
        ["s3://places/team/a/prod/none-7", "s3://places/team/a/prod", "s3://places/team/a/prod/x-1/y/z/0/1"]
    {
        let error = open(place).to_string();
        assert_eq!(error, format!("{place}: not a run, nor its journal or plan"));
    }
    for place in ["s3://places/team/ab/prod/x-1", "s3://elsewhere/team/a/prod/x-1"] {
        let error = open(place);
        assert!(matches!(&error, RunsError::Elsewhere { .. }), "{error}");
        assert_eq!(error.to_string(), format!("{place} is not under s3://places/team/a"));
    }
    let local = RunFolders::below(".eksodus").open(Path::new(&run.place())).unwrap_err();
    assert!(matches!(local, RunsError::Elsewhere { .. }), "{local}");
}

#[test]
fn of_two_writers_one_goes_on_and_nothing_is_lost() {
    let Some(bucket) = Bucket::new("two", "of_two_writers_one_goes_on_and_nothing_is_lost") else { return };
    let run = create(&bucket.machine());
    let open = || {
        let found = bucket.machine().open(Path::new(&run.place())).unwrap();
        Journal::open(found.store().unwrap(), Stamps::default()).unwrap()
    };
    let (mut one, mut two) = (open(), open());
    one.append(done("a")).unwrap();
    // the same record, so that only who wrote it tells them apart
    let error = two.append(done("a")).unwrap_err();
    let JournalError::Write(cause) = &error else { panic!("{error}") };
    let text = cause.to_string();
    assert!(
        text.starts_with(&format!("s3://two/{PROD}/blake3-01234-1/journal/00000002.jsonl: another process")),
        "{text}"
    );
    assert!(matches!(two.append(done("b")), Err(JournalError::Broken(_))));
    one.append(done("b")).unwrap();
    assert_eq!(read(&run.journal_bytes().unwrap()).unwrap().records, [done("a"), done("b")]);
}

#[test]
fn no_number_is_given_twice() {
    let Some(bucket) = Bucket::new("numbers", "no_number_is_given_twice") else { return };
    let mut names: Vec<String> = std::thread::scope(|scope| {
        let machines: Vec<_> =
            (0..6).map(|_| scope.spawn(|| create(&bucket.machine()).name().to_owned())).collect();
        machines.into_iter().map(|machine| machine.join().unwrap()).collect()
    });
    names.sort();
    let expected: Vec<String> = (1..=6).map(|number| format!("blake3-01234-{number}")).collect();
    assert_eq!(names, expected);
    let runs = bucket.machine();
    let listed: Vec<String> =
        runs.list(&cluster()).unwrap().iter().map(|run| run.name().to_owned()).collect();
    assert_eq!(listed, expected);

    // client tokens are made from the names, so that of a run that is gone does not come back
    runs.list(&cluster()).unwrap().pop().unwrap().remove().unwrap();
    assert_eq!(runs.list(&cluster()).unwrap().len(), 5);
    assert_eq!(create(&runs).name(), "blake3-01234-7");
}

#[test]
fn a_run_without_a_first_record_did_not_begin() {
    let Some(bucket) = Bucket::new("begun", "a_run_without_a_first_record_did_not_begin") else { return };
    let run = create(&bucket.machine());
    let key = format!("{PROD}/blake3-01234-1/journal/00000001.jsonl");
    assert_eq!(bucket.request("DELETE", &key, "").0, 204);
    let found = bucket.machine().list(&cluster()).unwrap().pop().unwrap();
    assert_eq!(found.journal_bytes().unwrap(), b"");
    assert!(matches!(read(&run.journal_bytes().unwrap()), Err(JournalError::Empty)));
}

#[test]
fn a_journal_with_a_gap_is_not_read() {
    let Some(bucket) = Bucket::new("gap", "a_journal_with_a_gap_is_not_read") else { return };
    let run = create(&bucket.machine());
    let mut journal = Journal::open(run.store().unwrap(), Stamps::default()).unwrap();
    ["a", "b", "c"].into_iter().for_each(|step| journal.append(done(step)).unwrap());
    let folder = format!("{PROD}/blake3-01234-1/journal");
    // what the console leaves when somebody makes a folder by hand is not of the journal
    assert_eq!(bucket.request("PUT", &format!("{folder}/notes.txt"), "by hand").0, 200);
    assert!(run.journal_bytes().is_ok());
    assert_eq!(bucket.request("DELETE", &format!("{folder}/00000003.jsonl"), "").0, 204);
    let error = run.journal_bytes().unwrap_err();
    let text =
        format!("s3://gap/{folder}/00000003.jsonl: a record is missing from the middle of the journal");
    assert_eq!(error.to_string(), text);
    assert!(Journal::open(run.store().unwrap(), Stamps::default()).is_err());
}

#[test]
fn a_journal_whose_end_is_gone_is_not_read() {
    let Some(bucket) = Bucket::new("end", "a_journal_whose_end_is_gone_is_not_read") else { return };
    let run = create(&bucket.machine());
    let mut journal = Journal::open(run.store().unwrap(), Stamps::default()).unwrap();
    ["a", "b", "c", "d", "e"].into_iter().for_each(|step| journal.append(done(step)).unwrap());
    journal.close().unwrap();
    let whole = run.journal_bytes().unwrap();
    assert!(!whole.is_empty());
    // from the last to the first, the header included
    for number in (1..=6).rev() {
        let key = format!("{PROD}/blake3-01234-1/journal/{number:08}.jsonl");
        assert_eq!(bucket.request("DELETE", &key, "").0, 204);
        let error = bucket.machine().list(&cluster()).unwrap()[0].journal_bytes().unwrap_err();
        let text = format!("s3://end/{key}: a record is missing from the middle of the journal");
        assert_eq!(error.to_string(), text);
    }
}

#[test]
fn a_run_of_which_nothing_is_left_is_missed_unless_it_did_nothing() {
    let test = "a_run_of_which_nothing_is_left_is_missed_unless_it_did_nothing";
    let Some(bucket) = Bucket::new("missed", test) else { return };
    let runs = bucket.machine();
    let (one, two) = (create(&runs), create(&runs));
    assert_eq!(runs.lost(&cluster()).unwrap(), []);
    two.remove().unwrap();
    assert_eq!((runs.list(&cluster()).unwrap().len(), runs.lost(&cluster()).unwrap()), (1, Vec::new()));
    for key in ["journal/00000001.jsonl", "aws-auth.backup.yaml", "plan.json"] {
        assert_eq!(bucket.request("DELETE", &format!("{PROD}/{}/{key}", one.name()), "").0, 204);
    }
    let place = format!("s3://missed/{PROD}/.numbers/00000001");
    assert_eq!(runs.lost(&cluster()).unwrap(), [LostRun { number: 1, place }]);
    assert_eq!(create(&runs).name(), "blake3-01234-3");
}

#[test]
fn runs_of_the_old_form_are_found_and_their_numbers_are_taken() {
    let test = "runs_of_the_old_form_are_found_and_their_numbers_are_taken";
    let Some(bucket) = Bucket::new("old", test) else { return };
    for key in [".numbers/00000004", "blake3-01234-4/plan.json", "blake3-01234-4/journal/00000001.jsonl"] {
        assert_eq!(bucket.request("PUT", &format!("team/a/prod/{key}"), "x").0, 200);
    }
    let runs = bucket.machine();
    assert!(runs.list(&cluster()).unwrap().is_empty());
    let places =
        |runs: &Runs| runs.list_old(&cluster()).unwrap().iter().map(|run| run.place()).collect::<Vec<_>>();
    assert_eq!(places(&runs), ["s3://old/team/a/prod/blake3-01234-4"]);
    assert_eq!(create(&runs).name(), "blake3-01234-5");
    assert_eq!(places(&runs).len(), 1);
    let named = runs.open(Path::new("s3://old/team/a/prod/blake3-01234-4/plan.json")).unwrap();
    assert_eq!(named.plan().unwrap(), "x");
}

#[test]
fn a_long_journal_is_read_in_order() {
    let Some(bucket) = Bucket::new("long", "a_long_journal_is_read_in_order") else { return };
    let run = create(&bucket.machine());
    let mut journal = Journal::open(run.store().unwrap(), Stamps::default()).unwrap();
    let steps: Vec<String> = (0..120).map(|number| format!("step {number}")).collect();
    steps.iter().for_each(|step| journal.append(done(step)).unwrap());
    let told = read(&bucket.machine().list(&cluster()).unwrap()[0].journal_bytes().unwrap()).unwrap();
    assert_eq!(told.records, steps.iter().map(|step| done(step)).collect::<Vec<_>>());
}
