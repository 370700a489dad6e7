use std::collections::BTreeSet;

use crate::model::{GroupName, LoginValues, PrincipalArn, UsernameTemplate};
use crate::planner::{Note, Target};
use crate::rbac::UserInfo;

/// The session that stands for all others where no binding names one.
pub(super) const SAMPLE_SESSION: &str = "eksodus-check";

/// One login of a principal: by `aws-auth`, and by its entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Logins {
    /// Without `system:masters`, which an access policy replaces, and without what a decision takes away.
    pub before: UserInfo,
    pub after: UserInfo,
}

impl Logins {
    /// `None` where a placeholder's value cannot be made up, or where AWS does not say what the username is.
    pub fn of(target: &Target, session: &str) -> Option<Self> {
        let principal = &target.entry.principal;
        let given = |text: &str| rendered(text, principal, session);
        let dropped = dropped(&target.notes);
        let mut before = UserInfo { username: given(&target.username_today)?, groups: BTreeSet::new() };
        for group in &target.groups_today {
            if group != GroupName::MASTERS && !dropped.contains(group.as_str()) {
                before.groups.insert(given(group)?);
            }
        }
        before.groups.insert(GroupName::AUTHENTICATED.to_owned());
        Some(Self { before, after: by_entry(target, session)? })
    }
}

/// Who a session is by its access entry.
pub(super) fn by_entry(target: &Target, session: &str) -> Option<UserInfo> {
    let entry = &target.entry;
    let username = rendered(&entry.effective_username()?, &entry.principal, session)?;
    let groups = entry.groups.iter().map(ToString::to_string).chain([GroupName::AUTHENTICATED.to_owned()]);
    Some(UserInfo { username, groups: groups.collect() })
}

/// As a login renders it; a user has no session. `None` where something besides the session is to be filled in.
fn rendered(template: &str, principal: &PrincipalArn, session: &str) -> Option<String> {
    let session = if principal.is_role() { session } else { "" };
    let account = principal.account().as_str();
    let login = LoginValues { account, session_name: Some(session), access_key_id: None, dns: None };
    let text = UsernameTemplate::new(UsernameTemplate::new(template).render(&login).ok()?);
    text.tokens().next().is_none().then(|| text.as_str().to_owned())
}

/// Groups that a decision takes away.
fn dropped(notes: &[Note]) -> BTreeSet<&str> {
    notes
        .iter()
        .flat_map(|note| match note {
            Note::GroupDropped { group, .. } => vec![group.as_str()],
            Note::GroupsDropped { groups } | Note::GroupsLost { groups } => {
                groups.iter().map(String::as_str).collect()
            }
            _ => Vec::new(),
        })
        .collect()
}
