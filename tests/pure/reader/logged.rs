//! What EKS writes to the authenticator log of the control plane, to be held against what the real one wrote.

use eksodus::reader::{
    AwsAuth, Damage, DropReason, EntryRef, Mapping, Section, SectionName, SectionStatus, Span, Status,
};

/// Something the server writes to its log, the authenticator log of the control plane, when it reads the map.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoggedError {
    pub section: SectionName,
    /// The entry; `None` when the whole section is lost.
    pub entry: Option<EntryRef>,
    pub span: Span,
    pub what: LoggedWhat,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LoggedWhat {
    Lost { why: String },
    Dropped(DropReason),
    Damaged(Damage),
}

/// What the server finds wrong, in the order of the file. A section cut short is not among it: nobody is told.
///
/// The server names only the first wrong type of each section; here all are.
pub fn logged_errors(aws_auth: &AwsAuth) -> Vec<LoggedError> {
    let AwsAuth { roles, users, accounts } = aws_auth;
    let mut errors = Vec::new();
    for section in [roles, users] {
        errors.extend(lost(section));
        errors.extend(section.entries.iter().flat_map(of_mapping));
    }
    errors.extend(lost(accounts));
    errors.extend(
        accounts.entries.iter().filter_map(|account| dropped(&account.status, account.at, account.span)),
    );
    errors
}

fn lost<E>(section: &Section<E>) -> Option<LoggedError> {
    let SectionStatus::Lost { why, place: _, span } = &section.status else { return None };
    let what = LoggedWhat::Lost { why: why.clone() };
    Some(LoggedError { section: section.name, entry: None, span: *span, what })
}

fn dropped(status: &Status, at: EntryRef, span: Span) -> Option<LoggedError> {
    let Status::Dropped(reason) = status else { return None };
    let what = LoggedWhat::Dropped(reason.clone());
    Some(LoggedError { section: at.section, entry: Some(at), span, what })
}

fn of_mapping(mapping: &Mapping) -> Vec<LoggedError> {
    let damaged = mapping.damage.iter().map(|damage| LoggedError {
        section: mapping.at.section,
        entry: Some(mapping.at),
        span: damage.span,
        what: LoggedWhat::Damaged(damage.clone()),
    });
    dropped(&mapping.status, mapping.at, mapping.span).into_iter().chain(damaged).collect()
}
