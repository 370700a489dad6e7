use aws_sdk_iam::types;

use super::{Aws, convert};
use crate::eks::{AwsError, AwsErrorKind, IamApi, IamPage, Page};
use crate::snapshot::{IamRole, IamUser};

/// What IAM takes at most (IAM API reference, `MaxItems`).
const PAGE: i32 = 1000;

const ROLES: &str = "iam:ListRoles";
const USERS: &str = "iam:ListUsers";

/// Where a list goes on: accounts follow one another, the caller's own first, each with its marker.
#[derive(Debug, PartialEq, Eq)]
struct Place<'n> {
    account: usize,
    marker: Option<&'n str>,
}

impl<'n> Place<'n> {
    fn of(next: Option<&'n str>) -> Option<Self> {
        let Some(next) = next else { return Some(Self { account: 0, marker: None }) };
        let (account, marker) = next.split_once(':')?;
        Some(Self {
            account: account.parse().ok()?,
            marker: Some(marker).filter(|marker| !marker.is_empty()),
        })
    }

    /// After a page that ended with `marker`, of so many accounts.
    fn next(&self, marker: Option<String>, accounts: usize) -> Option<String> {
        match marker {
            Some(marker) => Some(format!("{}:{marker}", self.account)),
            None if self.account + 1 < accounts => Some(format!("{}:", self.account + 1)),
            None => None,
        }
    }
}

/// What a page of IAM says beside its items.
struct End {
    is_truncated: bool,
    marker: Option<String>,
}

impl Aws {
    fn iam_at<'n>(
        &self,
        operation: &'static str,
        next: Option<&'n str>,
    ) -> Result<(Place<'n>, &aws_sdk_iam::Client), AwsError> {
        let wrong = || AwsError {
            operation,
            kind: AwsErrorKind::InvalidParameter,
            message: "the list cannot be continued".to_owned(),
        };
        let place = Place::of(next).ok_or_else(wrong)?;
        let client = match place.account.checked_sub(1) {
            None => &self.iam,
            Some(other) => &self.others.get(other).ok_or_else(wrong)?.iam,
        };
        Ok((place, client))
    }

    /// Names the account. Its owner asked for it, so that a refusal there is an error, and does not leave the caller's own
    /// roles unknown.
    fn of_account(&self, place: &Place<'_>, error: AwsError) -> AwsError {
        let Some(other) = place.account.checked_sub(1).and_then(|other| self.others.get(other)) else {
            return error;
        };
        let kind = match error.kind {
            AwsErrorKind::AccessDenied => AwsErrorKind::InvalidRequest,
            kind => kind,
        };
        AwsError { kind, message: format!("in account {}: {}", other.id, error.message), ..error }
    }

    /// One ARN that cannot be read does not hide the others, but such a list no longer proves that a principal is gone.
    fn iam_page<T, U>(
        &self,
        place: &Place<'_>,
        items: Vec<T>,
        end: End,
        convert: impl Fn(T) -> Option<U>,
    ) -> IamPage<U> {
        let count = items.len();
        let items: Vec<U> = items.into_iter().filter_map(convert).collect();
        let End { is_truncated, marker } = end;
        let marker = marker.filter(|marker| is_truncated && !marker.is_empty());
        let complete = items.len() == count && is_truncated == marker.is_some();
        IamPage { page: Page { items, next: place.next(marker, self.others.len() + 1) }, complete }
    }
}

impl IamApi for Aws {
    async fn list_roles(&self, next: Option<&str>) -> Result<IamPage<IamRole>, AwsError> {
        let (place, iam) = self.iam_at(ROLES, next)?;
        let call = iam.list_roles().max_items(PAGE).set_marker(place.marker.map(str::to_owned));
        let answer = self.call(ROLES, call.send()).await.map_err(|it| self.of_account(&place, it))?;
        let end = End { is_truncated: answer.is_truncated, marker: answer.marker };
        Ok(self.iam_page(&place, answer.roles, end, role))
    }

    async fn list_users(&self, next: Option<&str>) -> Result<IamPage<IamUser>, AwsError> {
        let (place, iam) = self.iam_at(USERS, next)?;
        let call = iam.list_users().max_items(PAGE).set_marker(place.marker.map(str::to_owned));
        let answer = self.call(USERS, call.send()).await.map_err(|it| self.of_account(&place, it))?;
        let end = End { is_truncated: answer.is_truncated, marker: answer.marker };
        Ok(self.iam_page(&place, answer.users, end, user))
    }
}

fn role(from: types::Role) -> Option<IamRole> {
    Some(IamRole { arn: from.arn.parse().ok()?, id: from.role_id, created: convert::time(&from.create_date) })
}

fn user(from: types::User) -> Option<IamUser> {
    Some(IamUser { arn: from.arn.parse().ok()?, id: from.user_id, created: convert::time(&from.create_date) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accounts_follow_one_another() {
        let first = Place::of(None).unwrap();
        assert_eq!(first.next(None, 1), None);
        let next = first.next(Some("a:b/+=".to_owned()), 2).unwrap();
        let second = Place::of(Some(&next)).unwrap();
        assert_eq!(second, Place { account: 0, marker: Some("a:b/+=") });
        let next = second.next(None, 2).unwrap();
        let other = Place::of(Some(&next)).unwrap();
        assert_eq!(other, Place { account: 1, marker: None });
        assert_eq!(other.next(None, 2), None);
        assert_eq!(Place::of(Some("elsewhere")), None);
    }
}
