//! A world: a cluster, its principals, what the team has decided, and how EKS behaves.

use std::collections::BTreeSet;

use crate::apply::Stage;
use crate::cast::{EVERYBODY, HOME, Who};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mode {
    ConfigMap,
    Dual,
    Api,
}

#[derive(Debug, Clone)]
pub struct World {
    pub mode: Mode,
    pub people: Vec<Person>,
    /// `mapAccounts`.
    pub accounts: Vec<&'static str>,
    /// The root user of the account, in mapUsers.
    pub root: bool,
    pub uses: Vec<Use>,
    /// `None`: RBAC could not be read, and there are none.
    pub bindings: Option<Vec<Binding>>,
    pub iam: Iam,
    pub caller: Caller,
    pub team: Team,
    pub eks: Eks,
    /// Each phase by a plan of its own, or all by the first one.
    pub again: bool,
    /// The team has said what the real ARNs are that nobody can look up.
    pub resolved: bool,
    /// Where it stops and is rolled back.
    pub until: Stage,
}

/// A principal with all that is said of it.
#[derive(Debug, Clone)]
pub struct Person {
    pub who: Who,
    pub fate: Fate,
    pub mappings: Vec<Mapping>,
    pub entry: Option<Entry>,
    pub decision: Option<Decision>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    Here,
    Gone,
    /// After its entry was made.
    Recreated,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Section {
    Roles,
    Users,
}

/// One element of mapRoles or mapUsers, as it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mapping {
    pub section: Section,
    pub arn: String,
    pub username: Option<String>,
    pub groups: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub kind: &'static str,
    /// `None`: the default of EKS.
    pub username: Option<String>,
    pub groups: Vec<String>,
    pub policies: Vec<(&'static str, Scope)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    Cluster,
    TeamA,
}

/// An element of `principals` in `eksodus.yaml`.
#[derive(Debug, Clone)]
pub struct Decision {
    /// By the real ARN, not the one of `aws-auth`.
    pub by_real_arn: bool,
    pub choice: Choice,
}

#[derive(Debug, Clone)]
pub enum Choice {
    Skip,
    KeepEntry,
    TakeMapping,
    Values {
        arn: bool,
        username: Option<&'static str>,
        groups: Option<Vec<&'static str>>,
        kind: Option<&'static str>,
        policies: Option<Vec<&'static str>>,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Use {
    Linux(Who),
    Windows(Who),
    Custom(Who),
    Fargate(Who),
    Auto(Who),
}

impl Use {
    pub fn role(self) -> Who {
        match self {
            Self::Linux(who)
            | Self::Windows(who)
            | Self::Custom(who)
            | Self::Fargate(who)
            | Self::Auto(who) => who,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Binding {
    pub namespace: Option<&'static str>,
    pub role: String,
    pub subject: Subject,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    User(String),
    Group(String),
}

/// What the snapshot shows of IAM.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Iam {
    pub home: Listed,
    /// The other account's roles and users are listed, too.
    pub other: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Listed {
    Complete,
    /// Half of them, and `IsTruncated`.
    Partial,
    Absent,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Caller {
    Unknown,
    Known(Who),
}

#[derive(Debug, Clone)]
pub struct Team {
    pub masters: Option<&'static str>,
    pub accept_usernames: bool,
    /// `None`: dropped.
    pub groups: Vec<(&'static str, Option<&'static str>)>,
    pub accounts: Vec<AccountChoice>,
    pub delete: bool,
}

#[derive(Debug, Clone)]
pub struct AccountChoice {
    pub account: &'static str,
    pub principals: Vec<Who>,
    pub skip_others: bool,
}

/// What EKS does by itself when a cluster leaves CONFIG_MAP mode.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Eks {
    pub nodes: MadeForNodes,
    pub creator: Option<Who>,
    /// Its own role gets an entry.
    pub service: bool,
    /// AWS Batch makes the entry of its role.
    pub batch: bool,
    /// Of a custom Windows image it knows what runs on it.
    pub knows_images: bool,
    /// Writes are seen late, and lists come in pages of two.
    pub slow: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MadeForNodes {
    None,
    NamedInAwsAuth,
    All,
}

pub const BORN: &str = "2023-01-01T00:00:00Z";
pub const ENTERED: &str = "2024-03-01T00:00:00Z";
pub const REBORN: &str = "2024-06-01T00:00:00Z";

impl World {
    pub fn person(&self, who: Who) -> Option<&Person> {
        self.people.iter().find(|person| person.who == who)
    }

    pub fn fate(&self, who: Who) -> Fate {
        self.person(who).map_or(Fate::Here, |person| person.fate)
    }

    /// Every principal that IAM has.
    pub fn living(&self) -> impl Iterator<Item = Who> {
        EVERYBODY.into_iter().filter(|who| self.fate(*who) != Fate::Gone)
    }

    /// Those that the snapshot shows.
    pub fn listed(&self) -> Vec<Who> {
        let shown = |who: &Who| match who.account() {
            HOME => match self.iam.home {
                Listed::Complete => true,
                Listed::Partial => (*who as usize).is_multiple_of(2),
                Listed::Absent => false,
            },
            _ => self.iam.other && self.iam.home != Listed::Absent,
        };
        self.living().filter(shown).collect()
    }

    /// Whom the snapshot proves to be alive, gone or recreated: of all others it is unknown, and they are as they were.
    pub fn is_known(&self, who: Who) -> bool {
        self.listed().contains(&who) || self.proves_absence(who.account())
    }

    /// Two lists in one file do not say for which account they are whole.
    fn proves_absence(&self, account: &str) -> bool {
        account == HOME && self.iam.home == Listed::Complete && !self.iam.other
    }

    /// Worlds in which the snapshot cannot know what happened to a principal are of no use: nobody could be right.
    pub fn settled(mut self) -> Self {
        let mut seen = BTreeSet::new();
        self.people.retain(|person| seen.insert(person.who));
        let world = self.clone();
        for person in &mut self.people {
            if person.fate == Fate::Gone && !world.proves_absence(person.who.account())
                || person.fate == Fate::Recreated && !world.listed().contains(&person.who)
            {
                person.fate = Fate::Here;
            }
            // nobody can tell how a user is spelled that nobody has seen
            if !person.who.is_role() && !world.listed().contains(&person.who) {
                let arn = person.who.arn();
                person.mappings.retain(|it| it.arn == arn || !it.arn.eq_ignore_ascii_case(&arn));
            }
            if world.mode == Mode::ConfigMap {
                person.entry = None;
            }
            if world.resolved && person.who.is_role() && !world.listed().contains(&person.who) {
                let choice =
                    Choice::Values { arn: true, username: None, groups: None, kind: None, policies: None };
                person.decision.get_or_insert(Decision { by_real_arn: false, choice });
            }
        }
        let uses = |who: Who| self.people.iter().all(|it| it.who != who || it.fate != Fate::Gone);
        self.uses.retain(|it| uses(it.role()));
        if let Caller::Known(who) = self.caller
            && !uses(who)
        {
            self.caller = Caller::Known(Who::Creator);
        }
        self.team.accounts.retain(|it| self.accounts.contains(&it.account));
        self
    }

    pub fn mappings(&self) -> Vec<Mapping> {
        let root = Mapping {
            section: Section::Users,
            arn: format!("arn:aws:iam::{HOME}:root"),
            username: Some("root".to_owned()),
            groups: vec!["devs".to_owned()],
        };
        let people = self.people.iter().flat_map(|person| person.mappings.clone());
        people.chain(self.root.then_some(root)).collect()
    }
}
