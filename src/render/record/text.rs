use super::calls::Outcome;
use super::{Attempt, CallRecord, ChangeRecord, StepState, Verification};
use crate::journal::Stamp;
use crate::render::page::{Page, Shown, paint};
use crate::render::style::{BAD, CARE, FAINT, GOOD, HEADING};

impl ChangeRecord {
    /// For a terminal, or for the ticket of a change.
    pub fn text(&self) -> Page {
        let mut page = Page::default();
        let style = if self.is_good() { GOOD } else { BAD };
        page.line(0, paint(style, self.verdict()));
        page.line(0, paint(FAINT, self.cluster.as_str()));
        page.line(0, paint(FAINT, format!("run {}, plan blake3:{}", self.run, self.plan)));
        if let Some(undoes) = &self.undoes {
            page.line(0, format!("rolls back the run {undoes}"));
        }
        page.heading(HEADING, "who and when", self.attempts.len());
        self.attempts.iter().for_each(|attempt| of_attempt(&mut page, attempt));
        if !self.accepted.is_empty() {
            page.heading(HEADING, "accepted by decision", self.accepted.len());
            for accepted in &self.accepted {
                page.line(1, format!("{} [{}]", accepted.principal, accepted.id));
                page.line(2, format!("until {}: {}", accepted.by.until, accepted.by.reason));
            }
        }
        if let Some(proof) = &self.proof {
            page.heading(HEADING, "proof", 0);
            page.line(1, proof.theorem.as_str());
            if !proof.assuming.is_empty() {
                page.line(1, paint(FAINT, "Assuming that"));
                proof.assuming.iter().for_each(|it| page.line(2, paint(FAINT, format!("- {it}"))));
            }
            page.line(1, paint(FAINT, format!("Not covered: {}.", proof.not_covered)));
        }
        page.heading(HEADING, "calls", self.calls.len());
        self.calls.iter().for_each(|call| of_call(&mut page, call));
        self.verified(&mut page);
        page
    }

    fn verified(&self, page: &mut Page) {
        page.heading(HEADING, "verification", 0);
        page.line(1, self.read_back());
        for step in self.steps_in(StepState::Begun).chain(self.steps_in(StepState::NotBegun)) {
            page.line(2, format!("not done: {} {}", step.phase, step.resource));
        }
        match &self.verification {
            Some(verification) => of_verification(page, verification),
            None => page.line(1, paint(FAINT, NOT_LOOKED_AT)),
        }
    }
}

/// In place of a verification.
pub(in crate::render) const NOT_LOOKED_AT: &str =
    "the cluster as it is now was not looked at for this record";

/// Who began it, with what, and on whose word.
pub(in crate::render) fn by(stamp: &Stamp) -> Vec<(&'static str, String)> {
    let Stamp { at: _, caller, host, version, commit, built, note, ci } = stamp;
    let caller = caller.clone().unwrap_or_else(|| "a caller that is not known".to_owned());
    let of = built.as_ref().map(|day| format!(" of {day}")).unwrap_or_default();
    let with = format!("eksodus {version}, commit {commit}{of}");
    let mut said = vec![("by", format!("{caller} on {host}")), ("with", with)];
    said.extend(note.clone().map(|note| ("note", note)));
    said.extend(ci.clone().map(|job| ("CI job", job)));
    said
}

fn of_attempt(page: &mut Page, attempt: &Attempt) {
    let irreversible = if attempt.allow_irreversible { ", irreversible phases allowed" } else { "" };
    let Some(stamp) = &attempt.began else {
        page.line(
            1,
            format!("through {}{irreversible}; when, and by whom, was not written", attempt.through),
        );
        return;
    };
    let ended = attempt.ended.as_deref().unwrap_or("?");
    page.line(1, format!("{} to {ended}, through {}{irreversible}", stamp.at, attempt.through));
    for (name, value) in by(stamp) {
        page.line(2, format!("{name}: {value}"));
    }
}

fn of_call(page: &mut Page, call: &CallRecord) {
    let style = match call.outcome {
        Outcome::Applied | Outcome::Already => GOOD,
        Outcome::Failed => BAD,
        Outcome::Unknown | Outcome::NotWritten => CARE,
    };
    let at = call.at.as_deref().unwrap_or("-");
    let took = call.took().map(|took| format!(" after {took}")).unwrap_or_default();
    let head = format!("{at}  {} {}  ", call.operation, call.about());
    page.line(1, Shown::from(head).and(paint(style, call.outcome.said())).and(took));
    if let Some(update) = &call.update {
        page.line(2, format!("update {update} of EKS"));
    }
    if let Some(why) = &call.why {
        page.line(2, why.as_str());
    }
}

fn of_verification(page: &mut Page, verification: &Verification) {
    let Verification { at, equal, through, differences, checks } = verification;
    let said = match equal {
        true => paint(GOOD, format!("at {at} the cluster is as the plan wants it through {through}")),
        false => paint(BAD, format!("at {at} the cluster is not as the plan wants it through {through}")),
    };
    page.line(1, said);
    differences.iter().for_each(|difference| page.line(2, difference.as_str()));
    for check in checks {
        page.line(2, format!("{:<8} {}", check.result, check.what));
    }
}
