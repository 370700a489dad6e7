//! What came of assertions, line by line.

use super::page::{Page, Shown, paint};
use super::style::{BAD, GOOD};
use super::verdict::{Mark, Verdict};
use super::words::count;
use crate::access::assertions::{Checked, Report};

/// How many hold; `file` is the name of theirs.
pub fn assertions_verdict(report: &Report, file: &str) -> Verdict {
    let failed = report.failed().count();
    let held = count(report.assertions.len() - failed, "assertion holds", "assertions hold");
    match failed {
        0 => Verdict::new(Mark::Good, format!("{file}: {held}")),
        _ => Verdict::new(
            Mark::Bad,
            format!("{file}: {}; {held}", count(failed, "assertion fails", "assertions fail")),
        ),
    }
}

/// One line for each assertion that fails, or for each with `verbose`. `file` is the name of theirs.
pub fn assertions(report: &Report, file: &str, verbose: bool) -> Page {
    let mut page = Page::default();
    for checked in report.assertions.iter().filter(|checked| verbose || !checked.pass) {
        let Checked { index: _, expected, actual, pass, why, at, asserted } = checked;
        let place = at.map(|at| format!(":{at}")).unwrap_or_default();
        let word = if *pass { paint(GOOD, "holds") } else { paint(BAD, "fails") };
        let answer = match pass {
            true => format!("{actual}: {why}"),
            false => format!("expected {expected}, actual {actual}: {why}"),
        };
        page.verbatim(
            0,
            Shown::from(format!("{file}{place}: ")).and(word).and(format!(": {asserted}: {answer}")),
        );
    }
    page
}
