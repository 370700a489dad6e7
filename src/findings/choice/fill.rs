//! What of a choice is still open, and its answers.

use super::{Choice, Edit, GroupEdit, PrincipalEdit};
use crate::model::{AccountId, GroupName, GroupRefusal, InvalidArn, PrincipalArn, Username, UsernameRefusal};

/// What only a person can say.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ask {
    /// A principal's real ARN, with its path.
    Arn,
    /// ARNs of this account, with spaces between them.
    Arns(AccountId),
    Username,
    Group,
    /// Names with spaces between them; none is an answer.
    Groups,
    Reason,
    /// The last day on which it holds.
    Until,
}

/// What was said is not an answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unanswerable {
    #[error("an answer is needed")]
    Nothing,
    #[error("{text:?} is not the ARN of a role or user: {why}")]
    Arn { text: String, why: InvalidArn },
    #[error("{arn} is not of account {account}")]
    OtherAccount { arn: PrincipalArn, account: AccountId },
    #[error("username {text:?}: {why}")]
    Username { text: String, why: UsernameRefusal },
    #[error("group {text:?}: {why}")]
    Group { text: String, why: GroupRefusal },
    #[error("{0:?} is not a day, such as 2026-12-31")]
    NotADay(String),
    #[error("{0:?} is what stands there until you say it")]
    Placeholder(String),
}

impl Edit {
    /// What is still to be asked, in this order.
    pub fn open(&self) -> Vec<Ask> {
        let when = |is_open: bool, ask: Ask| is_open.then_some(ask);
        let [first, second] = match self {
            Self::Principal { principal: _, what } => [of_principal(what), None],
            Self::Group { group: _, becomes: GroupEdit::Rename { to: None } }
            | Self::Masters { group: None } => [Some(Ask::Group), None],
            Self::Account { account, principals, skip_others } => [
                when(principals.as_ref().is_some_and(Vec::is_empty), Ask::Arns(*account)),
                when(skip_others.is_none(), Ask::Reason),
            ],
            Self::AcceptGains { name: _, reason } => [when(reason.is_none(), Ask::Reason), None],
            Self::AcceptDifference { id: _, reason, until } => {
                [when(reason.is_none(), Ask::Reason), when(until.is_none(), Ask::Until)]
            }
            Self::Group { .. } | Self::Masters { .. } | Self::ProposedUsernames | Self::PruneCovered => {
                [None, None]
            }
        };
        first.into_iter().chain(second).collect()
    }

    fn fill(&mut self, ask: &Ask, text: &str) -> Result<(), Unanswerable> {
        let text = text.trim();
        match (self, ask) {
            (Self::Principal { principal: _, what }, ask) => return fill_principal(what, ask, text),
            (
                Self::Group { group: _, becomes: GroupEdit::Rename { to: group } } | Self::Masters { group },
                Ask::Group,
            ) => *group = Some(group_name(text)?),
            (Self::Account { principals, .. }, Ask::Arns(account)) => {
                *principals = Some(arns_of(text, account)?);
            }
            (
                Self::Account { skip_others: reason, .. }
                | Self::AcceptGains { reason, .. }
                | Self::AcceptDifference { reason, .. },
                Ask::Reason,
            ) => *reason = Some(said(text)?),
            (Self::AcceptDifference { until, .. }, Ask::Until) => {
                let day = said(text)?;
                if day.parse::<jiff::civil::Date>().is_err() {
                    return Err(Unanswerable::NotADay(day));
                }
                *until = Some(day);
            }
            _ => {}
        }
        Ok(())
    }
}

impl Choice {
    /// The first thing that is still to be asked; `None`: it can be taken.
    pub fn open(&self) -> Option<Ask> {
        self.edits.iter().flat_map(Edit::open).next()
    }

    /// With the answer to what is asked first. One reason is enough for all that it does.
    ///
    /// # Errors
    /// When it is not an answer to that.
    pub fn answered(&self, text: &str) -> Result<Self, Unanswerable> {
        let mut choice = self.clone();
        let Some(ask) = self.open() else { return Ok(choice) };
        for edit in choice.edits.iter_mut().filter(|edit| edit.open().contains(&ask)) {
            edit.fill(&ask, text)?;
            // two groups cannot be given one name unseen
            if ask != Ask::Reason && ask != Ask::Until {
                break;
            }
        }
        Ok(choice)
    }
}

fn of_principal(what: &PrincipalEdit) -> Option<Ask> {
    match what {
        PrincipalEdit::Skip { reason: None } => Some(Ask::Reason),
        PrincipalEdit::Arn { arn: None } => Some(Ask::Arn),
        PrincipalEdit::Username { username: None } => Some(Ask::Username),
        PrincipalEdit::Groups { groups: None } => Some(Ask::Groups),
        _ => None,
    }
}

fn fill_principal(what: &mut PrincipalEdit, ask: &Ask, text: &str) -> Result<(), Unanswerable> {
    match (what, ask) {
        (PrincipalEdit::Skip { reason }, Ask::Reason) => *reason = Some(said(text)?),
        (PrincipalEdit::Arn { arn }, Ask::Arn) => *arn = Some(principal_arn(text)?),
        // a word of the file
        (what, Ask::Username) if text == "default" => *what = PrincipalEdit::UsernameDefault,
        (PrincipalEdit::Username { username }, Ask::Username) => {
            let text = said(text)?;
            let name = Username::new(text.clone()).map_err(|why| Unanswerable::Username { text, why })?;
            *username = Some(name);
        }
        (PrincipalEdit::Groups { groups }, Ask::Groups) => {
            *groups = Some(text.split_whitespace().map(group_name).collect::<Result<_, _>>()?);
        }
        _ => {}
    }
    Ok(())
}

fn said(text: &str) -> Result<String, Unanswerable> {
    match text {
        "" => Err(Unanswerable::Nothing),
        text if super::PLACEHOLDERS.contains(&text) => Err(Unanswerable::Placeholder(text.to_owned())),
        text => Ok(text.to_owned()),
    }
}

fn group_name(text: &str) -> Result<GroupName, Unanswerable> {
    let text = said(text)?;
    GroupName::new(text.clone()).map_err(|why| Unanswerable::Group { text, why })
}

fn principal_arn(text: &str) -> Result<PrincipalArn, Unanswerable> {
    let text = said(text)?;
    text.parse().map_err(|why| Unanswerable::Arn { text, why })
}

fn arns_of(text: &str, account: &AccountId) -> Result<Vec<PrincipalArn>, Unanswerable> {
    let mut arns = Vec::new();
    for text in said(text)?.split([' ', ',']).filter(|word| !word.is_empty()) {
        let arn = principal_arn(text)?;
        if arn.account() != account {
            return Err(Unanswerable::OtherAccount { arn, account: *account });
        }
        arns.push(arn);
    }
    Ok(arns)
}
