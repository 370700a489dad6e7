//! What came of assertions, line by line.

use super::page::{Page, Shown, paint};
use super::style::{BAD, GOOD};
use super::words::count;
use crate::access::assertions::{Checked, Report};

/// One line for each assertion that fails, or for each with `verbose`; then how many there are. `file` is the name of theirs.
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
    let failed = report.failed().count();
    let held = report.assertions.len() - failed;
    let told = match failed {
        0 => count(held, "assertion holds", "assertions hold"),
        _ => format!(
            "{}, {}",
            count(held, "assertion holds", "assertions hold"),
            count(failed, "fails", "fail")
        ),
    };
    page.verbatim(0, told);
    page
}
