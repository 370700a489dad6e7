use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

/// An asynchronous change of a cluster, of which EKS makes one at a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Update {
    pub id: String,
    /// As EKS names it, such as `AccessConfigUpdate`; empty where nobody says.
    pub kind: String,
    pub status: UpdateStatus,
    /// As the AWS CLI prints times; empty where nobody says.
    pub created: String,
    /// What is asked for, such as `AuthenticationMode`: `API`.
    pub params: BTreeMap<String, String>,
    /// Filled when it failed.
    pub errors: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UpdateStatus {
    InProgress,
    Successful,
    Failed,
    Cancelled,
}

/// A status that is newer than this program.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown update status {0:?}")]
pub struct UnknownUpdateStatus(pub String);

impl Update {
    /// The kind of a change of the authentication mode.
    pub const OF_MODE: &str = "AccessConfigUpdate";
    /// The parameter that names the new mode.
    pub const MODE: &str = "AuthenticationMode";

    pub fn is_running(&self) -> bool {
        self.status == UpdateStatus::InProgress
    }
}

/// What somebody needs to find it: its id, its kind, since when.
impl fmt::Display for Update {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.id)?;
        if !self.kind.is_empty() {
            write!(f, ", {}", self.kind)?;
        }
        for (name, value) in &self.params {
            write!(f, ", {name} {value}")?;
        }
        if !self.created.is_empty() {
            write!(f, ", since {}", self.created)?;
        }
        Ok(())
    }
}

impl UpdateStatus {
    pub const ALL: [Self; 4] = [Self::InProgress, Self::Successful, Self::Failed, Self::Cancelled];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InProgress => "InProgress",
            Self::Successful => "Successful",
            Self::Failed => "Failed",
            Self::Cancelled => "Cancelled",
        }
    }
}

impl fmt::Display for UpdateStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for UpdateStatus {
    type Err = UnknownUpdateStatus;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut all = Self::ALL.into_iter();
        all.find(|status| status.as_str() == text).ok_or_else(|| UnknownUpdateStatus(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_update_is_named_by_what_is_known_of_it() {
        let mut update = Update {
            id: "u-1".to_owned(),
            kind: Update::OF_MODE.to_owned(),
            status: "InProgress".parse().unwrap(),
            created: "2026-11-28T10:00:00+00:00".to_owned(),
            params: BTreeMap::from([(Update::MODE.to_owned(), "API".to_owned())]),
            errors: Vec::new(),
        };
        assert_eq!(
            update.to_string(),
            "u-1, AccessConfigUpdate, AuthenticationMode API, since 2026-11-28T10:00:00+00:00"
        );
        update.params.clear();
        (update.kind, update.created) = (String::new(), String::new());
        assert_eq!(update.to_string(), "u-1");
        assert_eq!("PAUSED".parse::<UpdateStatus>().unwrap_err(), UnknownUpdateStatus("PAUSED".to_owned()));
    }
}
