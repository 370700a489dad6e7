//! gzip, whole and not.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;
use proptest::prelude::*;
use serde_json::json;

use super::{event, read};

fn packed(text: &str) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

fn log(from: usize, to: usize) -> String {
    (from..to).map(|n| event(&n.to_string(), json!({})).to_string() + "\n").collect()
}

#[test]
fn files_that_stand_one_after_the_other_are_one_log() {
    let mut both = packed(&log(0, 20));
    both.extend(packed(""));
    both.extend(packed(&log(20, 50)));
    let (reading, events) = read(&both);
    assert_eq!((events.len(), reading.lines, reading.cut), (50, 50, None));
}

#[test]
fn one_that_ends_early_says_how_far_it_was_read() {
    let whole = log(0, 300);
    let packed = packed(&whole);
    let (reading, events) = read(&packed[..packed.len() / 2]);
    let cut = reading.cut.unwrap();
    assert!(events.len() < 300 && events.len() > 30, "{}", events.len());
    assert_eq!((cut.lines, reading.lines), (events.len() as u64, events.len() as u64));
    // half of the last line is not held against the log
    assert_eq!((reading.broken, reading.first_broken), (0, vec![]));
    let line = whole.lines().next().unwrap().len() as u64;
    assert!(cut.bytes >= cut.lines * (line + 1), "{cut:?}");
    assert!(!cut.what.is_empty());
}

#[test]
fn what_is_no_gzip_after_one_is_a_cut_after_all_of_it() {
    let mut packed = packed(&log(0, 3));
    packed.extend(b"rubbish at the end of the file");
    let (reading, events) = read(&packed);
    assert_eq!((events.len(), reading.cut.unwrap().lines), (3, 3));
}

proptest! {
    #[test]
    fn a_gzip_cut_or_damaged_anywhere_is_never_fatal(
        at in any::<proptest::sample::Index>(),
        flip in proptest::option::of(1_u8..),
    ) {
        let mut packed = packed(&log(0, 40));
        let at = at.index(packed.len());
        match flip {
            Some(bits) => packed[at] ^= bits,
            None => packed.truncate(at),
        }
        let (reading, events) = read(&packed);
        prop_assert!(events.len() <= 40);
        // two bytes of a gzip are needed to know one, and what it says of itself is no part of the log
        if flip.is_none() && at > 2 {
            prop_assert!(reading.cut.is_some(), "{:?}", reading);
        }
    }
}
