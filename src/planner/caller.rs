use super::{CallerAccess, Line, Notice, Outcome, Phase, Severity, Target};
use crate::model::{IamArn, PrincipalArn};
use crate::snapshot::{Caller, ObservedEntry};

/// The ARN the authenticator matches; what is no ARN stays as it is.
pub(super) fn canonical(arn: &str) -> String {
    arn.parse::<IamArn>().map_or_else(|_| arn.to_owned(), |arn| arn.canonical())
}

/// By what the caller is let in, after the migration.
pub(super) fn access<'t>(
    caller: Option<&Caller>,
    targets: impl Iterator<Item = &'t Target>,
    existing: &[ObservedEntry],
) -> CallerAccess {
    let Some(caller) = caller else {
        return CallerAccess::Unknown;
    };
    let canonical = canonical(&caller.arn);
    let is_caller = |principal: &PrincipalArn| {
        // most are ruled out by their name, without building an ARN
        let tail = canonical.len().checked_sub(principal.name().len()).and_then(|at| canonical.get(at..));
        tail.is_some_and(|tail| tail.eq_ignore_ascii_case(principal.name()))
            && principal.canonical().eq_ignore_ascii_case(&canonical)
    };
    let by_target =
        targets.map(|target| &target.entry.principal).find(|principal| is_caller(principal)).cloned();
    let by_entry = || existing.iter().filter_map(|entry| entry.principal.parse().ok()).find(is_caller);
    match by_target.or_else(by_entry) {
        Some(principal) => CallerAccess::Principal { arn: canonical, principal },
        None => CallerAccess::Elsewhere { arn: canonical },
    }
}

/// The caller has no entry and will have none: because no line names it, or although one lets it in.
pub(super) fn elsewhere(arn: &str, lines: &[Line]) -> Option<Notice> {
    let account = arn.parse::<PrincipalArn>().map(|principal| principal.account().to_string());
    let names = |line: &&Line| match &line.outcome {
        Outcome::Skipped { .. } | Outcome::Blocked { .. } => line.arn.eq_ignore_ascii_case(arn),
        _ => false,
    };
    let is_of_account = |line: &&Line| {
        let lets_in = matches!(
            line.outcome,
            Outcome::Expanded { .. } | Outcome::Skipped { .. } | Outcome::Blocked { .. }
        );
        lets_in && account.as_ref().is_ok_and(|account| line.arn == *account)
    };
    let line = lines.iter().find(names).or_else(|| lines.iter().find(is_of_account));
    let notice = |rule: &str, severity, message: &str, help: &str| Notice {
        rule: rule.to_owned(),
        severity,
        at: line.map(|line| line.at.clone()),
        subject: arn.to_owned(),
        message: message.to_owned(),
        help: vec![help.to_owned()],
    };
    let skipped = |message| {
        let help = "take the `skip` out of eksodus.yaml, or give the caller an entry first";
        notice("caller-skipped", Severity::Blocks(Phase::ApiMode), message, help)
    };
    match line.map(|line| &line.outcome) {
        Some(Outcome::Skipped { .. }) => Some(skipped(
            "this line lets in whoever runs this, and by decision it becomes no entry: in API mode they are locked out",
        )),
        Some(Outcome::Expanded { .. }) => Some(Notice {
            help: vec![
                "in eksodus.yaml, add the caller to the account's `principals`, or give it an entry first"
                    .to_owned(),
            ],
            ..skipped(
                "this account lets in whoever runs this, and none of its entries is theirs: in API mode they are locked out",
            )
        }),
        // the line says for itself what it waits for
        Some(_) => None,
        None => Some(notice(
            "caller-unmapped",
            Severity::Warning,
            "neither a line nor an entry names whoever runs this",
            "the cluster's creator gets an entry from EKS in dual mode; anybody else should be given one first",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_session_of_a_role_is_the_role() {
        assert_eq!(
            canonical("arn:aws:sts::111122223333:assumed-role/Admin/alice"),
            "arn:aws:iam::111122223333:role/Admin"
        );
        assert_eq!(canonical("arn:aws:iam::111122223333:user/a/b"), "arn:aws:iam::111122223333:user/a/b");
    }
}
